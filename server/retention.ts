import cron from 'node-cron';
import type { Knex } from 'knex';
import type { Config } from '../etl/config.ts';
import { dueNow } from '../etl/due.ts';
import type { EvidenceFiles } from '../etl/evidence-files.ts';
import type { Log } from '../etl/log.ts';
import { eraseDue, type RetentionDue } from '../etl/retention.ts';
import { noteRun, readSchedules } from '../etl/schedule-state.ts';
import type { Store } from '../etl/store/open.ts';
import type { ErasureRow } from '../etl/store/tables.ts';
import { audit } from './auth/audit.ts';
import { erasureTarget } from './erasures.ts';

export interface RetentionDeps {
  store: Store;
  config: Pick<Config, 'organisation' | 'retention'>;
  /** Where the bytes of files of cases lie. */
  evidence: EvidenceFiles;
  log: Log;
  /** Seconds since 1970 UTC. */
  now: () => number;
}

// No source can be called so.
const scheduleName = 'retention:';
const nightly = { every: 'day', at: '03:00' } as const;

/** Writes a batch that was erased by age into the audit trail. */
export function auditDue(trx: Knex, receipt: ErasureRow): Promise<void> {
  return audit(trx, { at: receipt.at, userId: null, action: 'cases_erased', target: erasureTarget(receipt) });
}

/** What is due by a rule, in words. */
export function dueInWords({ kind, keep, ended_until, cases }: RetentionDue): string {
  return `${kind}: kept ${keep} after the end; ${cases === 1 ? '1 case' : `${cases} cases`} that ended until ${ended_until} ${cases === 1 ? 'is' : 'are'} due to be erased`;
}

/** Erases what is due, once a night. What was missed is made up for; what a killed process left is due still. */
export async function tickRetention({ store, config, evidence, log, now }: RetentionDeps, signal?: AbortSignal): Promise<void> {
  const { organisation, retention = [] } = config;
  if (retention.length === 0) return;
  const zone = organisation.zone ?? 'UTC';
  const last = (await readSchedules(store.writer, now())).get(scheduleName)?.lastDue ?? null;
  const due = dueNow(nightly, last, now(), zone);
  if (due === null) return;
  const receipts = await eraseDue(store, retention, {
    by: 'schedule',
    now: now(),
    zone,
    evidence,
    after: auditDue,
    ...(signal && { signal }),
  });
  for (const { erasure_id, cases } of receipts) log('cases_erased', { erasure: erasure_id, cases });
  if (!signal?.aborted) await noteRun(store, scheduleName, due, null);
}

/**
 * Ticks at once and then once a minute.
 * @returns stops it; a batch in progress comes to its end
 */
export function startRetention(deps: RetentionDeps): () => Promise<void> {
  const stopping = new AbortController();
  let current: Promise<void> | null = null;
  const go = (): void => {
    current ??= tickRetention(deps, stopping.signal)
      .catch((error: unknown) => deps.log('retention_failed', { error }))
      .finally(() => (current = null));
  };
  go();
  const task = cron.schedule('* * * * *', go, { timezone: 'UTC' });
  return async () => {
    await task.destroy();
    stopping.abort();
    await current;
  };
}
