import type { Knex } from 'knex';
import { BadInput, didYouMean } from '../etl/errors.ts';
import { openBudget, type Budget } from './budget.ts';
import { readCatalog, readSources, type Catalog } from './catalog.ts';
import { dimensionNames, dimensionOf, subSeparator, type DimensionName } from './model/dimensions.ts';
import { talliesOf } from './model/tally.ts';
import type { LabelsJson } from './model/wire.ts';
import { everything, isHidden, noCode, rowCodes, rowDimensions, seenCatalog, seenFilter, teamCodes, type Sight } from './sight.ts';
import { all, isOneOf, join, sql } from './sql/fragment.ts';
import { selectRows } from './sql/select.ts';
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
 * @param options `sight` of who asks: cases are counted of what that person may see, and teams, companies and agents without any left out
 * @throws BadInput for an unknown dimension or parent, and for one that who asks is not told of
 */
export async function listLabels(
  knex: Knex,
  { dimension, like = '', parent, limit = 20 }: LabelsRequest,
  now?: number,
  { budget = openBudget(), sight = everything }: { budget?: Budget; sight?: Sight | undefined } = {},
): Promise<LabelsJson> {
  const name = dimensionNames.find((d) => d === dimension);
  if (!name)
    throw new BadInput([{ field: 'dimension', message: `unknown dimension "${dimension}"${didYouMean(dimension, dimensionNames)}` }]);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 200)
    throw new BadInput([{ field: 'limit', message: 'must be a whole number from 1 to 200' }]);
  if (isHidden(sight, name))
    throw new BadInput([{ field: 'dimension', message: `your role is not told of single ${dimensionOf(name).plural}` }]);
  const all = await readCatalog(knex);
  const catalog = seenCatalog(all, sight);
  const above = dimensionOf(name).parent as DimensionName | undefined;
  if (parent !== undefined && above === undefined) throw new BadInput([{ field: 'parent', message: `${name} has no dimension above it` }]);
  if (parent !== undefined && above && catalog.codeOf(above, parent) === undefined) {
    throw new BadInput([{ field: 'parent', message: `unknown member "${parent}" of ${above}${didYouMean(parent, catalog.names(above))}` }]);
  }
  const wanted = like.toLowerCase();
  const names = catalog
    .names(name)
    .filter((label) => label.toLowerCase().includes(wanted) && (parent === undefined || label.startsWith(parent + subSeparator)));
  const counted = await countCases(knex, name, { now, sight, catalog: all, budget });
  const casesOf = (label: string) => {
    const code = catalog.codeOf(name, label) ?? noCode;
    const codes = name === 'team' ? teamCodes(sight, [code]) : [code];
    return codes.reduce((sum, each) => sum + (counted.get(each) ?? 0), 0);
  };
  // The words of products and issues are everybody's, who enter cases with them; who works where and for whom is told by cases alone.
  const isOfRows = sight.rows !== null && rowDimensions.some((each) => each === name);
  const labels = names.map((label) => ({ name: label, cases: casesOf(label) })).filter(({ cases }) => cases > 0 || !isOfRows);
  labels.sort((a, b) => b.cases - a.cases || (a.name < b.name ? -1 : 1));
  return { labels: labels.slice(0, limit) };
}

interface Counting {
  now: number | undefined;
  sight: Sight;
  /** The labels of everybody. */
  catalog: Catalog;
  budget: Budget;
}

/** Cases by code. */
async function countCases(knex: Knex, dimension: DimensionName, counting: Counting): Promise<Map<number, number>> {
  if (dimensionOf(dimension).type === 'band') return countBands(knex, dimension, counting);
  const column = dimension === 'vulnerable' ? 'is_vulnerable' : dimension;
  const limits = Object.entries(rowCodes(counting.sight, counting.catalog) ?? {}).map(([name, codes]) => isOneOf(name, codes));
  const where = all([sql('is_duplicate = 0'), ...limits]);
  const counted = join([sql(`select ${column} as code, count(*) as n from case_fact where`), where, sql(`group by ${column}`)], ' ');
  const rows = await selectRows(knex, counted, counting.budget);
  return new Map(rows.map((row) => [Number(row.code), Number(row.n)]));
}

/** Bands are no columns: what falls into them depends on until when each source is known. */
async function countBands(knex: Knex, dimension: DimensionName, { now, sight, catalog, budget }: Counting): Promise<Map<number, number>> {
  const sources = await readSources(knex, now ?? (await latestKnown(knex)));
  const [tally] = talliesOf('received', {
    from: '0001-01-01',
    to: '9999-12-31',
    grain: null,
    by: [dimension],
    keep: null,
    filter: seenFilter({ members: {}, not: {}, text: [], range: {} }, sight, catalog),
    through: { sources: sources.flatMap(({ source, through }) => (through === null ? [] : [{ source, at: through }])), isAll: false },
    business: null,
    currency: null,
  });
  const [rows = []] = await runTallies(knex, tally ? [tally] : [], budget);
  return new Map(rows.map((row) => [row.keys[0] ?? 0, row.sums[0] ?? 0]));
}

async function latestKnown(knex: Knex): Promise<number> {
  const loaded = (await knex('source_state').max({ at: 'through_at' }).first()) as { at: number | null } | undefined;
  if (loaded?.at) return loaded.at;
  const received = (await knex('case_fact').max({ at: 'received_at' }).first()) as { at: number | null } | undefined;
  return received?.at ?? 0;
}
