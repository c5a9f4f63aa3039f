import type { Knex } from 'knex';
import { engineOf } from '../sql/select.ts';
import { held, type ColumnKind, type HeldTable } from './columns.ts';
import { Facts } from './facts.ts';
import type { ColumnTable } from './table.ts';

/** Rows read by one statement: enough that its cost does not count, few enough that others get their turn in between. */
const batch = 8_192;
/** Stands between the values of a column; no value held has one. */
const separator = '|';

/** What a row takes in memory, in bytes, as measured over stores of several kinds. */
const rowBytes: Record<HeldTable, number> = { case_fact: 170, survey_fact: 110, case_issue: 8 };

/** About what all facts of the store take in memory, in bytes. */
export async function factBytes(reader: Knex): Promise<number> {
  let bytes = 0;
  for (const table of Object.keys(held) as HeldTable[]) {
    const row = (await reader(table).count({ n: '*' }).first()) as { n: number } | undefined;
    bytes += Number(row?.n ?? 0) * rowBytes[table];
  }
  return bytes;
}

/** The number of the last change of the store. */
export async function lastChange(reader: Knex): Promise<number> {
  const row = await reader<{ name: string; value: number }>('change_counter').where('name', 'change_seq').first('value');
  return Number(row?.value ?? 0);
}

/** Everything the store holds, as of one moment, and the change it is as of. */
export async function readFacts(reader: Knex, signal: AbortSignal): Promise<{ facts: Facts; change: number }> {
  return snapshot(reader, async (trx) => {
    const facts = new Facts();
    const change = await lastChange(trx);
    for (const table of [facts.cases, facts.surveys, facts.issues]) await addAll(trx, table, signal);
    return { facts, change };
  });
}

async function addAll(trx: Knex, table: ColumnTable, signal: AbortSignal): Promise<void> {
  const [key = ''] = Object.keys(held[table.name]);
  for (let after = -1; ;) {
    signal.throwIfAborted();
    // Up to a key, since one key may have several rows.
    const last = await trx(table.name)
      .where(key, '>', after)
      .orderBy(key)
      .offset(batch - 1)
      .first<{ key: number } | undefined>(`${key} as key`);
    const texts = await readColumns(
      trx,
      table.name,
      last ? `${key} > ? and ${key} <= ?` : `${key} > ?`,
      last ? [after, last.key] : [after],
    );
    table.add(texts, true);
    if (!last) return;
    after = Number(last.key);
  }
}

/** A change that is too large to be followed row by row. */
export class TooMuchChanged extends Error {}

/**
 * Brings facts up to the last change of the store.
 * @param most rows that may have changed
 * @returns the change they are now as of
 * @throws TooMuchChanged when more have changed
 */
export async function followFacts(reader: Knex, facts: Facts, since: number, most: number): Promise<number> {
  return snapshot(reader, async (trx) => {
    const change = await lastChange(trx);
    if (change === since) return change;
    const ids = async (table: string) => {
      const rows = await trx(table)
        .where('change_seq', '>', since)
        .limit(most + 1)
        .select<{ case_id: number }[]>('case_id');
      if (rows.length > most) throw new TooMuchChanged(`${table}: more than ${most} rows since change ${since}`);
      return rows.map((row) => Number(row.case_id));
    };
    const changed = await ids('case_fact');
    const gone = await ids('case_gone');
    const touched = new Set([...changed, ...gone]);
    if (touched.size === 0) return change;
    const moved = await trx('survey_fact').where('change_seq', '>', since).select<{ survey_id: number }[]>('survey_id');
    const { cases, surveys, issues } = facts;
    for (const table of facts.tables) table.makeReady();
    const added: [ColumnTable, string[][]][] = [];
    changed.sort((a, b) => a - b);
    for (let from = 0; from < changed.length; from += batch) {
      const part = changed.slice(from, from + batch);
      const list = `case_id in (${part.map(() => '?').join(', ')})`;
      added.push([cases, await readColumns(trx, 'case_fact', list, part)]);
      added.push([issues, await readColumns(trx, 'case_issue', list, part)]);
      added.push([surveys, await readColumns(trx, 'survey_fact', `change_seq <= ? and ${list}`, [since, ...part])]);
    }
    // A survey keeps its key when it moves from a case that is not changed by that.
    added.push([surveys, await readColumns(trx, 'survey_fact', 'change_seq > ?', [since])]);
    // From here on without a pause: nobody sees half a change.
    for (const id of touched) cases.remove(id);
    for (const table of [surveys, issues]) table.removeOfCases(touched);
    for (const { survey_id } of moved) surveys.remove(Number(survey_id));
    for (const [table, texts] of added) table.add(texts, false);
    facts.changed();
    await compareCounts(trx, facts);
    return change;
  });
}

/**
 * A survey that moved from a case and was deleted before anybody asked leaves no trace to follow: as many rows as the store has are the proof that nothing
 * was missed.
 */
async function compareCounts(trx: Knex, { cases, surveys, issues }: Facts): Promise<void> {
  for (const table of [cases, surveys, issues]) {
    const row = await trx(table.name).count({ n: '*' }).first<{ n: number }>();
    if (Number(row.n) !== table.count) throw new TooMuchChanged(`${table.name}: ${table.count} rows in memory, ${row.n} in the store`);
  }
}

/**
 * The values of each column over the rows of a condition, in the order of the key; "" for null. A column comes as one text: rows one by one take four
 * times as long.
 */
async function readColumns(trx: Knex, table: HeldTable, where: string, values: readonly number[]): Promise<string[][]> {
  const columns = Object.entries<ColumnKind>(held[table]);
  const isSqlite = engineOf(trx) === 'sqlite';
  const order = table === 'case_issue' ? 'case_id, position' : (columns[0]?.[0] ?? '');
  const texts = columns.map(([name, kind], i) => {
    const value = kind === 'given' ? `case when ${name} is null then null else 1 end` : name;
    return isSqlite
      ? `group_concat(coalesce(${value}, ''), '${separator}') as c${i}`
      : `string_agg(coalesce((${value})::text, ''), '${separator}') as c${i}`;
  });
  const found: unknown = await trx.raw(
    `select count(*) as n, ${texts.join(', ')} from (select * from ${table} where ${where} order by ${order}) as f`,
    [...values],
  );
  const [row] = (isSqlite ? found : (found as { rows: unknown }).rows) as Record<string, string | number | null>[]; // one row, as selected
  return columns.map((_, i) => (Number(row?.n ?? 0) === 0 ? [] : String(row?.[`c${i}`] ?? '').split(separator)));
}

/** Reads that see one moment of the store. */
function snapshot<T>(reader: Knex, work: (trx: Knex) => Promise<T>): Promise<T> {
  return reader.transaction(work, engineOf(reader) === 'sqlite' ? {} : { isolationLevel: 'repeatable read', readOnly: true });
}
