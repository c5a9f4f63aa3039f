import type { Knex } from 'knex';
import { BadInput, didYouMean } from '../etl/errors.ts';
import { openBudget } from './budget.ts';
import { readCatalog, readSources } from './catalog.ts';
import { dimensionNames, dimensionOf, subSeparator, type DimensionName } from './model/dimensions.ts';
import { talliesOf } from './model/tally.ts';
import type { LabelsJson } from './model/wire.ts';
import { runTallies } from './sql/tallies.ts';

/** What to list: names that hold `like` in any case, below a `parent` where the dimension has one. */
export interface LabelsRequest {
  dimension: string;
  like?: string;
  parent?: string;
  /** 1 to 200; 20 unless told. */
  limit?: number;
}

/**
 * The members of a dimension with how many cases carry each, most frequent first; members without cases last.
 * @param now seconds UTC, until when live sources are known; absent, until the latest time the store knows of
 * @throws BadInput for an unknown dimension or parent
 */
export async function listLabels(
  knex: Knex,
  { dimension, like = '', parent, limit = 20 }: LabelsRequest,
  now?: number,
): Promise<LabelsJson> {
  const name = dimensionNames.find((d) => d === dimension);
  if (!name)
    throw new BadInput([{ field: 'dimension', message: `unknown dimension "${dimension}"${didYouMean(dimension, dimensionNames)}` }]);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 200)
    throw new BadInput([{ field: 'limit', message: 'must be a whole number from 1 to 200' }]);
  const catalog = await readCatalog(knex);
  const above = dimensionOf(name).parent as DimensionName | undefined;
  if (parent !== undefined && above === undefined) throw new BadInput([{ field: 'parent', message: `${name} has no dimension above it` }]);
  if (parent !== undefined && above && catalog.codeOf(above, parent) === undefined) {
    throw new BadInput([{ field: 'parent', message: `unknown member "${parent}" of ${above}${didYouMean(parent, catalog.names(above))}` }]);
  }
  const wanted = like.toLowerCase();
  const names = catalog
    .names(name)
    .filter((label) => label.toLowerCase().includes(wanted) && (parent === undefined || label.startsWith(parent + subSeparator)));
  const cases = await countCases(knex, name, now);
  const labels = names.map((label) => ({ name: label, cases: cases.get(catalog.codeOf(name, label) ?? 0) ?? 0 }));
  labels.sort((a, b) => b.cases - a.cases || (a.name < b.name ? -1 : 1));
  return { labels: labels.slice(0, limit) };
}

/** Cases by code. */
async function countCases(knex: Knex, dimension: DimensionName, now: number | undefined): Promise<Map<number, number>> {
  if (dimensionOf(dimension).type === 'band') return countBands(knex, dimension, now);
  const column = dimension === 'vulnerable' ? 'is_vulnerable' : dimension;
  const rows: unknown[] = await knex('case_fact').where({ is_duplicate: 0 }).groupBy(column).select({ code: column }).count({ n: '*' });
  return new Map((rows as { code: number; n: number }[]).map((row) => [Number(row.code), Number(row.n)]));
}

/** Bands are no columns: what falls into them depends on until when each source is known. */
async function countBands(knex: Knex, dimension: DimensionName, now: number | undefined): Promise<Map<number, number>> {
  const sources = await readSources(knex, now ?? (await latestKnown(knex)));
  const [tally] = talliesOf('received', {
    from: '0001-01-01',
    to: '9999-12-31',
    grain: null,
    by: [dimension],
    keep: null,
    filter: { members: {}, not: {}, text: [], range: {} },
    through: { sources: sources.flatMap(({ source, through }) => (through === null ? [] : [{ source, at: through }])), isAll: false },
    business: null,
    currency: null,
  });
  const [rows = []] = await runTallies(knex, tally ? [tally] : [], openBudget());
  return new Map(rows.map((row) => [row.keys[0] ?? 0, row.sums[0] ?? 0]));
}

async function latestKnown(knex: Knex): Promise<number> {
  const loaded = (await knex('source_state').max({ at: 'through_at' }).first()) as { at: number | null } | undefined;
  if (loaded?.at) return loaded.at;
  const received = (await knex('case_fact').max({ at: 'received_at' }).first()) as { at: number | null } | undefined;
  return received?.at ?? 0;
}
