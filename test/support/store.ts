import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deriveContextOf } from '../../etl/derive-context.ts';
import { derive } from '../../etl/derive.ts';
import { loadBatch } from '../../etl/load.ts';
import { caseFields, surveyFields, type CaseRecord } from '../../etl/record.ts';
import type { Store } from '../../etl/store/open.ts';
import { describeSource, laterThrough } from '../../etl/store/sources.ts';
import { openTestStore, removeTestStore } from './test-store.ts';

export interface LoadRecordsOptions {
  /** Name of the source; default `test`. */
  source?: string;
  /** Default UTC. */
  zone?: string;
  currency?: string;
  /** Record fields the source provides; default all. */
  fields?: string[];
  /** Until when the source is known; default the latest instant of the records that is no deadline. */
  throughAt?: number;
  batchSize?: number;
  /** Seconds UTC; default 2100, so that nothing lies in the future. */
  now?: number;
}

/** A new store in a folder of its own, migrated as in production (see {@link openTestStore}). `close` removes the folder. */
export async function tempStore(how: { anew?: boolean } = {}): Promise<{ store: Store; dir: string; close: () => Promise<void> }> {
  const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-test-'));
  const store = await openTestStore(dir, how);
  return {
    store,
    dir,
    async close() {
      await store.close();
      await removeTestStore(dir);
    },
  };
}

/** Loads records as a run does: derived, in batches, one transaction each, with the source's `through_at`. */
export async function loadRecords(store: Store, records: CaseRecord[], options: LoadRecordsOptions = {}): Promise<void> {
  const { source: name = 'test', zone = 'UTC', currency = null, batchSize = 1000, now = Date.UTC(2100, 0, 1) / 1000 } = options;
  const all = [...Object.keys(caseFields), ...Object.keys(surveyFields).map((f) => `surveys.${f}`)];
  const code = await describeSource(store, { name, connector: 'test', map: null, zone, fields: options.fields ?? all });
  const context = await deriveContextOf(store, { organisation: { zone, currency }, source: code, now });
  for (let from = 0; from < Math.max(1, records.length); from += batchSize) {
    const cases = records.slice(from, from + batchSize).map((record) => derive(record, [], context));
    const knownAt = options.throughAt ?? cases.reduce((last, c) => Math.max(last, c.knownAt), 0);
    await loadBatch(store, {
      source: { name, code },
      runId: null,
      input: null,
      now,
      cases,
      rejects: [],
      after: (trx) =>
        trx('source_state')
          .where({ source: code })
          .update({ through_at: laterThrough(trx, knownAt) }),
    });
  }
}
