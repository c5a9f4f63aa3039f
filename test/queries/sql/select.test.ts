import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../etl/errors.ts';
import type { Store } from '../../../etl/store/open.ts';
import { openBudget } from '../../../queries/budget.ts';
import { selectRows } from '../../../queries/sql/select.ts';
import { sql } from '../../../queries/sql/fragment.ts';
import { tempStore } from '../../support/store.ts';

const selects = suite('selectRows');
// Counts to ten thousand million: minutes of work.
const endless = sql('with recursive n (i) as (select 1 union all select i + 1 from n where i < 10000000000) select count(*) as c from n');

async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const temp = await tempStore();
  try {
    await work(temp.store);
  } finally {
    await temp.close();
  }
}

selects('stops a statement that takes too long where it runs, and the connection goes on', async () => {
  await withStore(async ({ reader }) => {
    // More than there are connections: were they only left alone, none would be free.
    for (let i = 0; i < 4; i++) {
      const late = await selectRows(reader, endless, openBudget({ timeout: 60 })).catch((error: unknown) => error);
      assert.ok(late instanceof BadInput && late.message.includes('narrow the period'));
    }
    assert.equal(await selectRows(reader, sql('select cast(? as integer) as a', 1), openBudget()), [{ a: 1 }]);
  });
});

selects('stops a statement that is given up', async () => {
  await withStore(async ({ reader }) => {
    const control = new AbortController();
    setTimeout(() => control.abort(), 60);
    const given = await selectRows(reader, endless, openBudget({ signal: control.signal })).catch((error: unknown) => error);
    assert.is((given as Error).name, 'AbortError');
  });
});

selects('leaves a connection free for short questions', async () => {
  await withStore(async ({ reader, engine }) => {
    const control = new AbortController();
    // All connections but one.
    const lanes = engine === 'sqlite' ? 3 : 4;
    let begun = 0;
    const lanesAreTaken = new Promise<void>((resolve) => {
      reader.on('query', () => {
        if (++begun === lanes) resolve();
      });
    });
    // They end only when they are given up: were no connection free, the short question would wait for one until the pool loses patience.
    const long = Array.from({ length: 6 }, (_, asker) =>
      selectRows(reader, endless, openBudget({ signal: control.signal, asker, timeout: 600_000 })).catch(() => null),
    );
    try {
      await lanesAreTaken;
      await reader.raw('select 1');
    } finally {
      control.abort();
      await Promise.all(long);
    }
  });
});

selects.run();
