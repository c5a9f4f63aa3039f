import { json, type Reply, type SourceRequest } from './http-source.ts';

/** A row of a list served by these rules; `updated_at` is an ISO time, times and then ids give the order. */
export interface ListRow {
  id: number;
  updated_at: string;
  [column: string]: unknown;
}

/** Serves the rows as they are at the time of a request. */
export type ListRule = (rows: () => ListRow[]) => (request: SourceRequest) => Reply;

/** `?page=1&per_page=2` of `{ items, total }`. */
export const pagedList: ListRule = (rows) => (request) => {
  const size = numberOf(request, 'per_page', 2);
  const start = (numberOf(request, 'page', 1) - 1) * size;
  const found = since(ordered(rows()), request);
  return json({ items: found.slice(start, start + size), total: found.length });
};

/** `?offset=0&limit=2` of a bare list. */
export const offsetList: ListRule = (rows) => (request) => {
  const start = numberOf(request, 'offset', 0);
  return json(since(ordered(rows()), request).slice(start, start + numberOf(request, 'limit', 2)));
};

/** An export that never ends: `?start_time=` (unix) first, then `?cursor=`; `{ items, after_cursor, end_of_stream }`. */
export const exportList: ListRule = (rows) => (request) => {
  const size = numberOf(request, 'per_page', 2);
  const cursor = request.url.searchParams.get('cursor');
  const start = request.url.searchParams.get('start_time');
  if ((cursor === null) === (start === null)) return json({ error: 'give cursor or start_time' }, { status: 400 });
  const after = cursor === null ? [new Date(Number(start) * 1000).toISOString().replace('.000Z', 'Z'), -1] : decode(cursor);
  const behind = ordered(rows()).filter((row) => compare([row.updated_at, row.id], after) > 0);
  const items = behind.slice(0, size);
  const last = items.at(-1);
  const next = last ? encode([last.updated_at, last.id]) : (cursor ?? encode(after));
  return json({ items, after_cursor: next, end_of_stream: behind.length <= size });
};

/** `?page=` of a bare list with a Link header. */
export const linkedList: ListRule = (rows) => (request) => {
  const { page, items, hasMore } = pageOf(rows(), request);
  const next = `<${addressOf(request, page + 1)}>; rel="next"`;
  const first = `<${addressOf(request, 1)}>; rel="first"`;
  return json(items, { headers: { link: hasMore ? `${first}, ${next}` : first } });
};

/** `?page=` of `{ items, next }`, the address of the next page. */
export const nextUrlList: ListRule = (rows) => (request) => {
  const { page, items, hasMore } = pageOf(rows(), request);
  return json({ items, next: hasMore ? addressOf(request, page + 1) : null });
};

/** `?since=ISO` first (or nothing), then `?after=ISO,id`; rows in the order of time and id. */
export const keysetList: ListRule = (rows) => (request) => {
  const after = request.url.searchParams.get('after');
  const [time = '', id = '0'] = after?.split(',') ?? [];
  const found =
    after === null
      ? since(ordered(rows()), request)
      : ordered(rows()).filter((row) => compare([row.updated_at, row.id], [time, Number(id)]) > 0);
  return json({ items: found.slice(0, numberOf(request, 'limit', 2)) });
};

function pageOf(rows: ListRow[], request: SourceRequest): { page: number; items: ListRow[]; hasMore: boolean } {
  const page = numberOf(request, 'page', 1);
  const size = numberOf(request, 'per_page', 2);
  const found = since(ordered(rows), request);
  return { page, items: found.slice((page - 1) * size, page * size), hasMore: found.length > page * size };
}

function addressOf({ url }: SourceRequest, page: number): string {
  const next = new URL(url);
  next.searchParams.set('page', String(page));
  return next.href;
}

function since(rows: ListRow[], { url }: SourceRequest): ListRow[] {
  const from = url.searchParams.get('since');
  return from === null ? rows : rows.filter((row) => row.updated_at >= from);
}

function ordered(rows: ListRow[]): ListRow[] {
  return [...rows].sort((a, b) => compare([a.updated_at, a.id], [b.updated_at, b.id]));
}

function compare([time, id]: (string | number)[], [otherTime, otherId]: (string | number)[]): number {
  if (time !== otherTime) return String(time) < String(otherTime) ? -1 : 1;
  return Number(id) - Number(otherId);
}

function numberOf({ url }: SourceRequest, name: string, otherwise: number): number {
  return Number(url.searchParams.get(name) ?? otherwise);
}

function encode(after: (string | number)[]): string {
  return Buffer.from(JSON.stringify(after)).toString('base64url');
}

function decode(cursor: string): (string | number)[] {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as (string | number)[];
}
