import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultConfig } from '../../etl/config.ts';
import { defaultSatisfaction } from '../../etl/config-satisfaction.ts';
import { BadInput } from '../../etl/errors.ts';
import { defaultProcedure } from '../../etl/procedure.ts';
import type { Log } from '../../etl/log.ts';
import type { Store } from '../../etl/store/open.ts';
import { openCube } from '../../queries/cube/cube.ts';
import { createApp } from '../../server/app.ts';
import { sessionCookie } from '../../server/auth/cookie.ts';
import { makeLink, redeemLink } from '../../server/auth/links.ts';
import { ensureAdministrator } from '../../server/auth/users.ts';
import { findMap } from '../../server/commands/maps.ts';
import { projectDir } from '../../server/project-dir.ts';
import type { AppDeps } from '../../server/deps.ts';
import { usableMail } from '../../server/digest/deliver/usable-mail.ts';
import { openTestStore, removeTestStore } from './test-store.ts';

/** A running server over a store of its own. */
export interface TestServer {
  url: string;
  /** Value of the `cookie` header of a signed-in administrator. */
  cookie: string;
  store: Store;
  /** What the server logged. */
  logged: { event: string; fields: Record<string, unknown> }[];
  deps: AppDeps;
  /** Sends a request, signed in unless `headers` has a `cookie` of its own (empty: none); an object body goes out as JSON. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Ends the server; removes the store unless it was handed in. */
  close(): Promise<void>;
}

/**
 * Starts the application on a free port of the loopback address, with an administrator signed in.
 * @param given a store already filled (it stays open), or anything else of the application's surroundings
 */
export async function startServer(given: Partial<AppDeps> = {}): Promise<TestServer> {
  const dir = given.store ? null : await mkdtemp(path.join(tmpdir(), 'silverlining-server-'));
  const store = given.store ?? (await openTestStore(dir ?? ''));
  const logged: TestServer['logged'] = [];
  const log: Log = (event, fields = {}) => void logged.push({ event, fields });
  const now = given.now ?? (() => Math.floor(Date.now() / 1000));
  const organisation = { name: 'Test company', zone: null, currency: 'EUR' };
  const folder = dir ?? path.join(tmpdir(), 'silverlining-nowhere');
  const cube = openCube({ reader: store.reader, log });
  await cube.fill();
  const deps: AppDeps = {
    store,
    cube,
    log,
    now,
    clientDir: path.join(projectDir, 'dist'),
    organisation,
    procedure: defaultProcedure,
    satisfaction: defaultSatisfaction,
    sources: { store, log, now, findMap, env: {}, config: { ...defaultConfig(folder), organisation, sources: [] }, settleMs: 20 },
    configFile: { path: path.join(folder, 'silverlining.yaml'), folder, dataDir: folder, text: null, allowsLocal: false },
    digests: {
      making: { store, cube, organisation, targets: {}, sources: () => [], baseUrl: 'http://127.0.0.1:3000', now, log },
      mail: { why: usableMail({ mail: null, publicUrl: null, host: '127.0.0.1' }).why },
      wake: () => undefined,
    },
    runSource: (name) => Promise.reject(new BadInput([{ field: 'name', message: `there is no source "${name}"` }])),
    ...given,
  };
  const server = createServer(createApp(deps)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cookie = await signIn(store, deps.now());

  return {
    url,
    cookie,
    store,
    logged,
    deps,
    send(method, target, body, headers = {}) {
      const isText = body === undefined || typeof body === 'string';
      return fetch(url + target, {
        method,
        redirect: 'manual',
        headers: { cookie, ...(isText ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      });
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await cube.close();
      await closed;
      if (!dir) return;
      await store.close();
      await removeTestStore(dir);
    },
  };
}

/** Signs a user in, the administrator unless another is named. @returns the value of the `cookie` header */
export async function signIn(store: Store, now: number, name = 'admin'): Promise<string> {
  await ensureAdministrator(store, now);
  const opened = await redeemLink(store, await makeLink(store, { name, now }), now);
  if (!opened) throw new Error('the fresh sign-in link was refused');
  return `${sessionCookie}=${opened.session}`;
}
