import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import autocannon, { type Client } from 'autocannon';
import { openStore } from '../etl/store/open.ts';
import { sessionCookie } from '../server/auth/cookie.ts';
import { makeLink, redeemLink } from '../server/auth/links.ts';
import { addUser } from '../server/auth/users.ts';
import type { LabelsJson, MetaJson } from '../queries/model/wire.ts';
import { launch } from '../test/support/cli.ts';
import { demoSize } from './bench-store.ts';
import type { BenchReport } from './report.ts';
import { visit, type Interest } from './serve-visit.ts';

const crowds = [50, 200];
const seconds = 20;
/** How often each of a crowd that reads what it is shown asks for something, in seconds. */
const readingSeconds = 20;
const engines = { cube: '', sql: '0' } as const;

interface Load {
  engine: string;
  users: number;
  /** How they ask: each as soon as it is answered, or now and then. */
  pace: 'at once' | 'reading';
  p50_ms: number;
  p99_ms: number;
  per_second: number;
  answered: number;
  errors: number;
}

/**
 * The running server, a process of its own over the demo data, under crowds of signed-in users: each opens the overview, sets a filter, opens an issue and
 * the cases behind a figure. Once each as soon as it is answered, which is as much as the server can do; once every few seconds, as people do.
 */
export async function benchServe(): Promise<BenchReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-serve-'));
  const env = { SILVERLINING_DATA: folder, SILVERLINING_CONFIG: '', DATABASE_URL: '', PORT: '0' };
  const loads: Load[] = [];
  try {
    for (const [engine, memory] of Object.entries(engines)) {
      const { url, stop } = await start({ ...env, SILVERLINING_MEMORY: memory });
      try {
        const cookies = await signedIn(folder, Math.max(...crowds));
        const { meta, interests } = await askOnce(url, cookies[0] ?? '');
        await untilAnsweredBy(url, engine, cookies[0] ?? '', meta);
        for (const users of crowds) {
          const visits = cookies.slice(0, users).map((cookie, i) => visit(meta, interests(i), cookie));
          loads.push(await press(url, { engine, users, pace: 'at once' }, visits));
          loads.push(await press(url, { engine, users, pace: 'reading' }, visits));
        }
      } finally {
        await stop();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    title: `Serve: signed-in users over ${demoSize} cases, ${seconds} s each; "at once": each asks as soon as it is answered; "reading": every ${readingSeconds} s`,
    lines: loads.map(line),
    figures: { loads },
  };
}

/** Starts the server as a person does; the first time it makes the demo data and loads them. */
async function start(env: Record<string, string>): Promise<{ url: string; stop: () => Promise<void> }> {
  const { child, finished, said } = launch(['start'], env);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const found = /Silverlining is at (\S+)/.exec(said());
      if (found?.[1]) resolve(found[1]);
    });
    void finished.then(({ code, stderr }) => reject(new Error(`the server ended with ${code}: ${stderr}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await finished;
  };
  return { url, stop };
}

/** Users of their own, each with a session. @returns the values of their `cookie` headers */
async function signedIn(dataDir: string, count: number): Promise<string[]> {
  const store = await openStore({ dataDir });
  try {
    const now = Math.floor(Date.now() / 1000);
    const cookies: string[] = [];
    for (let i = 1; i <= count; i++) {
      const name = `user${i}`;
      await addUser(store, { name, role: 'administrator', now }).catch(() => undefined); // there from the engine before
      const opened = await redeemLink(store, await makeLink(store, { name, now }), now);
      cookies.push(`${sessionCookie}=${opened?.session ?? ''}`);
    }
    return cookies;
  } finally {
    await store.close();
  }
}

/** What the server knows, and what the users are interested in, each in something else. */
async function askOnce(url: string, cookie: string): Promise<{ meta: MetaJson; interests: (user: number) => Interest }> {
  const get = async <T>(target: string) => (await (await fetch(url + target, { headers: { cookie } })).json()) as T;
  const names = async (dimension: string) =>
    (await get<LabelsJson>(`/api/labels?dimension=${dimension}&limit=50`)).labels
      .filter((label) => label.cases > 0)
      .map(({ name }) => name);
  const [meta, channels, issues] = [await get<MetaJson>('/api/meta'), await names('channel'), await names('issue')];
  const interests = (user: number) => ({
    channel: channels[user % channels.length] ?? '',
    issue: issues[user % issues.length] ?? '',
  });
  return { meta, interests };
}

/** Until the facts are in memory the store is asked. */
async function untilAnsweredBy(url: string, engine: string, cookie: string, { today }: MetaJson): Promise<void> {
  const body = JSON.stringify({ measures: ['received'], from: today, to: today });
  const headers = { cookie, 'content-type': 'application/json' };
  for (;;) {
    const response = await fetch(`${url}/api/query`, { method: 'POST', headers, body });
    if (((await response.json()) as { engine: string }).engine === engine) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function press(
  url: string,
  { engine, users, pace }: Pick<Load, 'engine' | 'users' | 'pace'>,
  visits: autocannon.Request[][],
): Promise<Load> {
  let next = 0;
  const result = await autocannon({
    url,
    connections: users,
    duration: seconds,
    timeout: 60,
    ...(pace === 'reading' && { overallRate: users / readingSeconds }),
    setupClient: (client: Client) => {
      const requests = visits[next++ % visits.length] ?? [];
      // They do not all do the same at the same moment.
      const first = next % requests.length;
      (client as Client & { setRequests(requests: autocannon.Request[]): void }).setRequests([
        ...requests.slice(first),
        ...requests.slice(0, first),
      ]); // left out of its types
    },
  });
  const { latency, requests, errors, timeouts, non2xx } = result;
  return {
    engine,
    users,
    pace,
    p50_ms: latency.p50,
    p99_ms: latency.p99,
    per_second: requests.average,
    answered: requests.total,
    errors: errors + timeouts + non2xx,
  };
}

function line({ engine, users, pace, p50_ms: half, p99_ms: most, per_second: rate, answered, errors }: Load): string {
  const name = `${engine.padEnd(4)} ${String(users).padStart(3)} users ${pace.padEnd(7)}:`;
  return `${name} p50 ${half} ms, p99 ${most} ms, ${rate.toFixed(0)} requests a second, ${answered} answered, ${errors} errors`;
}
