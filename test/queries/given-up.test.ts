import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { answer } from '../../queries/answer.ts';
import { openCube } from '../../queries/cube/cube.ts';
import { parseQuery } from '../../queries/model/query.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const givenUp = suite('an answer that is given up');

// The statements of an answer are put together side by side, and each ends at its own next look.
const sideBySide = 8;

givenUp('ends within the next look at its budget, whenever that is and whoever answers', async () => {
  const { store, close } = await tempStore();
  const day = (i: number) => new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10);
  await loadRecords(
    store,
    Array.from({ length: 60 }, (_, i) => ({
      source_id: String(i), kind: 'complaint' as const, received_at: day(i), issue: `issue ${i % 4}`, resolved_at: day(i + 9),
    })),
  ); // prettier-ignore
  const reader = store.reader;
  const cube = openCube({ reader, log: () => undefined });
  await cube.fill();
  const deps = { reader, organisation: { name: 'test', zone: 'UTC', currency: null }, now: () => Date.UTC(2026, 0, 1) / 1000 };
  const asked = { by: ['issue'], grain: 'month', from: '2025-01-01', to: '2025-03-31', compare: 'previous_period' };
  const queries = [parseQuery({ ...asked, measures: ['received', 'open', 'uphold_rate', 'resolution_days_p50'] })];
  try {
    for (const engine of [{ cube }, {}]) {
      // The clock is looked at where a loop might rest, so each of its readings is a place at which somebody can go away.
      for (let place = 1, isAnswered = false; !isAnswered; place++) {
        const control = new AbortController();
        let readings = 0;
        const clock = () => {
          readings += 1;
          if (readings === place) control.abort();
          return readings * 13;
        };
        const found = await answer({ ...deps, ...engine, bounds: { signal: control.signal, timeout: 1e6 } }, queries, clock).catch(
          (error: unknown) => error,
        );
        isAnswered = 'tables' in (found as object);
        if (isAnswered) assert.ok(place > 20 && readings <= place + sideBySide, `${Object.keys(engine).join()} ${place} of ${readings}`);
        else {
          assert.is(found, control.signal.reason);
          assert.ok(readings <= place + sideBySide, `worked on from ${place} to ${readings}`);
        }
      }
    }
  } finally {
    await cube.close();
    await close();
  }
});

givenUp.run();
