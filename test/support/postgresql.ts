import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const installed = '/usr/lib/postgresql';
// As servers are that hold what people write: sorted as in a dictionary, and far from UTC. What relies on the order of code points or on the
// day of the server shows.
const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=en'];

export interface TestPostgresql {
  /** Address of an empty database of its own, with a user that may do everything in it. */
  url: string;
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL server for a test: a new database on the one of TEST_DATABASE_URL, else a server started from the binaries Debian
 * installs, in a temporary folder and on a free port of the loopback.
 * @param own a server for this test alone, whatever there is: one whose users may be changed
 * @throws Error saying what to install when there is neither
 */
export async function startPostgresql({ own = false } = {}): Promise<TestPostgresql> {
  const given = process.env.TEST_DATABASE_URL;
  return given && !own ? newDatabase(given) : newServer();
}

async function newDatabase(server: string): Promise<TestPostgresql> {
  const name = `silverlining_test_${process.pid}_${Date.now()}`;
  await query(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => query(server, `drop database if exists ${name} with (force)`) };
}

async function newServer(): Promise<TestPostgresql> {
  const bin = findBinaries();
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-pg-'));
  const data = path.join(folder, 'data');
  // The server refuses to run as root.
  const as = process.getuid?.() === 0 ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : null;
  const command = (name: string, args: string[]): [string, string[]] =>
    as ? ['setpriv', [...as, path.join(bin, name), ...args]] : [path.join(bin, name), args];
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    if (as) chownSync(folder, await idOf('-u'), await idOf('-g'));
    await run(...command('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', ...locale]), {
      cwd: folder,
    });
    const port = await freePort();
    const server = spawn(
      ...command('postgres', [
        '-D', data, '-k', folder, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off',
        '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off', '-c', 'shared_buffers=64MB', '-c', 'logging_collector=off',
        '-c', 'max_connections=300', '-c', 'timezone=Pacific/Auckland',
      ]), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    ); // prettier-ignore
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await answering(server, url);
    return {
      url,
      async stop() {
        await end(server);
        clean();
      },
    };
  } catch (error) {
    clean();
    throw error;
  }
}

export function findBinaries(): string {
  const versions = existsSync(installed) ? readdirSync(installed).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => path.join(installed, version, 'bin')).find((bin) => existsSync(path.join(bin, 'initdb')));
  if (found) return found;
  throw new Error('these tests need PostgreSQL: install Debian\'s package "postgresql", or name a server in TEST_DATABASE_URL');
}

async function idOf(flag: string): Promise<number> {
  return Number((await run('id', [flag, 'postgres'])).stdout);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo; // it listens
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Waits until the server takes connections, or says why it does not. */
async function answering(server: ChildProcess, url: string): Promise<void> {
  let log = '';
  server.stderr?.on('data', (text: Buffer) => (log = `${log}${text.toString()}`.slice(-2000)));
  for (const deadline = Date.now() + 30_000; ;) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${log}`);
    try {
      return await query(url, 'select 1');
    } catch (error) {
      if (Date.now() > deadline) {
        await end(server);
        throw new Error(`PostgreSQL does not answer:\n${log}`, { cause: error });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Fast shutdown, by number of the process. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGINT');
  await gone;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // A server that goes away while a connection ends tells it as an event.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
