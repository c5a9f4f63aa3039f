import type { Knex } from 'knex';
import { tooLong, type Budget } from '../budget.ts';
import { createTurns, type Turns } from '../turns.ts';
import type { Context } from './context.ts';
import type { Fragment } from './fragment.ts';

/** A row as the drivers give it. */
export type SelectedRow = Record<string, string | number | null>;

/** The engine behind a Knex. */
export function engineOf(knex: Knex): Context['engine'] {
  const client = knex.client as { config: { client: unknown } };
  return client.config.client === 'pg' ? 'postgresql' : 'sqlite';
}

/**
 * Runs a statement of ours. It is stopped where it runs, not only left alone, when it takes too long or is given up. All statements together leave one
 * connection free, so that short questions need not wait for long ones, and those of one asker leave one to those of others.
 * @param budget how many milliseconds the statement may take is asked for when it begins
 * @throws BadInput when it takes longer, the signal's reason when it is given up
 */
export async function selectRows(
  knex: Knex,
  { sql, values }: Fragment,
  budget: Pick<Budget, 'statementMs' | 'signal' | 'asker'>,
): Promise<SelectedRow[]> {
  const leave = await lanesOf(knex).enter(budget.asker, budget.signal);
  try {
    return await runStoppably(knex, { sql, values }, budget.statementMs(), budget.signal);
  } finally {
    leave();
  }
}

/** What Knex has and its types leave out: https://github.com/knex/knex lib/client.js and lib/dialects/postgres/index.js */
interface Client {
  pool?: { max?: number };
  acquireConnection(): Promise<Connection>;
  releaseConnection(connection: Connection): Promise<void>;
  /** Of PostgreSQL; over a connection of its own. */
  cancelQuery?(connection: Connection): Promise<unknown>;
}
interface Connection {
  /** Of SQLite. */
  interrupt?(): void;
}

// What comes before the statement has begun where it runs is lost, so a statement is stopped again until it ends.
const againMs = 50;

async function runStoppably(
  knex: Knex,
  { sql, values }: Fragment,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<SelectedRow[]> {
  const client = knex.client as Client;
  const connection = await client.acquireConnection();
  const end = performance.now() + timeout;
  let stopping: Promise<void> = Promise.resolve();
  let isStopping = false;
  const stopIfDue = (): void => {
    if (isStopping || !(signal?.aborted || performance.now() >= end)) return;
    isStopping = true;
    stopping = stop(client, connection).finally(() => (isStopping = false));
  };
  const watch = setInterval(stopIfDue, Math.min(againMs, timeout));
  signal?.addEventListener('abort', stopIfDue);
  try {
    signal?.throwIfAborted();
    const found = (await knex.raw(sql, values).connection(connection)) as SelectedRow[] | { rows: SelectedRow[] }; // the drivers' shapes
    return Array.isArray(found) ? found : found.rows;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== 'SQLITE_INTERRUPT' && code !== queryCancelled) throw error;
    signal?.throwIfAborted();
    throw tooLong(timeout);
  } finally {
    clearInterval(watch);
    signal?.removeEventListener('abort', stopIfDue);
    // It must not reach the next statement of the connection.
    await stopping;
    await client.releaseConnection(connection);
  }
}

const queryCancelled = '57014';

/** Never rejects: what cannot be stopped now is stopped again in a moment. */
async function stop(client: Client, connection: Connection): Promise<void> {
  if (connection.interrupt) return connection.interrupt();
  await client.cancelQuery?.(connection).catch(() => undefined);
}

const lanes = new WeakMap<Client, Turns>();

function lanesOf(knex: Knex): Turns {
  const client = knex.client as Client;
  let turns = lanes.get(client);
  if (!turns) {
    const width = Math.max(1, (client.pool?.max ?? 1) - 1);
    lanes.set(client, (turns = createTurns({ width, perOwner: Math.max(1, width - 1) })));
  }
  return turns;
}
