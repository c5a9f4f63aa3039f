import type { Knex } from 'knex';
import type { LoadScope, WrittenCase } from './load-cases.ts';
import { eventKinds } from './record.ts';
import { insertRows, isOneOf, isSqlite } from './store/insert.ts';
import { place, type Value } from './store/tables.ts';

const textColumns = [
  'title',
  'narrative',
  'resolution_note',
  'remedy_sought',
  'customer_ref',
  'customer_name',
  'contact',
  'search_text',
] as const;
const eventColumns = [
  'case_id', 'shard_key', 'event_no', 'kind', 'at', 'is_whole_day', 'actor', 'from_value', 'to_value', 'note', 'changes', 'surveys',
  'recorded_at',
] as const; // prettier-ignore
const childTables = ['case_issue', 'case_text', 'case_raw', 'case_event', 'case_flag'] as const;

/** Writes what hangs on new cases, and replaces it for changed ones: issues, texts with their search index, raw values, events, flags. */
export async function replaceChildren({ trx, labels, runId, input }: LoadScope, written: readonly WrittenCase[]): Promise<void> {
  const changed = written.filter((w) => !w.isNew).map((w) => w.caseId);
  if (changed.length) await removeChildren(trx, changed);
  const issues: Value[][] = [];
  const texts: Value[][] = [];
  const searches: Value[][] = [];
  const raws: Value[][] = [];
  const events: Value[][] = [];
  const flags: Value[][] = [];
  for (const { derived, caseId, shardKey } of written) {
    const ids = [caseId, shardKey];
    derived.issues.forEach(({ issue, sub_issue }, i) => {
      // The primary issue stands in the fact, under the label a person may have decided on.
      if (i === 0) return issues.push([caseId, shardKey, 1, derived.row[place.issue] ?? 0, derived.row[place.sub_issue] ?? 0]);
      const code = labels.code('issue', issue);
      return issues.push([caseId, shardKey, i + 1, code, sub_issue ? labels.code('sub_issue', sub_issue, code) : 0]);
    });
    const { text } = derived;
    if (text) texts.push([...ids, ...textColumns.map((column) => text[column])]);
    if (text?.search_text) searches.push([caseId, text.search_text]);
    if (derived.raw) raws.push([...ids, JSON.stringify(derived.raw)]);
    if (derived.events.length)
      derived.events.forEach((e, i) =>
        events.push([
          ...[...ids, i + 1, eventKinds.indexOf(e.kind) + 1, e.at, Number(e.isWholeDay), e.actor, e.from, e.to],
          ...[
            e.note ?? null,
            e.changes ? JSON.stringify(e.changes) : null,
            e.surveys ? JSON.stringify(e.surveys) : null,
            e.recordedAt ?? null,
          ],
        ]),
      );
    derived.flags.forEach((f, i) => {
      const at = derived.flagPlaces?.[i];
      flags.push([...ids, i + 1, f.rule, f.field, f.message, f.value, runId, at?.input ?? input, at?.line ?? null]);
    });
  }
  await insertRows(trx, 'case_issue', ['case_id', 'shard_key', 'position', 'issue', 'sub_issue'], issues);
  await insertRows(trx, 'case_text', ['case_id', 'shard_key', ...textColumns], texts);
  if (isSqlite(trx)) await insertRows(trx, 'case_search', ['rowid', 'search_text'], searches);
  await insertRows(trx, 'case_raw', ['case_id', 'shard_key', 'body'], raws);
  await insertRows(trx, 'case_event', eventColumns, events);
  await insertRows(
    trx,
    'case_flag',
    ['case_id', 'shard_key', 'flag_no', 'rule', 'field', 'message', 'value', 'run_id', 'input', 'line'],
    flags,
  );
}

/** Removes all that hangs on cases but their surveys. */
export async function removeChildren(trx: Knex.Transaction, caseIds: readonly number[]): Promise<void> {
  for (const table of childTables)
    await trx(table)
      .where(isOneOf(trx, 'case_id', caseIds))
      .delete();
  if (isSqlite(trx))
    await trx('case_search')
      .where(isOneOf(trx, 'rowid', caseIds))
      .delete();
}
