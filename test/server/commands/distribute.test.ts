// one run: opens its stores on PostgreSQL itself
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { copiedTables, shardedTables } from '../../../etl/store/distribute.ts';
import { openStore, type Store } from '../../../etl/store/open.ts';
import { cli } from '../../support/cli.ts';
import { startPostgresql } from '../../support/postgresql.ts';
import { loadRecords } from '../../support/store.ts';

const distribute = suite('silverlining distribute');
const statements = [
  ...copiedTables.map((table) => `select create_reference_table('${table}')`),
  "select create_distributed_table('case_fact', 'shard_key')",
  ...shardedTables.slice(1).map((table) => `select create_distributed_table('${table}', 'shard_key', colocate_with => 'case_fact')`),
];

async function onPostgresql(work: (env: { SILVERLINING_DATA: string; DATABASE_URL: string }, store: Store) => Promise<void>) {
  const server = await startPostgresql();
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-distribute-'));
  const store = await openStore({ dataDir: folder, databaseUrl: server.url });
  try {
    await work({ SILVERLINING_DATA: folder, DATABASE_URL: server.url }, store);
  } finally {
    await store.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

// What Citus answers, as far as the command asks: which tables are placed, and by what call. That Citus does what is asked, no test here can show.
const standIn = `
  create table pg_dist_partition (logicalrelid regclass, call text);
  create function create_distributed_table(name text, key text, colocate_with text default 'default') returns void language sql as
    $$ insert into pg_dist_partition values (name::regclass, key || ' ' || colocate_with) $$;
  create function create_reference_table(name text) returns void language sql as
    $$ insert into pg_dist_partition values (name::regclass, 'reference') $$;
  create function truncate_local_data_after_distributing_table(name regclass) returns void language sql as $$ select null::void $$;
  create function citus_get_active_worker_nodes() returns table (node_name text) language sql as $$ select 'worker' $$;
`;

distribute('says that a SQLite store stays on one machine, and what to do', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-distribute-'));
  try {
    const { code, stdout, stderr } = await cli(['distribute', '--dry-run'], { SILVERLINING_DATA: folder });
    assert.equal([code, stdout], [1, '']);
    assert.match(stderr, /SQLite file.*DATABASE_URL/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

distribute('says that the extension is missing, and changes nothing; a dry run shows the statements all the same', async () => {
  await onPostgresql(async (env) => {
    const { code, stdout, stderr } = await cli(['distribute'], env);
    assert.equal([code, stdout], [1, '']);
    assert.match(stderr, /no extension citus.*create extension citus/);
    const dry = await cli(['distribute', '--dry-run'], env);
    assert.is(dry.code, 1);
    for (const statement of statements) assert.ok(dry.stdout.includes(`${statement};\n`), statement);
    assert.match(dry.stdout, /^begin;\nlock table change_counter in exclusive mode;\n[^]*commit;\n[^]*vacuum analyze case_fact;\n/);
  });
});

distribute('places every table once, the facts beside their case, and has nothing to do a second time', async () => {
  await onPostgresql(async (env, store) => {
    await loadRecords(store, [{ source_id: 'A', kind: 'complaint', received_at: '2024-03-05', issue: 'late' }]);
    await store.writer.raw(standIn);
    const { code, stdout } = await cli(['distribute'], env);
    assert.is(code, 0);
    assert.match(stdout, /^case_fact: 1 row$/m);
    const placed: unknown = await store.writer('pg_dist_partition').select(store.writer.raw('logicalrelid::text as name'), 'call');
    assert.equal(placed, [
      ...copiedTables.map((name) => ({ name, call: 'reference' })),
      ...shardedTables.map((name, i) => ({ name, call: i === 0 ? 'shard_key default' : 'shard_key case_fact' })),
    ]);
    const again = await cli(['distribute'], env);
    assert.equal([again.code, again.stdout], [0, 'Every table is in its place already.\n']);
    assert.is((await cli(['distribute', '--dry-run'], env)).stdout, '-- Every table is in its place already.\n');
  });
});

distribute(
  'puts into shards what knows its shard, but for the list of cases that are gone and pairs of cases; their keys hold it',
  async () => {
    await onPostgresql(async (_, { reader }) => {
      const known: unknown[] = await reader('information_schema.columns').where({ column_name: 'shard_key', table_schema: 'public' }).pluck('table_name'); // prettier-ignore
      assert.equal(known.sort(), [...shardedTables, 'case_gone', 'case_link'].sort());
      const list = [...shardedTables] as unknown as Knex.Value; // pg takes a list as one array value
      const keys = await reader.raw<{ rows: { name: string; definition: string }[] }>(
        'select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index where indisunique and indrelid::regclass::text = any(?)',
        [list],
      );
      assert.ok(keys.rows.length >= shardedTables.length);
      assert.equal(keys.rows.filter(({ definition }) => !/\bshard_key\b/.test(definition)), []); // prettier-ignore
      const outside = await reader.raw<{ rows: unknown[] }>(
        `select conname from pg_constraint where contype = 'f' and (conrelid::regclass::text = any(?) or confrelid::regclass::text = any(?))`,
        [list, list],
      );
      assert.equal(outside.rows, []);
    });
  },
);

distribute.run();
