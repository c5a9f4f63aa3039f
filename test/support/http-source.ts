import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A request as it arrived. */
export interface SourceRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** 1 for the first request this server got. */
  number: number;
}

/** Answers one request. */
export type Reply = (response: ServerResponse, request: SourceRequest) => void | Promise<void>;

/** A source on loopback that behaves as told. */
export interface HttpSource {
  /** `http://127.0.0.1:PORT` */
  url: string;
  requests: SourceRequest[];
  /** The next requests are answered by these instead, one each. */
  interrupt(...replies: Reply[]): void;
  /** From the next request on every one is answered by this; null goes back to the rule. */
  always(reply: Reply | null): void;
  /** Refuses connections until {@link HttpSource.start}; what is under way is cut. */
  stop(): Promise<void>;
  /** Listens again at the same address. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** @param rule what is answered to a request when nothing interrupts */
export async function startHttpSource(rule: (request: SourceRequest) => Reply): Promise<HttpSource> {
  const requests: SourceRequest[] = [];
  const queue: Reply[] = [];
  let override: Reply | null = null;
  const server = createServer((incoming, response) => {
    void readRequest(incoming, requests.length + 1).then(async (request) => {
      requests.push(request);
      await (queue.shift() ?? override ?? rule(request))(response, request);
    });
  });
  const listen = (at: number): Promise<void> => new Promise((listening) => server.listen(at, '127.0.0.1', listening));
  const stop = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    interrupt: (...replies) => void queue.push(...replies),
    always: (reply) => void (override = reply),
    stop,
    start: () => listen(port),
    close: stop,
  };
}

export interface JsonOptions {
  status?: number;
  headers?: Record<string, string>;
  /** Packed, whatever the request accepts. */
  gzip?: boolean;
  /** Default `application/json`. */
  type?: string;
}

/** A JSON document. */
export function json(value: unknown, options: JsonOptions = {}): Reply {
  return text(JSON.stringify(value), options);
}

/** Any text, said to be JSON unless `type` says otherwise. */
export function text(body: string, { status = 200, headers = {}, gzip = false, type = 'application/json' }: JsonOptions = {}): Reply {
  return (response) => {
    const bytes = gzip ? gzipSync(body) : Buffer.from(body);
    const packed = gzip ? { 'content-encoding': 'gzip' } : {};
    response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...packed, ...headers }).end(bytes);
  };
}

/** A sign-in page with status 200, as a gateway sends it. */
export function htmlPage(): Reply {
  return text('<!DOCTYPE html><html><body>Please sign in, Mrs Example</body></html>', { type: 'text/html; charset=utf-8' });
}

/** 429 or 503; `retryAfter` in seconds, as a date, or not said. */
export function busy(status: 429 | 503, retryAfter: number | Date | null): Reply {
  const given = retryAfter instanceof Date ? retryAfter.toUTCString() : retryAfter;
  return json({ error: 'slow down' }, { status, headers: given === null ? {} : { 'retry-after': String(given) } });
}

export function refused(status: number, message?: string): Reply {
  return json(message === undefined ? {} : { message }, { status });
}

export function redirect(location: string, status = 302): Reply {
  return (response) => void response.writeHead(status, { location }).end();
}

/** The connection ends after this share of the body, though all of it was promised. */
export function cutOff(value: unknown, share = 0.5): Reply {
  return (response) => {
    const body = Buffer.from(JSON.stringify(value));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.write(body.subarray(0, Math.floor(body.length * share)), () => response.socket?.destroy());
  };
}

/** Half a document in an answer that is whole as far as HTTP can tell. */
export function halfDocument(value: unknown, share = 0.5): Reply {
  const body = JSON.stringify(value);
  return text(body.slice(0, Math.floor(body.length * share)));
}

/** Begins to answer and never ends; the connection is closed with the server. */
export function hanging(): Reply {
  return (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"items": [');
}

/** A body of this size, sent in parts as the reader takes them. */
export function huge(megabytes: number): Reply {
  return (response) =>
    new Promise<void>((done) => {
      const part = Buffer.alloc(1 << 20, ' ');
      let left = megabytes;
      response.on('close', () => done());
      response.writeHead(200, { 'content-type': 'application/json' });
      const send = (): void => {
        while (left-- > 0) if (!response.write(part)) return void response.once('drain', send);
        response.end('[]');
      };
      send();
    });
}

/** The reply of `rule` to requests with this token as bearer, 401 to others; `revoke` ends the token. */
export function guarded(
  token: string,
  rule: (request: SourceRequest) => Reply,
): { rule: (request: SourceRequest) => Reply; revoke: () => void; restore: () => void } {
  let isValid = true;
  return {
    rule: (request) => (isValid && request.headers.authorization === `Bearer ${token}` ? rule(request) : refused(401, 'invalid token')),
    revoke: () => void (isValid = false),
    restore: () => void (isValid = true),
  };
}

async function readRequest(incoming: IncomingMessage, number: number): Promise<SourceRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? 'localhost'}`);
  return { method: incoming.method ?? 'GET', url, headers, body: Buffer.concat(chunks).toString('utf8'), number };
}
