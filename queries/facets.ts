import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import { answer } from './answer.ts';
import { readCatalog } from './catalog.ts';
import { everything, seenCatalog } from './sight.ts';
import { dimensionNames, dimensionOf, noneLabel, type DimensionName } from './model/dimensions.ts';
import { parseQuery, queryOf, type Query } from './model/query.ts';
import type { FacetsJson } from './model/wire.ts';
import type { QueryDeps } from './prepare.ts';

/** Which members to list, and under which filters and period they are counted. */
export interface FacetRequest {
  dimension: DimensionName;
  query: Query;
  /** Part of the name, in any case. */
  like: string;
  /** 1 to 200. */
  limit: number;
}

/**
 * Reads which members are wanted: `dimension`, `like`, `limit` (50 unless told), and of a `query` its period, filters and as-of.
 * @throws BadInput by field
 */
export function parseFacets(raw: unknown): FacetRequest {
  const {
    dimension,
    like = '',
    limit = 50,
    query: given,
  } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const problems: Problem[] = [];
  const name = dimensionNames.find((d) => d === dimension);
  if (!name) {
    const near = typeof dimension === 'string' ? didYouMean(dimension, dimensionNames) : '';
    problems.push({ field: 'dimension', message: `unknown dimension ${JSON.stringify(dimension)}${near}` });
  }
  if (typeof like !== 'string') problems.push({ field: 'like', message: 'must be text' });
  const isLimit = typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 1 && limit <= 200;
  if (!isLimit) problems.push({ field: 'limit', message: 'must be a whole number from 1 to 200' });
  if (!name || typeof like !== 'string' || !isLimit) throw new BadInput(problems);
  try {
    return { dimension: name, like, limit, query: parseQuery(given) };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(error.problems.map((p) => ({ ...p, field: p.field ? `query.${p.field}` : 'query' })));
  }
}

/**
 * The members of a dimension with how many cases were received in the period under every filter but those on the dimension itself:
 * figures of the query API, so that they agree with the charts. Most frequent first, members without cases last; who sees some rows only is told of no
 * labels without cases.
 * @throws BadInput for unknown labels in the other filters
 */
export async function listFacets(deps: QueryDeps, { dimension, query, like, limit }: FacetRequest): Promise<FacetsJson> {
  const { [dimension]: only = [], ...members } = query.where.members;
  const { [dimension]: out = [], ...not } = query.where.not;
  const { from, to, asOf, time } = query;
  const where = { ...query.where, members, not };
  const counted = queryOf({ measures: ['received'], by: [dimension], from, to, where, order: '-received', asOf, time });
  const { tables } = await answer(deps, [counted]);
  const cases = new Map(tables[0]?.rows.map((row) => [String(row[dimension]), Number(row.received)]));
  const sight = deps.sight ?? everything;
  const isLabel = dimensionOf(dimension).type === 'label';
  const listed = isLabel && sight.rows !== null ? [] : seenCatalog(await readCatalog(deps.reader), sight).names(dimension);
  const known = new Set([...cases.keys(), ...listed, ...(isLabel ? [noneLabel] : [])]);
  const facet = (name: string) => ({ name, cases: cases.get(name) ?? 0 });
  const wanted = like.trim().toLowerCase();
  const found = [...known].filter((name) => name.toLowerCase().includes(wanted)).map(facet);
  found.sort((a, b) => b.cases - a.cases || (a.name < b.name ? -1 : 1));
  const chosen = [...new Set([...only, ...out])].map((name) =>
    known.has(name) || sight.rows !== null ? facet(name) : { name, cases: null },
  );
  return { labels: found.slice(0, limit), total: found.length, chosen };
}
