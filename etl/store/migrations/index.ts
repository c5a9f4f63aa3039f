import type { Knex } from 'knex';
import * as createStore from './001_create_store.ts';
import * as runSources from './002_run_sources.ts';
import * as addBusinessTime from './003_add_business_time.ts';
import * as knowRejectedRows from './004_know_rejected_rows.ts';
import * as addRunKind from './005_add_run_kind.ts';
import * as addSavedView from './006_add_saved_view.ts';
import * as addFollowUp from './007_add_follow_up.ts';
import * as addNote from './008_add_note.ts';
import * as addBaseline from './009_add_baseline.ts';
import * as addVersion from './010_add_version.ts';
import * as addDigest from './011_add_digest.ts';
import * as followChanges from './012_follow_changes.ts';
import * as addPeople from './013_add_people.ts';
import * as addHandling from './014_add_handling.ts';
import * as addEvidence from './015_add_evidence.ts';
import * as askSatisfaction from './016_ask_satisfaction.ts';
import * as addErasure from './017_add_erasure.ts';
import * as addCaseLinks from './019_add_case_links.ts';
import * as addLocalFacts from './020_add_local_facts.ts';
import * as addIdentity from './021_add_identity.ts';
import * as addRecordedAt from './022_add_recorded_at.ts';

interface Migration {
  name: string;
  up: (knex: Knex) => Promise<void>;
}

// Every migration in order. Forward only: a migration is never edited after its release, a new one is appended.
const migrations: Migration[] = [
  { name: '001_create_store', up: createStore.up },
  { name: '002_run_sources', up: runSources.up },
  { name: '003_add_business_time', up: addBusinessTime.up },
  { name: '004_know_rejected_rows', up: knowRejectedRows.up },
  { name: '005_add_run_kind', up: addRunKind.up },
  { name: '006_add_saved_view', up: addSavedView.up },
  { name: '007_add_follow_up', up: addFollowUp.up },
  { name: '008_add_note', up: addNote.up },
  { name: '009_add_baseline', up: addBaseline.up },
  { name: '010_add_version', up: addVersion.up },
  { name: '011_add_digest', up: addDigest.up },
  { name: '012_follow_changes', up: followChanges.up },
  { name: '013_add_people', up: addPeople.up },
  { name: '014_add_handling', up: addHandling.up },
  { name: '015_add_evidence', up: addEvidence.up },
  { name: '016_ask_satisfaction', up: askSatisfaction.up },
  { name: '017_add_erasure', up: addErasure.up },
  { name: '019_add_case_links', up: addCaseLinks.up },
  { name: '020_add_local_facts', up: addLocalFacts.up },
  { name: '021_add_identity', up: addIdentity.up },
  { name: '022_add_recorded_at', up: addRecordedAt.up },
];

/** Hands Knex the list above, so that a bundled program needs no folder to read. */
export const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: () => Promise.resolve(migrations),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) => Promise.resolve({ up: migration.up, down: () => Promise.reject(new Error('migrations only go forward')) }),
};

/** Names of all migrations, in order. */
export const migrationNames: readonly string[] = migrations.map((m) => m.name);
