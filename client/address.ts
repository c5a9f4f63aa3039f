import type { MeasureName } from '../queries/model/measures.ts';
import { serialiseQuery, type Query } from '../queries/model/query.ts';
import type { DrillRequest } from '../queries/model/wire.ts';
import { search } from './transport.ts';

/**
 * An address with some of its parts changed, in their order.
 * @param search the search part it begins from, with or without "?"
 * @param change by name; null or an empty text takes the part away
 */
export function addressWith(path: string, search: string, change: Record<string, string | null>): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** Address under which the answer to a query can be downloaded. */
export function exportHref(query: Query, format: 'csv' | 'arrow' | 'json'): string {
  return `/api/query${search({ q: JSON.stringify(serialiseQuery(query)), format })}`;
}

/** Address under which exactly the cases behind a figure can be downloaded. */
export function casesHref({ measure, query, key, part }: DrillRequest): string {
  return `/api/cases.csv${search({ q: JSON.stringify({ measure, query, key, part }) })}`;
}

/** Path of the page of definitions. */
export const definitionsPath = '/data/definitions';

/** Address of the definition of a measure. */
export function definitionHref(measure: MeasureName): string {
  return `${definitionsPath}#${measure}`;
}

/** Path of the page of an issue. */
export function issuePath(issue: string): string {
  // A name with a dot would look like that of a file.
  return `/issues/${encodeURIComponent(issue).replaceAll('.', '%2E')}`;
}
