import type { Problem } from '../etl/errors.ts';
import type { DimensionName } from '../queries/model/model.ts';
import { serialiseQuery, type Query } from '../queries/model/query.ts';
import type { CaseDetail, CasePage, DrillRequest, LabelsJson, MetaJson, TableJson } from '../queries/model/wire.ts';
import { problemsInWords } from './problem-words.ts';
import type { FlaggedRow, ListPage, RejectedRow, RunRow, SourceRow } from '../queries/model/lists.ts';

/** The server refused or could not be reached. `status` 0: no answer came. */
export class ApiFailed extends Error {
  readonly status: number;
  readonly problems: Problem[];

  constructor(status: number, problems: Problem[]) {
    super(asSentence(problemsInWords(problems).join('; ')));
    this.name = 'ApiFailed';
    this.status = status;
    this.problems = problems;
  }
}

/** What went wrong in words, when (ISO 8601), and the status of the answer; 0 where none came or it could not be read. */
export function failureOf(error: unknown): { message: string; at: string; code: number } {
  const at = new Date().toISOString();
  return error instanceof ApiFailed
    ? { message: error.message, at, code: error.status }
    : { message: 'The answer could not be read.', at, code: 0 };
}

let tellSignedOut: () => void = () => undefined;

/** Calls `listener` whenever the server says that the session has ended. */
export function onSignedOut(listener: () => void): void {
  tellSignedOut = listener;
}

/** Every endpoint, typed. Each throws {@link ApiFailed}, or the abort's own error when `signal` ends it. */
export const api = {
  meta: (signal?: AbortSignal): Promise<MetaJson> => json('GET', '/api/meta', { signal }),

  /** Tables in the order of the queries; they travel as Arrow. */
  query: async (queries: Query[], signal?: AbortSignal): Promise<TableJson[]> => {
    // The decoder loads while the server works.
    const decoder = import('./arrow.ts');
    const body = { queries: queries.map(serialiseQuery) };
    const response = await send('POST', '/api/query', { body, signal, accept: 'application/vnd.apache.arrow.stream' });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return (await decoder).decodeTables(bytes);
  },

  /** Labels of a dimension, most frequent first. */
  labels: (
    { dimension, like = '', limit = 50, parent }: { dimension: DimensionName; like?: string; limit?: number; parent?: string },
    signal?: AbortSignal,
  ): Promise<LabelsJson> => json('GET', `/api/labels${search({ dimension, like, limit, parent })}`, { signal }),

  /** The cases behind a figure. */
  cases: (body: DrillRequest, signal?: AbortSignal): Promise<CasePage> => json('POST', '/api/cases', { body, signal }),

  caseDetail: (id: number | string, signal?: AbortSignal): Promise<CaseDetail> =>
    json('GET', `/api/cases/${encodeURIComponent(id)}`, { signal }),

  /** Enters a case; the same key sent again changes nothing and answers the same case. */
  putEntry: (key: string, record: Record<string, unknown>, signal?: AbortSignal): Promise<{ case_id: number }> =>
    json('PUT', `/api/entries/${encodeURIComponent(key)}`, { body: record, signal }),

  sources: (signal?: AbortSignal): Promise<ListPage<SourceRow>> => json('GET', '/api/sources', { signal }),

  runs: (given: { source?: string; page?: number } = {}, signal?: AbortSignal): Promise<ListPage<RunRow>> =>
    json('GET', `/api/runs${search(given)}`, { signal }),

  rejected: (given: { source?: string; run?: number; page?: number } = {}, signal?: AbortSignal): Promise<ListPage<RejectedRow>> =>
    json('GET', `/api/rejected${search(given)}`, { signal }),

  flagged: (given: { source?: string; rule?: string; page?: number } = {}, signal?: AbortSignal): Promise<ListPage<FlaggedRow>> =>
    json('GET', `/api/flagged${search(given)}`, { signal }),

  /** Pulls a configured source now. */
  runSource: (name: string): Promise<{ run_id: number }> => json('POST', `/api/sources/${encodeURIComponent(name)}/run`),

  signOut: async (): Promise<void> => {
    await send('POST', '/sign-out', {});
  },
};

/** Address under which the answer to a query can be downloaded. */
export function exportHref(query: Query, format: 'csv' | 'arrow' | 'json'): string {
  return `/api/query${search({ q: JSON.stringify(serialiseQuery(query)), format })}`;
}

/** Address under which exactly the cases behind a figure can be downloaded. */
export function casesHref({ measure, query, key, part }: DrillRequest): string {
  return `/api/cases.csv${search({ q: JSON.stringify({ measure, query, key, part }) })}`;
}

interface Sent {
  body?: unknown;
  signal?: AbortSignal | undefined;
  accept?: string;
}

async function json<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
  const response = await send(method, path, sent);
  // The shape is the server's promise; its tests hold it to the types of wire.ts.
  return (await response.json()) as T;
}

async function send(method: string, path: string, { body, signal, accept = 'application/json' }: Sent): Promise<Response> {
  const headers: Record<string, string> = { accept };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }), ...(signal && { signal }) };
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailed(0, [{ field: '', message: 'The server did not answer. It may have been stopped, or the network is down.' }]);
  }
  if (response.ok) return response;
  if (response.status === 401) tellSignedOut();
  throw new ApiFailed(response.status, await problemsOf(response));
}

function asSentence(text: string): string {
  return text && `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}

async function problemsOf(response: Response): Promise<Problem[]> {
  const text = await response.text();
  try {
    const { problems } = JSON.parse(text) as { problems?: Problem[] };
    if (problems?.length) return problems;
  } catch {
    // Not ours: a proxy's page, say. The status is all there is to tell.
  }
  return [{ field: '', message: `The server answered with status ${response.status}.` }];
}

function search(given: Record<string, string | number | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== undefined && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return text && `?${text}`;
}
