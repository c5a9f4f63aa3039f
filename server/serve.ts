import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadInput } from '../etl/errors.ts';

/** A server that holds its port from the start and answers in earnest once it is told how. */
export interface Serving {
  port: number;
  /** From now on `listener` answers. */
  open(listener: RequestListener): void;
  /** Takes no new connections, lets running answers end for at most `graceMs`, then cuts them off. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Takes the port before the long work begins, so that a port in use is told at once; until {@link Serving.open} everybody
 * gets 503 with `waiting`.
 * @throws BadInput when the address cannot be listened on
 */
export async function serve({ host, port, waiting }: { host: string; port: number; waiting: string }): Promise<Serving> {
  let answer: RequestListener = (_req, res) => {
    res
      .writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '5', 'cache-control': 'no-store' })
      .end(`${waiting}\n`);
  };
  const server = createServer((req, res) => answer(req, res));
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    open(listener) {
      answer = listener;
    },
    close: (graceMs = 5_000) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const messages: Record<string, string> = {
        EADDRINUSE: `port ${port} of ${host} is in use, perhaps by a Silverlining that already runs; choose another: PORT=${port + 1} npm start`,
        EACCES: `this user may not listen on port ${port}; choose one from 1024`,
        EADDRNOTAVAIL: `${host} is not an address of this machine`,
        ENOTFOUND: `${host} is not an address of this machine`,
      };
      const message = messages[error.code ?? ''];
      reject(
        message ? new BadInput([{ field: error.code === 'EADDRINUSE' || error.code === 'EACCES' ? 'PORT' : 'HOST', message }]) : error,
      );
    });
    server.listen(port, host, resolve);
  });
}
