import { derive } from './derive.ts';
import { loadBatch } from './load.ts';
import type { CaseRecord } from './record.ts';
import type { Store } from './store/open.ts';
import { customerSecret } from './store/settings.ts';
import { describeSource } from './store/sources.ts';
import type { SourceStateRow } from './store/tables.ts';

export interface EntryOptions {
  /** The organisation's zone; null: UTC. */
  zone: string | null;
  currency: string | null;
  /** Seconds since 1970 UTC. */
  now: number;
  /** Record fields the form asks for. */
  fields: readonly string[];
}

/**
 * Loads a case a person has entered, through the same derivation and load as every source. Its key is that of the entry,
 * so that sending it twice makes one case. The source `entry` is known until now from its first case on.
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
  const context = { zone, currency: options.currency, now: options.now, customerSecret: await customerSecret(store) };
  const result = await loadBatch(store, {
    source: { name, code },
    runId: null,
    input: null,
    now: options.now,
    cases: [derive({ ...record, source_id: key }, [], context)],
    rejects: [],
    after: async (trx) => void (await trx<SourceStateRow>('source_state').where({ source: code }).update({ is_live: 1 })),
  });
  const [caseId] = result.caseIds;
  if (caseId === undefined) throw new Error('the entered case was not written');
  return { caseId, isNew: result.outcomes[0] === 'inserted' };
}
