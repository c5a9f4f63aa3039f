import createKnex from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noteRejects } from '../../../etl/load-rejects.ts';
import { migrationNames, migrationSource } from '../../../etl/store/migrations/index.ts';
import type { RejectedRecordRow } from '../../../etl/store/tables.ts';

const migrating = suite('migrations');

/** A store in memory as the first `count` migrations leave it. */
async function storeOf(count: number) {
  const knex = createKnex({
    client: 'sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
    pool: { min: 1, max: 1, idleTimeoutMillis: 60_000 },
  });
  const upTo = (n: number) => ({ ...migrationSource, getMigrations: async () => (await migrationSource.getMigrations([])).slice(0, n) });
  await knex.migrate.latest({ migrationSource: upTo(count) });
  return { knex, migrate: () => knex.migrate.latest({ migrationSource: upTo(migrationNames.length) }) };
}

migrating('of rejected rows that every run added anew, those of the last run go on waiting', async () => {
  const { knex, migrate } = await storeOf(3);
  const old = (runId: number, line: number, raw: string) => ({
    run_id: runId, source: 1, input: 'a.csv', line, column_no: 2, field: 'received', reason: 'is missing', reason_kind: 'is missing', raw,
    rejected_at: runId * 100,
  }); // prettier-ignore
  await knex('rejected_record').insert([old(1, 2, '{"id":"7"}'), old(1, 3, '{"id":"7"}'), old(1, 4, '{"id":"8"}')]);
  await knex('rejected_record').insert([old(2, 2, '{"id":"7"}'), old(2, 3, '{"id":"7"}')]);
  await migrate();
  const states = async () =>
    (await knex<RejectedRecordRow>('rejected_record').orderBy('reject_id')).map((r) => [r.run_id, r.line, r.settlement, r.settled_run]);
  assert.equal(await states(), [
    [1, 2, 'superseded', 2],
    [1, 3, 'superseded', 2],
    [1, 4, null, null],
    [2, 2, null, null],
    [2, 3, null, null],
  ]);
  // And they are known when they come again.
  const reject = { line: 2, column: 2, field: 'received', reason: 'is missing', raw: '{"id":"8"}' };
  await knex.transaction((trx) => noteRejects(trx, { source: { code: 1 }, runId: 3, input: 'a.csv', now: 300 }, [reject]));
  assert.equal((await states())[2], [3, 2, null, null]);
  await knex.destroy();
});

migrating('of runs without a kind it is told by what they noted', async () => {
  const { knex, migrate } = await storeOf(4);
  const run = (startedBy: string, input: string | null) => ({ source: 1, started_by: startedBy, input, state: 'done', started_at: 1 });
  await knex('pipeline_run').insert([
    run('schedule', null),
    run('schedule', 'a.csv'),
    run('command', 'b.csv'),
    run('admin', '1 rejected row of run 2 (a.csv)'),
    run('admin', '1,200 rejected rows of runs 2 to 3'),
    run('push', '3 records sent'),
  ]);
  await knex('loaded_file').insert({ source: 1, content_hash: 'x', name: 'a.csv', run_id: 2, loaded_at: 1 });
  await migrate();
  assert.equal(await knex('pipeline_run').orderBy('run_id').pluck('kind'), ['pull', 'file', 'import', 'replay', 'replay', 'push']);
  await knex.destroy();
});

migrating.run();
