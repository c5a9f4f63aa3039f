import type { Knex } from 'knex';
import { forgetLikely } from './case-links.ts';
import { eraseAsked, eraseContests } from './erase-asked.ts';
import { eraseEvidence } from './erase-evidence.ts';
import { emptyRows } from './load-erased.ts';
import type { EventChanges, SurveyRecord } from './record.ts';
import { erasedMessage, scrubChanges, scrubSurvey } from './scrub.ts';
import { insertRows, isOneOf, isSqlite } from './store/insert.ts';
import type { CaseFactRow, SurveyFactRow } from './store/tables.ts';

export type ErasableCase = Pick<CaseFactRow, 'case_id' | 'source' | 'source_id'>;

/**
 * Takes identity and text out of cases that stand in the store, and remembers that they are erased.
 * @param options `customerKey`: what stands for the customer from now on; absent: what stood for them
 * @returns how many rejected rows were emptied
 */
export async function eraseCases(
  trx: Knex.Transaction,
  facts: readonly ErasableCase[],
  { changeSeq, erasureId, now, customerKey }: { changeSeq: number; erasureId: number; now: number; customerKey?: string | null },
): Promise<number> {
  const caseIds = facts.map((fact) => fact.case_id);
  const ofCases = <T extends object>(table: string) => trx<T>(table).where(isOneOf(trx, 'case_id', caseIds));
  await insertRows(
    trx,
    'erased_case',
    ['source', 'source_id', 'erasure_id'],
    facts.map(({ source, source_id }) => [source, source_id, erasureId]),
    { conflict: ['source', 'source_id'], keep: ['erasure_id'] },
  );
  // The hash was made of the texts too; the next time their rows come it is made anew of what is left of them.
  await ofCases<CaseFactRow>('case_fact').update({
    ...(customerKey !== undefined && { customer_key: customerKey }),
    row_hash: '',
    change_seq: changeSeq,
  });
  await scrubEvents(trx, caseIds);
  await ofCases('case_text').delete();
  if (isSqlite(trx))
    await trx('case_search')
      .where(isOneOf(trx, 'rowid', caseIds))
      .delete();
  await ofCases<{ rule: string; message: string; value: string | null }>('case_flag')
    .whereNot('rule', 'unknown_label')
    .update({ message: erasedMessage, value: null });
  await eraseAsked(trx, caseIds, now);
  await eraseEvidence(trx, caseIds, now);
  await forgetLikely(trx, caseIds);
  let rejected = 0;
  for (const { source, keys } of bySource(facts)) {
    const surveys = trx<SurveyFactRow>('survey_fact')
      .where({ source })
      .where(isOneOf(trx, 'case_id', caseIds))
      .select('source_id');
    await trx<{ source: number; source_id: string; note: string | null }>('follow_up').where({ source }).whereIn('source_id', surveys).update({ note: null }); // prettier-ignore
    await eraseContests(trx, source, keys);
    rejected += await emptyRows(trx, source, keys);
  }
  await ofCases<SurveyFactRow>('survey_fact').update({ comment: null, change_seq: changeSeq });
  return rejected;
}

async function scrubEvents(trx: Knex.Transaction, caseIds: readonly number[]): Promise<void> {
  interface Ids {
    case_id: number;
    shard_key: number;
  }
  interface Event extends Ids {
    event_no: number;
    actor: string | null;
    changes: string | null;
    surveys: string | null;
    note: string | null;
    from_value: string | null;
    to_value: string | null;
  }
  const events = () => trx<Event>('case_event').where(isOneOf(trx, 'case_id', caseIds));
  const told = await events().whereNotNull('changes').select('case_id', 'shard_key', 'event_no', 'changes');
  for (const { changes, ...key } of told) {
    const left = scrubChanges(JSON.parse(changes ?? '{}') as EventChanges); // written by the loader
    await trx<Event>('case_event')
      .where(key)
      .update({ changes: left && JSON.stringify(left) });
  }
  const asked = await events().whereNotNull('surveys').select('case_id', 'shard_key', 'event_no', 'surveys');
  for (const { surveys, ...key } of asked)
    await trx<Event>('case_event')
      .where(key)
      .update({ surveys: JSON.stringify((JSON.parse(surveys ?? '[]') as SurveyRecord[]).map(scrubSurvey)) });
  await events().update({ note: null, from_value: null, to_value: null });
  const texts = await trx<Ids & Record<'customer_ref' | 'customer_name' | 'contact', string | null>>('case_text')
    .where(isOneOf(trx, 'case_id', caseIds))
    .select('customer_ref', 'customer_name', 'contact');
  const names = [...new Set(texts.flatMap((row) => [row.customer_ref, row.customer_name, row.contact]).filter((name) => name !== null))];
  if (names.length)
    await events()
      .where(isOneOf(trx, 'actor', names))
      .update({ actor: null });
}

/** Keys of cases by the code of their source. */
export function bySource(facts: readonly ErasableCase[]): { source: number; keys: string[] }[] {
  const groups = new Map<number, string[]>();
  for (const { source, source_id } of facts) groups.set(source, [...(groups.get(source) ?? []), source_id]);
  return [...groups].map(([source, keys]) => ({ source, keys }));
}
