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

migrating.run();
