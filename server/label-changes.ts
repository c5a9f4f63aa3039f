import type { Knex } from 'knex';
import { nearest } from '../etl/errors.ts';
import { tokens } from '../etl/text.ts';
import { namesOf, sourceValue } from '../etl/relabel.ts';
import type { Decidable } from '../etl/label-decisions.ts';
import type { LabelChangeRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import type { LabelChangeListRow, ListPage, UnmappedRow } from '../queries/model/lists.ts';
import { countRows, pageSize, sourceCode } from './page.ts';

interface Waiting {
  source: number;
  name: string;
  dimension: Decidable;
  raw: string;
}

/** Values no map lists and nobody has decided on, those of most cases first. */
export async function listUnmapped(db: Knex, { source, page }: { source: string | null; page: number }): Promise<ListPage<UnmappedRow>> {
  const code = await sourceCode(db, source);
  const waiting: unknown = await unmappedValues(db, code)
    .leftJoin('source_state', 'source_state.source', 'unmapped_value.source')
    .select('unmapped_value.*', 'source_state.name');
  const values = waiting as Waiting[]; // the columns selected
  const rows: UnmappedRow[] = [];
  for (const dimension of new Set(values.map((value) => value.dimension))) {
    const labels = [...(await namesOf(db, dimension)).values()];
    const said = await countSaid(db, dimension);
    for (const { source: from, name, raw } of values.filter((value) => value.dimension === dimension)) {
      const found = said.get(`${from} ${raw}`);
      if (!found) continue;
      const current = labels.includes(raw) ? raw : '(none)';
      const others = labels.filter((label) => label !== raw);
      rows.push({ source: name, dimension, raw, current, ...found, suggestions: similar(raw, others) });
    }
  }
  rows.sort((a, b) => b.cases - a.cases || (a.raw < b.raw ? -1 : 1));
  return { total: rows.length, page, size: pageSize, rows: rows.slice((page - 1) * pageSize, page * pageSize) };
}

/** Labels spelled nearly like a value, then those that share most words with it; at most three. */
function similar(raw: string, labels: readonly string[]): string[] {
  const words = new Set(tokens(raw));
  const shared = labels
    .map((label) => ({ label, count: tokens(label).filter((word) => words.has(word)).length }))
    .filter((l) => l.count > 0);
  shared.sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  return [...new Set([...nearest(raw, labels), ...shared.map((l) => l.label)])].slice(0, 3);
}

type Said = Pick<UnmappedRow, 'cases' | 'first_on' | 'last_on'>;

/** How many cases say each own value of their source, by code of the source and value. */
async function countSaid(db: Knex, dimension: Decidable): Promise<Map<string, Said>> {
  const raw = sourceValue(db, dimension);
  const rows: unknown = await db('case_raw')
    .join('case_fact', (on) => on.on('case_fact.case_id', 'case_raw.case_id').on('case_fact.shard_key', 'case_raw.shard_key'))
    .whereRaw('? is not null', [raw])
    .groupByRaw('case_fact.source, ?', [raw])
    .select({ source: 'case_fact.source', raw })
    .count({ cases: '*' })
    .min({ first_on: 'case_fact.received_on' })
    .max({ last_on: 'case_fact.received_on' });
  const found = rows as (Said & { source: number; raw: string })[];
  return new Map(found.map(({ source, raw: value, ...said }) => [`${source} ${value}`, said]));
}

/** How many values of each source wait for a decision, by code of the source. */
export async function countUnmapped(db: Knex): Promise<Map<number, number>> {
  const rows: unknown = await unmappedValues(db, null).groupBy('unmapped_value.source').select('unmapped_value.source').count({ n: '*' });
  return new Map((rows as { source: number; n: number }[]).map((row) => [row.source, row.n]));
}

/** Changes of labels, newest first. */
export async function listLabelChanges(db: Knex, { page }: { page: number }): Promise<ListPage<LabelChangeListRow>> {
  const rows = (await db('label_change')
    .leftJoin('source_state', 'source_state.source', 'label_change.source')
    .select('label_change.*', 'source_state.name')
    .orderBy('change_id', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)) as (LabelChangeRow & { name: string })[]; // the columns selected
  const names = new Map<string, Map<number, string>>();
  for (const { dimension } of rows) if (!names.has(dimension)) names.set(dimension, await namesOf(db, dimension));
  const nameOf = (dimension: string, code: number): string => names.get(dimension)?.get(code) ?? '(none)';
  return {
    total: await countRows(db('label_change')),
    page,
    size: pageSize,
    rows: rows.map((row) => ({
      change_id: row.change_id,
      at: isoText(row.at),
      changed_by: row.changed_by,
      source: row.name,
      dimension: row.dimension,
      raw: row.raw,
      from: nameOf(row.dimension, row.from_code),
      to: nameOf(row.dimension, row.to_code),
      cases: row.cases,
      undone_at: isoText(row.undone_at),
      undone_by: row.undone_by,
    })),
  };
}

function unmappedValues(db: Knex, source: number | null): Knex.QueryBuilder {
  const query: Knex.QueryBuilder = db('unmapped_value')
    .leftJoin('label_map', (on) => {
      for (const column of ['source', 'dimension', 'raw']) void on.on(`label_map.${column}`, `unmapped_value.${column}`);
    })
    .whereNull('label_map.code');
  return source === null ? query : query.where('unmapped_value.source', source);
}
