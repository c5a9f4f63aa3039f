import type { Knex } from 'knex';
import { BadInput, didYouMean } from '../etl/errors.ts';
import { readCatalog } from './catalog.ts';
import { dimensionNames, dimensionOf, subSeparator, type DimensionName } from './model/model.ts';
import type { LabelsJson } from './model/wire.ts';

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
 * @throws BadInput for an unknown dimension or parent
 */
export async function listLabels(knex: Knex, { dimension, like = '', parent, limit = 20 }: LabelsRequest): Promise<LabelsJson> {
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
  const cases = await countCases(knex, name);
  const labels = names.map((label) => ({ name: label, cases: cases.get(catalog.codeOf(name, label) ?? 0) ?? 0 }));
  labels.sort((a, b) => b.cases - a.cases || (a.name < b.name ? -1 : 1));
  return { labels: labels.slice(0, limit) };
}

/** Cases by code; empty for bands, which no column holds. */
async function countCases(knex: Knex, dimension: DimensionName): Promise<Map<number, number>> {
  if (dimensionOf(dimension).type === 'band') return new Map();
  const column = dimension === 'vulnerable' ? 'is_vulnerable' : dimension;
  const rows: unknown[] = await knex('case_fact').where({ is_duplicate: 0 }).groupBy(column).select({ code: column }).count({ n: '*' });
  return new Map((rows as { code: number; n: number }[]).map((row) => [Number(row.code), Number(row.n)]));
}
