import { BadInput, type Problem } from '../etl/errors.ts';
import { parseQuery, type Query } from '../queries/model/query.ts';

/** Most queries in one request. */
export const mostQueries = 32;

/**
 * Reads one query object, or `{ "queries": […] }`.
 * @throws BadInput with the problems of every query; of several, each field begins with the query's position
 */
export function readQueries(raw: unknown): Query[] {
  if (!isObject(raw) || !Object.hasOwn(raw, 'queries')) return [parseQuery(raw)];
  const problems: Problem[] = [];
  for (const key of Object.keys(raw)) if (key !== 'queries') problems.push({ field: key, message: 'does not belong beside "queries"' });
  const list: unknown[] = Array.isArray(raw.queries) ? raw.queries : [];
  if (list.length === 0) problems.push({ field: 'queries', message: 'must be a list of at least one query' });
  if (list.length > mostQueries)
    problems.push({ field: 'queries', message: `at most ${mostQueries} queries in one request, not ${list.length}` });
  if (problems.length) throw new BadInput(problems);
  const queries: Query[] = [];
  list.forEach((item, i) => {
    try {
      queries.push(parseQuery(item));
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      problems.push(...error.problems.map(({ field, message }) => ({ field: `queries[${i}]${field ? `.${field}` : ''}`, message })));
    }
  });
  if (problems.length) throw new BadInput(problems);
  return queries;
}

/**
 * Reads JSON text, as it stands in an address or on the command line.
 * @throws BadInput saying that it is no JSON; the text itself is not repeated
 */
export function readJson(text: string, field: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadInput([
      { field, message: 'is not JSON; expected a query like {"measures":["received"],"from":"2026-01-01","to":"2026-12-31"}' },
    ]);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
