import type { Knex } from 'knex';
import { SourceFailed } from '../errors.ts';
import type { Store } from './open.ts';

/**
 * Tables about cases, which Citus keeps in shards by `shard_key`; the others stand where their case does. The first comes first. Pairs of cases
 * (`case_link`, `case_band`) are in no shard: the two may lie in different ones.
 */
export const shardedTables = [
  'case_fact', 'case_issue', 'case_text', 'case_raw', 'case_event', 'case_flag', 'survey_fact', 'source_row', 'source_waiting',
  'case_evidence',
] as const; // prettier-ignore
/** Small tables that are copied whole to every node. */
export const copiedTables = ['label'] as const;

/** What there is to do on a store, in SQL that a person could run by hand. */
export interface Distribution {
  /** To be run in one transaction, no load running meanwhile. */
  statements: string[];
  /** To be run one after the other once that is committed: takes away the copies left on the coordinator, counts anew for the planner. */
  afterwards: string[];
}

/**
 * What turns a PostgreSQL store into a distributed one; nothing for tables that are placed already.
 * @see docs/scale.md
 */
export async function planDistribution(knex: Knex): Promise<Distribution> {
  const placed = new Set((await hasCitus(knex)) ? await placedTables(knex) : []);
  const sharded = shardedTables.filter((table) => !placed.has(table));
  const copied = copiedTables.filter((table) => !placed.has(table));
  const place = (table: string) =>
    table === shardedTables[0]
      ? `select create_distributed_table('${table}', 'shard_key')`
      : `select create_distributed_table('${table}', 'shard_key', colocate_with => '${shardedTables[0]}')`;
  const all = [...copied, ...sharded];
  return {
    statements: [...copied.map((table) => `select create_reference_table('${table}')`), ...sharded.map(place)],
    afterwards: [
      ...all.map((table) => `select truncate_local_data_after_distributing_table('${table}')`),
      ...all.map((table) => `vacuum analyze ${table}`),
    ],
  };
}

/** Why a store cannot be distributed, with what to do; null where it can. */
export async function whyNotDistributed(store: Store): Promise<string | null> {
  if (store.engine === 'sqlite')
    return 'the store is a SQLite file, which stays on one machine; name a PostgreSQL database with the extension citus in DATABASE_URL';
  if (!(await hasCitus(store.writer)))
    return 'the database has no extension citus; install it on every node, add it to shared_preload_libraries and run: create extension citus';
  const nodes: unknown[] = await store.writer.select('*').fromRaw('citus_get_active_worker_nodes()');
  return nodes.length ? null : "there is no active worker node; add one: select citus_add_node('HOST', 5432)";
}

/**
 * Distributes a store as planned. Nothing is loaded meanwhile: every load begins by moving the counter that is held here.
 * @returns rows by table that was placed
 * @throws SourceFailed when a table has another number of rows afterwards
 */
export async function distribute(store: Store, { statements, afterwards }: Distribution): Promise<Map<string, number>> {
  if (statements.length === 0) return new Map();
  const tables = statements.map((statement) => /'(\w+)'/.exec(statement)?.[1] ?? '');
  const before = await store.writer.transaction(async (trx) => {
    await trx.raw('lock table change_counter in exclusive mode');
    const counts = await countRows(trx, tables);
    for (const statement of statements) await trx.raw(statement);
    return counts;
  });
  for (const statement of afterwards) await store.writer.raw(statement);
  const after = await countRows(store.reader, tables);
  for (const [table, rows] of before)
    if ((after.get(table) ?? 0) < rows)
      throw new SourceFailed('the database', `${table} had ${rows} rows and now has ${after.get(table) ?? 0}; load no more and restore the backup`, { retriable: false }); // prettier-ignore
  return after;
}

async function hasCitus(knex: Knex): Promise<boolean> {
  return (await knex('pg_proc').where({ proname: 'create_distributed_table' }).first('proname')) !== undefined;
}

async function placedTables(knex: Knex): Promise<string[]> {
  const rows: unknown[] = await knex('pg_dist_partition').select(knex.raw('logicalrelid::text as name'));
  return (rows as { name: string }[]).map((row) => row.name);
}

async function countRows(knex: Knex, tables: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) {
    const found: unknown = await knex(table).count({ n: '*' }).first();
    counts.set(table, (found as { n: number }).n);
  }
  return counts;
}
