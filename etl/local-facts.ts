import type { Knex } from 'knex';
import type { LoadedCase, SourceKey } from './load-cases.ts';
import { isOneOf } from './store/insert.ts';
import { openLabels, type LabelScope } from './store/labels.ts';
import type { Store } from './store/open.ts';
import { localFields, place, type CaseFactRow, type CaseLocalRow, type LocalField, type SurveyFactRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

/** What is said here of cases of a source that are about to be written, by their keys. */
export async function readLocals(
  trx: Knex,
  source: SourceKey,
  cases: readonly Pick<LoadedCase, 'sourceId'>[],
): Promise<Map<string, CaseLocalRow[]>> {
  const found = new Map<string, CaseLocalRow[]>();
  // Most sources have none, and their batches need not be looked through.
  if (!(await trx<CaseLocalRow>('case_local').where({ source: source.code }).first('source'))) return found;
  const ids = cases.map(({ sourceId }) => sourceId);
  const rows = await trx<CaseLocalRow>('case_local')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', ids));
  for (const row of rows) found.set(row.source_id, [...(found.get(row.source_id) ?? []), row]);
  return found;
}

/**
 * Gives a case what is said of it here, and notes what its source says by now. A survey about the agent its source says is one about whoever the case is
 * counted for.
 */
export async function applyLocals(
  trx: Knex,
  labels: LabelScope,
  locals: readonly CaseLocalRow[],
  { row, surveys }: LoadedCase,
): Promise<void> {
  for (const { source, source_id, field, label, said } of locals) {
    const now = Number(row[place[field]]);
    row[place[field]] = labels.code(field, label || undefined);
    if (field === 'agent') for (const survey of surveys) if (labels.code('agent', survey.agent) === now) survey.agent = undefined;
    if (now !== said) await trx<CaseLocalRow>('case_local').where({ source, source_id, field }).update({ said: now });
  }
}

/** What is to be said of a case. */
export interface LocalChange {
  caseId: number;
  /** Null takes back what was said; empty text says that there is none. */
  labels: Partial<Record<LocalField, string | null>>;
  by: string;
  /** Seconds since 1970 UTC. */
  now: number;
  /** Whether the case is one of theirs. */
  isSeen: (fact: CaseFactRow) => boolean;
  /** Work of the same transaction. */
  after?: (trx: Knex.Transaction) => Promise<void>;
}

/**
 * Says something of a case that its source does not, or says otherwise. Its surveys go with it: one about the agent its source says is about whoever
 * the case is counted for, and one about somebody else stays about them.
 * @returns whether there is such a case
 */
export async function setLocals(store: Store, { caseId, labels: wanted, by, now, isSeen, after }: LocalChange): Promise<boolean> {
  let keep = (): void => undefined;
  const isThere = await transact(store, async (trx, changeSeq) => {
    const fact = await trx<CaseFactRow>('case_fact').where({ case_id: caseId }).first();
    if (!fact || !isSeen(fact)) return false;
    const labels = await openLabels(store, trx);
    keep = () => labels.keep();
    const { source, source_id, shard_key } = fact;
    const codes: Partial<Record<LocalField, number>> = {};
    let agentSaid = fact.agent;
    for (const field of localFields) {
      const label = wanted[field];
      if (label === undefined) continue;
      const key = { source, source_id, field };
      const before = await trx<CaseLocalRow>('case_local').where(key).first();
      const said = before?.said ?? fact[field];
      if (field === 'agent') agentSaid = said;
      codes[field] = label === null ? said : labels.code(field, label || undefined);
      if (label === null) await trx<CaseLocalRow>('case_local').where(key).delete();
      else
        await trx<CaseLocalRow>('case_local')
          .insert({ ...key, label, said, set_by: by, set_at: now })
          .onConflict(['source', 'source_id', 'field'])
          .merge(['label', 'set_by', 'set_at']);
    }
    await labels.flush();
    const ids = { case_id: caseId, shard_key };
    const change = { ...codes, change_seq: changeSeq };
    if (codes.agent !== undefined)
      await trx<SurveyFactRow>('survey_fact')
        .where({ ...ids, agent_credited: agentSaid })
        .update({ agent_credited: 0 });
    await trx<CaseFactRow>('case_fact').where(ids).update(change);
    await trx<SurveyFactRow>('survey_fact').where(ids).update(change);
    await after?.(trx);
    return true;
  });
  keep();
  return isThere;
}
