import type { LoadScope, WrittenCase } from './load-cases.ts';
import { insertRows, isOneOf } from './store/insert.ts';
import { dimensionColumns, place, surveyCopies, surveyFactColumns, type SurveyFactRow, type Value } from './store/tables.ts';
import { takeNumbers } from './store/transact.ts';

/**
 * Writes the surveys of new and changed cases with the codes of their case copied on. A survey keeps its id as long as its
 * source names it by the same key, also when it moves to another case.
 */
export async function replaceSurveys({ trx, labels, source, changeSeq }: LoadScope, written: readonly WrittenCase[]): Promise<void> {
  const changed = written.filter((w) => !w.isNew).map((w) => w.caseId);
  // Two surveys with one key in a batch: the later one holds.
  const rows = new Map<string, SurveyFactRow>();
  for (const { derived, caseId, shardKey } of written) {
    const fact = derived.row;
    for (const { agent, ...survey } of derived.surveys) {
      const row = {
        survey_id: 0,
        shard_key: shardKey,
        source: source.code,
        case_id: caseId,
        change_seq: changeSeq,
        ...survey,
      } as SurveyFactRow;
      // 0: whoever the case is counted for, also once that is corrected.
      row.agent_credited = labels.code('agent', agent);
      for (const column of dimensionColumns) row[column] = Number(fact[place[column]]);
      for (const column of surveyCopies) (row[column] as Value) = fact[place[column]] ?? null;
      rows.delete(row.source_id);
      rows.set(row.source_id, row);
    }
  }
  if (changed.length === 0 && rows.size === 0) return;
  const known = new Map<string, number>();
  if (rows.size) {
    const found = await trx<SurveyFactRow>('survey_fact')
      .where('source', source.code)
      .where(isOneOf(trx, 'source_id', [...rows.keys()]))
      .select('source_id', 'survey_id');
    for (const { source_id, survey_id } of found) known.set(source_id, survey_id);
  }
  await trx('survey_fact')
    .where('source', source.code)
    .where((where) => {
      if (changed.length) void where.where(isOneOf(trx, 'case_id', changed));
      if (known.size) void where.orWhere(isOneOf(trx, 'survey_id', [...known.values()]));
      if (changed.length === 0 && known.size === 0) void where.whereRaw('1 = 0');
    })
    .delete();
  const added = rows.size - known.size;
  let nextId = added ? (await takeNumbers(trx, 'survey_id', added)) - added : 0;
  for (const row of rows.values()) row.survey_id = known.get(row.source_id) ?? ++nextId;
  await insertRows(
    trx,
    'survey_fact',
    surveyFactColumns,
    [...rows.values()].map((row) => surveyFactColumns.map((column): Value => row[column])),
  );
}
