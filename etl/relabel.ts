import type { Knex } from 'knex';
import { below, mappedKey, type Decidable } from './label-decisions.ts';
import { markRepeats } from './load-repeats.ts';
import { requestRederiving } from './rederive.ts';
import { insertRows, isSqlite } from './store/insert.ts';
import type { LabelScope } from './store/labels.ts';
import { codeOf, fixedLists, type FixedDimension, type Value } from './store/tables.ts';
import { updateRows } from './store/update.ts';

/** A value of a source, as it stands in its records. */
export interface SourceValue {
  /** Code of the source. */
  source: number;
  dimension: Decidable;
  raw: string;
}

/** The code of a label, or of a name on a fixed list; 0 for an empty name. A label not seen before gets the next code. */
export function labelCode(labels: LabelScope, dimension: Decidable, name: string): number {
  return dimension in fixedLists ? codeOf(dimension as FixedDimension, name) : labels.code(dimension as 'issue', name || undefined);
}

/**
 * The cases whose source says `raw`: those that keep it as the source's own value, and those whose source says a label of that name and
 * that keep no other value. Of those that people here say something else of, what the source says stands in `case_local.said`.
 * @param own the code of the label that is called as the value, or 0
 */
export function casesSaying(knex: Knex, { source, dimension, raw }: SourceValue, own: number): Knex.QueryBuilder {
  const said = sourceValue(knex, dimension);
  return knex('case_fact')
    .leftJoin('case_raw', (on) => on.on('case_raw.case_id', 'case_fact.case_id').on('case_raw.shard_key', 'case_fact.shard_key'))
    .leftJoin('case_local', (on) =>
      on.on('case_local.source', 'case_fact.source').on('case_local.source_id', 'case_fact.source_id').onVal('case_local.field', dimension),
    )
    .where('case_fact.source', source)
    .where((where) => {
      void where.whereRaw('? = ?', [said, raw]);
      if (own) void where.orWhere((or) => void or.whereRaw('? = ?', [sourceCode(knex, dimension), own]).whereRaw('? is null', [said]));
    });
}

/** The code of what the source of a case says in a dimension, of {@link casesSaying}. */
function sourceCode(knex: Knex, dimension: Decidable): Knex.Raw {
  return knex.raw('coalesce(case_local.said, ??)', [`case_fact.${dimension}`]);
}

/** What `case_raw` keeps of the source's own value in a dimension; null where it keeps none. */
export function sourceValue(knex: Knex, dimension: Decidable): Knex.Raw {
  return knex.raw(isSqlite(knex) ? `case_raw.body ->> '$.${dimension}'` : `(case_raw.body::json ->> '${dimension}')`);
}

interface Found {
  case_id: number;
  shard_key: number;
  source_id: string;
  /** Of what the source says. */
  code: number;
  sub: number;
  customer_key: string | null;
  body: string | null;
  /** The same as `code` where people here say something else of the case; null where they do not. */
  said: number | null;
}
const batchSize = 5_000;

/**
 * Gives every case whose source says `raw` the label decided on, or the one its map gives where nothing is decided any more, with the
 * surveys and the primary issue that carry it; further issues of a case stay as they are. What people here say of a case stands above what its source
 * says: of such a case only what the source says is changed.
 * @param decided code of the label; null: what the map says
 * @returns the cases whose label changed
 */
export async function relabel(
  trx: Knex.Transaction,
  value: SourceValue,
  decided: number | null,
  { labels, changeSeq }: { labels: LabelScope; changeSeq: number },
): Promise<number> {
  const { dimension, raw } = value;
  const sub = below[dimension];
  const names = await namesOf(trx, dimension);
  const subNames = sub ? await namesOf(trx, sub) : new Map<number, string>();
  const customers = new Set<string>();
  let changed = 0;
  let after = 0;
  for (;;) {
    const rows: unknown = await casesSaying(trx, value, labelCode(labels, dimension, raw))
      .where('case_fact.case_id', '>', after)
      .orderBy('case_fact.case_id')
      .limit(batchSize)
      .select(
        'case_fact.case_id',
        'case_fact.shard_key',
        'case_fact.source_id',
        'case_fact.customer_key',
        'case_raw.body',
        'case_local.said',
      )
      .select({ code: sourceCode(trx, dimension), sub: `case_fact.${sub ?? dimension}` });
    const found = rows as Found[]; // the columns selected
    const facts: Value[][] = [];
    const primaries: Value[][] = [];
    const bodies: Value[][] = [];
    const locals: Value[][] = [];
    for (const { case_id, shard_key, source_id, code, sub: subCode, customer_key, body, said: local } of found) {
      const said: Record<string, string> = { [dimension]: raw, ...(JSON.parse(body ?? '{}') as Record<string, string>) };
      const mapped = said[mappedKey(dimension)] ?? names.get(code) ?? '';
      const next = decided ?? labelCode(labels, dimension, mapped);
      if (decided === null) delete said[mappedKey(dimension)];
      else said[mappedKey(dimension)] = mapped;
      bodies.push([case_id, shard_key, JSON.stringify(said)]);
      if (next === code) continue;
      if (local !== null) {
        locals.push([value.source, source_id, dimension, next]);
        continue;
      }
      changed += 1;
      const nextSub = sub ? [labels.code(sub, subNames.get(subCode), next)] : [];
      facts.push([case_id, shard_key, changeSeq, next, ...nextSub]);
      if (dimension === 'issue') primaries.push([case_id, shard_key, 1, next, ...nextSub]);
      if (dimension === 'issue' && customer_key) customers.add(customer_key);
    }
    await labels.flush();
    const columns = ['change_seq', dimension, ...(sub ? [sub] : [])];
    await updateRows(trx, 'case_fact', ['case_id', 'shard_key'], columns, facts);
    await updateRows(trx, 'survey_fact', ['case_id', 'shard_key'], columns, facts);
    await updateRows(trx, 'case_issue', ['case_id', 'shard_key', 'position'], ['issue', 'sub_issue'], primaries);
    await updateRows(trx, 'case_local', ['source', 'source_id', 'field'], ['said'], locals);
    await insertRows(trx, 'case_raw', ['case_id', 'shard_key', 'body'], bodies, { conflict: ['case_id', 'shard_key'] });
    after = found.at(-1)?.case_id ?? after;
    if (found.length < batchSize) break;
  }
  await markRepeats(trx, [...customers], changeSeq);
  if (changed) await requestRederiving(trx);
  return changed;
}

/** Names of the labels of a dimension by code. */
export async function namesOf(knex: Knex, dimension: string): Promise<Map<number, string>> {
  if (dimension in fixedLists) return new Map(fixedLists[dimension as FixedDimension].map((name, i) => [i + 1, name]));
  const rows = await knex<{ dimension: string; code: number; name: string }>('label').where({ dimension }).select('code', 'name');
  return new Map(rows.map(({ code, name }) => [code, name]));
}
