import { eventKinds, type EventChanges } from '../etl/record.ts';
import type { CaseFactRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import { readCase } from './case-detail.ts';
import type { CaseLinkJson } from './model/links.ts';
import type { CaseDetail } from './model/wire.ts';
import type { QueryDeps } from './prepare.ts';

/** A case of a customer with what its page leaves out. */
export type CustomerCase = Omit<CaseDetail, 'links'> & {
  /** What it is to other cases, which may be somebody else's: nothing of what they say is here. */
  links: CustomerLink[];
  /** By dimension: what its source called it. */
  raw: Record<string, string>;
  /** Of events that changed fields, in the order they were recorded: each field before and after. */
  changes: { kind: string; fields: EventChanges }[];
  /** Rows of this case that could not be read, as they came. */
  rejected: { seen_at: string; reason: string; row: string | null }[];
};

/** A case beside one of a customer. */
export type CustomerLink = Pick<CaseLinkJson, 'is' | 'reason' | 'at'> & { case_id: number };

/** Everything the store holds about a customer. */
export interface CustomerExport {
  /** ISO 8601 UTC. */
  exported_at: string;
  cases: CustomerCase[];
}

/** @param caseIds all cases of the customer; one that is gone meanwhile is left out */
export async function exportCustomer(deps: QueryDeps, caseIds: readonly number[]): Promise<CustomerExport> {
  const cases: CustomerCase[] = [];
  for (const caseId of caseIds) {
    const detail = await readCase(deps, caseId);
    if (!detail) continue;
    const links = detail.links.map(({ other, is, reason, at }): CustomerLink => ({ case_id: other.case_id, is, reason, at }));
    cases.push({ ...detail, links, ...(await readRest(deps, caseId)) });
  }
  return { exported_at: isoText(deps.now()), cases };
}

async function readRest({ reader }: QueryDeps, caseId: number): Promise<Pick<CustomerCase, 'raw' | 'changes' | 'rejected'>> {
  const fact = await reader<CaseFactRow>('case_fact').where({ case_id: caseId }).first('shard_key', 'source', 'source_id');
  if (!fact) return { raw: {}, changes: [], rejected: [] };
  const ids = { case_id: caseId, shard_key: fact.shard_key };
  const raw = await reader<typeof ids & { body: string }>('case_raw').where(ids).first('body');
  const events = await reader<typeof ids & { event_no: number; kind: number; changes: string | null }>('case_event')
    .where(ids)
    .whereNotNull('changes')
    .orderBy('event_no')
    .select('kind', 'changes');
  const rejected = await reader<{
    source: number;
    source_id: string;
    reject_id: number;
    seen_at: number;
    reason: string;
    raw: string | null;
  }>('rejected_record')
    .where({ source: fact.source, source_id: fact.source_id })
    .orderBy('reject_id')
    .select('seen_at', 'reason', 'raw');
  // JSON written by the loader
  return {
    raw: JSON.parse(raw?.body ?? '{}') as CustomerCase['raw'],
    changes: events.map(({ kind, changes }) => ({
      kind: eventKinds[kind - 1] ?? '',
      fields: JSON.parse(changes ?? '{}') as EventChanges,
    })),
    rejected: rejected.map((row) => ({ seen_at: isoText(row.seen_at), reason: row.reason, row: row.raw })),
  };
}
