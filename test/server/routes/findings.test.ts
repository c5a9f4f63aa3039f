import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import { addBuckets } from '../../../queries/model/buckets.ts';
import type { FindingsJson } from '../../../queries/model/wire.ts';
import { startServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const findings = suite('POST /api/findings');

/** 24 months of 20 or 24 cases about each of three issues in turn, then one of 60 about the first. */
function records(): CaseRecord[] {
  return Array.from({ length: 25 }, (_, month) => addBuckets('month', '2024-01-01', month)).flatMap((first, month) =>
    ['Billing', 'Delivery', 'Metering'].flatMap((issue, i) => {
      const count = month === 24 && i === 0 ? 60 : (month + i) % 2 ? 24 : 20;
      return Array.from({ length: count }, (_, n): CaseRecord => ({
        source_id: `${month}-${i}-${n}`,
        kind: 'complaint',
        received_at: first,
        resolved_at: first,
        issue,
      }));
    }),
  );
}

findings('tells what changed in a store, and the figures it is told by', async () => {
  const server = await startServer();
  try {
    await loadRecords(server.store, records(), { throughAt: Date.parse('2026-02-01T00:00:00Z') / 1000 });
    const ask = (body: unknown) => server.send('POST', '/api/findings', body);
    const answered = await ask({ measures: ['received'], from: '2025-02-01', to: '2026-01-31', grain: 'month' });
    assert.is(answered.status, 200);
    const { findings: told } = (await answered.json()) as FindingsJson;
    // The 24 months before the year: 22 and 66 on average, every range 4: ± 10.64.
    assert.equal(
      told.map((f) => f.sentence),
      [
        '“Billing” rose above the typical range: 60 in January 2026 against 11 to 33.',
        'Cases received rose above the typical range: 104 in January 2026 against 55 to 77.',
      ],
    );
    const refused = await ask({
      measures: ['received'],
      from: '2025-02-01',
      to: '2026-01-31',
      grain: 'month',
      where: { issue: ['Biling'] },
    });
    assert.is(refused.status, 400);
    assert.is((await server.send('POST', '/api/findings', {}, { cookie: '' })).status, 401);
  } finally {
    await server.close();
  }
});

findings.run();
