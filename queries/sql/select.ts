import type { Knex } from 'knex';
import { tooLong } from '../budget.ts';
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
 * connection free, so that short questions need not wait for long ones.
 * @param timeout milliseconds from when the statement is begun; asked for then
 * @throws BadInput when it takes longer, the signal's reason when it is given up
 */
export async function selectRows(
  knex: Knex,
  { sql, values }: Fragment,
  timeout: () => number,
  signal?: AbortSignal,
): Promise<SelectedRow[]> {
  const lane = laneOf(knex);
  await lane.enter();
  try {
    signal?.throwIfAborted();
    return engineOf(knex) === 'sqlite'
      ? await inSqlite(knex, sql, values, timeout(), signal)
      : await inPostgresql(knex, sql, values, timeout());
  } finally {
    lane.leave();
  }
}

/** What Knex has and its types leave out: https://github.com/knex/knex lib/client.js */
interface SqliteClient {
  acquireConnection(): Promise<{ interrupt(): void }>;
  releaseConnection(connection: unknown): Promise<void>;
}

// An interrupt before the statement has begun on its thread is lost, so it is given until the statement ends.
const againMs = 50;

async function inSqlite(
  knex: Knex,
  text: string,
  values: Fragment['values'],
  timeout: number,
  signal?: AbortSignal,
): Promise<SelectedRow[]> {
  const client = knex.client as SqliteClient;
  const connection = await client.acquireConnection();
  const end = performance.now() + timeout;
  const isLate = () => performance.now() >= end;
  const watch = setInterval(
    () => {
      if (isLate() || signal?.aborted) connection.interrupt();
    },
    Math.min(againMs, timeout),
  );
  try {
    return (await knex.raw(text, values).connection(connection)) as SelectedRow[]; // the driver's shape
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'SQLITE_INTERRUPT') throw error;
    signal?.throwIfAborted();
    throw tooLong(timeout);
  } finally {
    clearInterval(watch);
    await client.releaseConnection(connection);
  }
}

async function inPostgresql(knex: Knex, text: string, values: Fragment['values'], timeout: number): Promise<SelectedRow[]> {
  try {
    const { rows } = (await knex.raw(text, values).timeout(Math.ceil(timeout), { cancel: true })) as { rows: SelectedRow[] };
    return rows;
  } catch (error) {
    if (error instanceof Error && error.name === 'KnexTimeoutError') throw tooLong(timeout);
    throw error;
  }
}

interface Lane {
  enter: () => Promise<void>;
  leave: () => void;
}
const lanes = new WeakMap<object, Lane>();

function laneOf(knex: Knex): Lane {
  const client = knex.client as { pool?: { max?: number } };
  let lane = lanes.get(client);
  if (!lane) lanes.set(client, (lane = openLane(Math.max(1, (client.pool?.max ?? 1) - 1))));
  return lane;
}

function openLane(width: number): Lane {
  let free = width;
  const waiting: (() => void)[] = [];
  return {
    async enter() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    leave() {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
