import type { Knex } from 'knex';
import { deriveContextOf } from './derive-context.ts';
import { derive } from './derive.ts';
import { foldEvents } from './handled.ts';
import { loadBatch } from './load.ts';
import { readEntered } from './read-entered.ts';
import type { CaseRecord } from './record.ts';
import type { Store } from './store/open.ts';
import { describeSource } from './store/sources.ts';
import type { CaseFactRow, SourceStateRow } from './store/tables.ts';

export interface EntryOptions {
  /** The organisation's zone; null: UTC. */
  zone: string | null;
  currency: string | null;
  /** Seconds since 1970 UTC. */
  now: number;
  /** Record fields the form asks for. */
  fields: readonly string[];
  /** Work of the same transaction, done only where the case is new: with it or not at all. */
  after?: (trx: Knex.Transaction, caseId: number) => Promise<void>;
}

/** The key of an entry is that of a case with other content; the case stands as it was. */
export class EntryTaken extends Error {
  readonly caseId: number;

  constructor(caseId: number) {
    super(`the key of this entry is that of case ${caseId}, which says something else`);
    this.name = 'EntryTaken';
    this.caseId = caseId;
  }
}

/**
 * Loads a case a person has entered, through the same derivation and load as every source. Its key is that of the entry,
 * so that sending it twice makes one case and changes nothing. The source `entry` is known until now from its first case on.
 * @throws EntryTaken when there is a case of this key with other content
 */
export async function loadEntry(
  store: Store,
  record: CaseRecord,
  key: string,
  options: EntryOptions,
): Promise<{ caseId: number; isNew: boolean }> {
  const zone = options.zone ?? 'UTC';
  const name = 'entry';
  const code = await describeSource(store, { name, connector: 'entry', map: null, zone, fields: options.fields });
  const context = await deriveContextOf(store, { organisation: options, source: code, now: options.now });
  const typed = { ...record, source_id: key };
  const derived = derive(typed, [], context);
  let found: CaseFactRow | undefined;
  let isSame = true;
  const hashSince = async (trx: Knex.Transaction, fact: CaseFactRow) =>
    derive(foldEvents(typed, (await readEntered(trx, fact, zone)).events), [], context).rowHash;
  const result = await loadBatch(store, {
    source: { name, code },
    runId: null,
    input: null,
    now: options.now,
    cases: [],
    rejects: [],
    // Looked up where nobody else can write any more, so that of two sent at once the second finds the first.
    async before(trx) {
      found = await trx<CaseFactRow>('case_fact').where({ source: code, source_id: key }).first();
      // What was done with the case since makes its hash another; what was typed may be the same all the same.
      if (found) isSame = found.row_hash === derived.rowHash || found.row_hash === (await hashSince(trx, found));
      return { cases: found ? [] : [derived], rejects: [] };
    },
    async after(trx, { caseIds: [caseId] }) {
      if (caseId === undefined) return;
      await trx<SourceStateRow>('source_state').where({ source: code }).update({ is_live: 1 });
      await options.after?.(trx, caseId);
    },
  });
  if (found && !isSame) throw new EntryTaken(found.case_id);
  const caseId = found?.case_id ?? result.caseIds[0];
  if (caseId === undefined) throw new Error('the entered case was not written');
  return { caseId, isNew: !found };
}
