import { execFile, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A Request Tracker of its own: folder, SQLite file, port and people belong to it alone. */
export interface Lab {
  /** Base address, without a slash at its end. */
  url: string;
  /** Its SQLite file. */
  database: string;
  /** Secrets of the people of `request-tracker-seed.pl`, by name. */
  tokens: Record<string, string>;
  /** Ends the server by its number and removes the folder. */
  close: () => Promise<void>;
}

const run = promisify(execFile);
const libexec = '/usr/share/request-tracker5/libexec';
const seed = fileURLToPath(new URL('request-tracker-seed.pl', import.meta.url));

/**
 * Sets up and starts a Request Tracker 5 (Debian: request-tracker5 rt5-db-sqlite rt5-standalone) in a temporary folder.
 * As root it runs as www-data, else as whoever starts it.
 */
export async function startLab(): Promise<Lab> {
  const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-request-tracker-'));
  const file = (name: string): string => path.join(dir, name);
  let stop = (): void => undefined;
  process.once('exit', () => {
    stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const port = await freePort();
  mkdirSync(file('site.d'));
  mkdirSync(file('var/mason'), { recursive: true });
  mkdirSync(file('var/sessions'));
  writeFileSync(file('site.pm'), siteConfig(port, file('var')));
  writeFileSync(file('root-password'), 'labpassword');
  writeFileSync(file('seed.pl'), readFileSync(seed));
  const isRoot = userInfo().uid === 0;
  if (isRoot) {
    const { stdout } = await run('id', ['-u', 'www-data']);
    for (const name of ['', 'site.d', 'var', 'var/mason', 'var/sessions', 'site.pm', 'root-password', 'seed.pl'])
      chownSync(file(name), Number(stdout), -1);
  }
  chmodSync(dir, 0o755);
  const as = (command: string[]): [string, string[]] => {
    const all = [`RT_SITE_CONFIG=${file('site.pm')}`, `RT_SITE_CONFIG_DIR=${file('site.d')}`, ...command];
    return isRoot ? ['runuser', ['-u', 'www-data', '--', 'env', ...all]] : ['env', all];
  };
  await run(...as(['/usr/sbin/rt-setup-database-5', '--action', 'init', '--skip-create', '--root-password-file', file('root-password')]));
  const { stdout } = await run(...as(['perl', file('seed.pl')]));
  const tokens = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, string>;
  // A group of its own, so that its workers end with it.
  const [command, args] = as([`${libexec}/rt-server`, '--host', '127.0.0.1', '--port', String(port), '--max-workers', '2']);
  const server = spawn(command, args, { stdio: 'ignore', detached: true });
  stop = () => {
    if (server.pid !== undefined && server.exitCode === null && server.signalCode === null) process.kill(-server.pid, 'SIGTERM');
  };
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/REST/2.0/rt`);
  return {
    url,
    database: file('var/rt.sqlite'),
    tokens,
    async close() {
      const ended = new Promise((resolve) => server.once('close', resolve));
      stop();
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function siteConfig(port: number, folder: string): string {
  return `Set($rtname, 'lab.example');
Set($Organization, 'lab.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, ${port});
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '${folder}/rt.sqlite');
Set($MailCommand, 'testfile');
Set($Timezone, 'UTC');
Set($BcryptCost, 4);
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($NotifyActor, 0);
$RT::MasonDataDir = '${folder}/mason';
$RT::MasonSessionDir = '${folder}/sessions';
1;
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port was found');
  return address.port;
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      const { status } = await fetch(url);
      if (status === 401) return;
    } catch (error) {
      if (attempt === 99) throw new Error(`${url} does not answer`, { cause: error });
    }
    await pause(200);
  }
  throw new Error(`${url} does not answer as Request Tracker does`);
}
