// one run: opens its stores on PostgreSQL itself
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../etl/errors.ts';
import { openStore, type Store } from '../../../etl/store/open.ts';
import { openBudget } from '../../../queries/budget.ts';
import { sql } from '../../../queries/sql/fragment.ts';
import { selectRows } from '../../../queries/sql/select.ts';
import { startPostgresql, type TestPostgresql } from '../../support/postgresql.ts';
import { tempStore } from '../../support/store.ts';

const selects = suite('selectRows on PostgreSQL');
let postgresql: TestPostgresql;
let folder: Awaited<ReturnType<typeof tempStore>>;
let store: Store;
selects.before(async () => {
  postgresql = await startPostgresql();
  folder = await tempStore();
  store = await openStore({ dataDir: folder.dir, databaseUrl: postgresql.url });
});
selects.after(async () => {
  await store.close();
  await folder.close();
  await postgresql.stop();
});

const endless = sql('select pg_sleep(?)', 3600);

/** How many statements the server works on for us. */
async function underWay(): Promise<number> {
  const { rows } = await store.writer.raw<{ rows: { n: number }[] }>(
    `select count(*) as n from pg_stat_activity
     where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`,
  );
  return rows[0]?.n ?? NaN;
}

async function until(isDue: () => Promise<boolean>): Promise<void> {
  while (!(await isDue())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The answer to a cancelled statement comes a moment before the server counts it as ended. One left alone would sleep for an hour. */
const untilStopped = (): Promise<void> => until(async () => (await underWay()) === 0);

selects('stops a statement that is given up on the server, and the connection goes on', async () => {
  // More than there are connections: were they only left alone, none would be free.
  for (let i = 0; i < 6; i++) {
    const control = new AbortController();
    const given = selectRows(store.reader, endless, openBudget({ signal: control.signal })).catch((error: unknown) => error);
    await until(async () => (await underWay()) === 1);
    control.abort();
    assert.is(await given, control.signal.reason);
    await untilStopped();
  }
  assert.equal(await selectRows(store.reader, sql('select cast(? as integer) as a', 1), openBudget()), [{ a: 1 }]);
});

selects('stops a statement that takes too long, and says what to narrow', async () => {
  const late = await selectRows(store.reader, endless, openBudget({ timeout: 60 })).catch((error: unknown) => error);
  assert.ok(late instanceof BadInput && late.isTooMuch && late.message.includes('narrow the period'));
  await untilStopped();
});

selects('leaves a connection to others when one asker has all it may', async () => {
  const control = new AbortController();
  const heavy = Array.from({ length: 9 }, () =>
    selectRows(store.reader, endless, openBudget({ signal: control.signal, asker: 'heavy' })).catch(() => null),
  );
  await until(async () => (await underWay()) === 3);
  assert.equal(await selectRows(store.reader, sql('select 1 as a'), openBudget({ asker: 'light' })), [{ a: 1 }]);
  control.abort();
  await Promise.all(heavy);
});

selects('has the server stop what a process that died was asking', async () => {
  const { rows } = await store.reader.raw<{ rows: unknown[] }>('show client_connection_check_interval');
  assert.equal(rows, [{ client_connection_check_interval: '5s' }]);
});

selects.run();
