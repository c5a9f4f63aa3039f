import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { answer } from '../../queries/answer.ts';
import { openCube } from '../../queries/cube/cube.ts';
import { parseQuery } from '../../queries/model/query.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const ended = suite('cases that ended on the day they came, told by the date alone');
const noon = Date.UTC(2024, 2, 5, 16, 30) / 1000;
const now = Date.UTC(2024, 5, 1) / 1000;
const came = { kind: 'complaint', received_at: noon } as const;
const records: CaseRecord[] = [
  { ...came, source_id: 'withdrawn', withdrawn_at: '2024-03-05' },
  { ...came, source_id: 'resolved', resolved_at: noon + 10 * 86_400 },
];

ended('count as having waited for nothing, not as resolved after some minutes', async () => {
  const { store, close } = await tempStore();
  const cube = openCube({ reader: store.reader, log: () => undefined });
  try {
    await loadRecords(store, records, { throughAt: now, now });
    await cube.fill();
    const deps = { reader: store.reader, organisation: { name: 'test', zone: 'UTC', currency: null }, now: () => now };
    const measures = ['resolution_days_p50', 'resolution_days_closed_p50', 'days_lost'];
    const query = parseQuery({ measures, from: '2024-03-01', to: '2024-03-31' });
    for (const given of [deps, { ...deps, cube }]) {
      const { tables, engine } = await answer(given, [query]);
      const { rows: [row] } = tables[0] ?? { rows: [] }; // prettier-ignore
      assert.is(row?.resolution_days_p50, 10, engine);
      assert.is(row?.resolution_days_closed_p50_n, 1, engine);
      assert.is(row?.resolution_days_closed_p50, 10, engine);
      assert.is(row?.days_lost, 10, engine);
    }
  } finally {
    await cube.close();
    await close();
  }
});

ended('that came after their source was last known, on the same day, have waited for nothing', async () => {
  const { store, close } = await tempStore();
  const cube = openCube({ reader: store.reader, log: () => undefined });
  try {
    await loadRecords(store, [{ ...came, source_id: 'late' }], { throughAt: noon - 3_600, now });
    await cube.fill();
    const deps = { reader: store.reader, organisation: { name: 'test', zone: 'UTC', currency: null }, now: () => now };
    const query = parseQuery({ measures: ['days_lost'], from: '2024-03-01', to: '2024-03-31' });
    for (const given of [deps, { ...deps, cube }]) {
      const { tables, engine } = await answer(given, [query]);
      assert.not.ok(Number(tables[0]?.rows[0]?.days_lost) < 0, engine);
    }
  } finally {
    await cube.close();
    await close();
  }
});

ended.run();
