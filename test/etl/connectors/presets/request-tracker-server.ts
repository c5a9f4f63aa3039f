import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { compileQuery, type Fields } from './ticket-sql.ts';

/** A ticket or a transaction as REST2 writes it in lists, with every subfield. */
export type Item = Record<string, unknown> & { id: string };

export interface RequestTrackerServer {
  url: string;
  tickets: Item[];
  transactions: Item[];
  /** Numbers of tickets that were merged, deleted or are in a queue the user does not see: in no list. */
  hidden: Set<string>;
  /** Seconds by which the clock of the user is ahead of UTC. */
  offset: number;
  /** Transactions the user may not see: left out after paging, so that they still fill pages. */
  isVisible: (transaction: Item) => boolean;
  /** Attachments by the number of their ticket. */
  attachments: Map<string, Item[]>;
  /** False: lists count tickets and show none, as with an order Request Tracker does not know. */
  isListing: boolean;
  /** Called after the answer to each request. */
  afterAnswer: (path: string, query: URLSearchParams) => void;
  requests: string[];
  close: () => Promise<void>;
}

const token = '1-39-511b62264c42bb24341b9b15550bfd24';

/** The token that the server of {@link serveRequestTracker} takes. */
export const requestTrackerToken = token;

/**
 * Answers as Request Tracker 5.0.3 does: TicketSQL, orders, pages of at most 100, totals only for tickets, fields that were not asked
 * for left out, keys and custom fields in another order each time, connections closed after each answer.
 */
export async function serveRequestTracker(given: { tickets: Item[]; transactions: Item[] }): Promise<RequestTrackerServer> {
  let answers = 0;
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    rt.requests.push(`${url.pathname}?${url.searchParams.toString()}`);
    answers += 1;
    answer(request, response, url);
    rt.afterAnswer(url.pathname, url.searchParams);
  });

  function answer(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
      response.end(JSON.stringify(body, null, 3));
    };
    if (/mozilla/i.test(request.headers['user-agent'] ?? '')) {
      response.writeHead(302, { location: '/' }).end('Login required');
      return;
    }
    if (request.headers.authorization !== `token ${token}`) return send(401, { message: 'Unauthorized' });
    const list = /^\/REST\/2\.0\/(tickets|transactions)$/.exec(url.pathname)?.[1];
    const attached = /^\/REST\/2\.0\/ticket\/(\d+)\/attachments$/.exec(url.pathname)?.[1];
    if (attached !== undefined) return send(200, { items: rt.attachments.get(attached) ?? [], total: null, pages: null, page: 1 });
    if (list === undefined) return send(404, { message: 'Not Found' });
    try {
      send(200, list === 'tickets' ? ticketPage(url.searchParams) : transactionPage(url.searchParams));
    } catch (error) {
      send(400, { message: `${(error as Error).message} at Tickets.pm line 3187.\n` });
    }
  }

  function ticketPage(query: URLSearchParams): unknown {
    const sql = query.get('query');
    const matches = sql === null ? () => false : compileQuery(sql, rt.offset);
    const found = rt.tickets.filter((ticket) => !rt.hidden.has(ticket.id) && matches(fieldsOf(ticket)));
    const orders = query.getAll('orderby');
    const isKnown = rt.isListing && orders.every((order) => order === 'id' || order === 'LastUpdated');
    found.sort((a, b) => compareBy(a, b, orders.length ? orders : ['id']));
    const { items, ...page } = pageOf(found, query);
    const shown = isKnown ? items.map((item) => pick(item, query.get('fields'))) : [];
    const pages = found.length === 0 ? 0 : Math.ceil(found.length / page.per_page);
    return shuffled({ items: shown, ...page, count: shown.length, total: found.length, pages }, answers);
  }

  function transactionPage(query: URLSearchParams): unknown {
    const sql = query.get('query');
    const matches = sql === null ? () => false : compileQuery(sql, rt.offset);
    const found = rt.transactions.filter((each) => matches({ ...fieldsOf(each), TicketId: String(each.ObjectId) }));
    const { items, ...page } = pageOf(found, query);
    const shown = items.filter((item) => rt.isVisible(item)).map((item) => pick(item, query.get('fields')));
    return shuffled({ items: shown, ...page, count: shown.length, total: null, pages: null }, answers);
  }

  function pick(item: Item, fields: string | null): unknown {
    const names = ['id', 'type', '_url', ...(fields?.split(',') ?? [])];
    const shown = Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
    if (Array.isArray(shown.CustomFields)) shown.CustomFields = rotate(shown.CustomFields as unknown[], answers);
    return shuffled(shown, answers);
  }

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const rt: RequestTrackerServer = {
    ...given,
    url: `http://127.0.0.1:${address.port}`,
    hidden: new Set(),
    offset: 0,
    attachments: new Map(),
    isListing: true,
    isVisible: () => true,
    afterAnswer: () => undefined,
    requests: [],
    close: () => new Promise((resolve, reject) => http.close((error) => (error ? reject(error) : resolve()))),
  };
  return rt;
}

function fieldsOf(item: Item): Fields {
  const queue = item.Queue as { Name?: string } | undefined;
  const texts = Object.entries(item).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  return { ...Object.fromEntries(texts), ...(queue?.Name === undefined ? {} : { Queue: queue.Name }) };
}

function compareBy(a: Item, b: Item, orders: readonly string[]): number {
  for (const order of orders) {
    const difference = order === 'id' ? Number(a.id) - Number(b.id) : Date.parse(String(a.LastUpdated)) - Date.parse(String(b.LastUpdated));
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Sizes that are no number are 20, over 100 are 100; a page past the end is empty. */
function pageOf(all: Item[], query: URLSearchParams): { items: Item[]; page: number; per_page: number } {
  const asked = Number(query.get('per_page') ?? 20);
  const size = asked >= 1 ? Math.min(100, asked) : 20;
  const page = Math.max(1, Number(query.get('page') ?? 1));
  return { items: all.slice((page - 1) * size, page * size), page, per_page: size };
}

function shuffled<T extends object>(value: T, by: number): T {
  return Object.fromEntries(rotate(Object.entries(value), by)) as T;
}

function rotate<T>(list: readonly T[], by: number): T[] {
  const at = list.length ? by % list.length : 0;
  return [...list.slice(at), ...list.slice(0, at)];
}
