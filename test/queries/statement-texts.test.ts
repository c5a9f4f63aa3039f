// time limit: 180 s
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Store } from '../../etl/store/open.ts';
import { answer } from '../../queries/answer.ts';
import { measureNames, measureOf } from '../../queries/model/measures.ts';
import { emptyWhere, queryOf } from '../../queries/model/query.ts';
import { exampleFrame } from '../../queries/definitions-markdown.ts';
import { talliesOf } from '../../queries/model/tally.ts';
import { readStatementTexts, rolesOf } from '../../queries/statement-texts.ts';
import { loadRecords, tempStore } from '../support/store.ts';
import { firstDay, randomCases } from './random-cases.ts';

const texts = suite('statements for readers');
const now = firstDay + 400 * 86_400;
const depsOf = (store: Store) => ({ reader: store.reader, organisation: { name: 'Test', zone: null, currency: 'EUR' }, now: () => now });
const period = { from: '2024-01-01', to: '2024-06-30' };

async function filled(store: Store): Promise<void> {
  const records = fc.sample(randomCases, { numRuns: 12, seed: 11 }).flat();
  const named = records.map((record, i) => ({ ...record, source_id: `c${i}`, ...(record.issue === 'fee' && { issue: "O'Brien's fee?" }) }));
  // Sources known until different times.
  await loadRecords(store, named.slice(0, 80), { source: 'desk', throughAt: firstDay + 300 * 86_400 });
  await loadRecords(store, named.slice(80), { source: 'mail', throughAt: firstDay + 150 * 86_400 });
}

/** Adds up a column over the rows of a statement as it is printed. */
async function added(store: Store, text: string, column: string): Promise<number> {
  const found: unknown = await store.reader.raw(text);
  const rows = (Array.isArray(found) ? found : (found as { rows: unknown[] }).rows) as Record<string, unknown>[];
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}

/** Every measure, filtered by labels that need care, gives by its statements what the answer says. */
async function agree(store: Store): Promise<void> {
  const where = { ...emptyWhere(), members: { issue: ["O'Brien's fee?", 'late'] }, not: { channel: ['web'] } };
  let compared = 0;
  for (const name of measureNames) {
    const query = queryOf({ measures: [name], ...period, where });
    const { tables } = await answer(depsOf(store), [query]);
    const row = tables[0]?.rows[0] ?? {};
    const { measures } = await readStatementTexts(depsOf(store), query);
    const { statements = [], notes = [] } = measures[0] ?? {};
    const measure = measureOf(name);
    if (statements.length === 0) {
      assert.is(row[name], null, name);
      assert.ok(notes.length > 0, name);
      continue;
    }
    const [first, second] = statements.map((s) => s.sql);
    const sum = (column: string) => added(store, first ?? '', column);
    compared += 1;
    if (measure.kind === 'stock') assert.is((await sum('t_sum0')) - (await added(store, second ?? '', 't_sum0')), row[name], name);
    else if (measure.kind === 'count' && !measure.sum) assert.is(await sum('t_sum0'), row[name], name);
    else if (measure.kind === 'ratio') {
      assert.is(await sum('t_sum0'), row[`${name}_n`], name);
      if (measure.part && !measure.minus && row[name] !== null) assert.is((await sum('t_sum1')) / (await sum('t_sum0')), row[name], name);
    } else if (measure.kind === 'count') assert.is(await sum('t_sum1'), row[`${name}_n`], name);
    else if (measure.kind === 'survival' || measure.censored) {
      const rest = (await sum('t_sum0')) - (await sum('t_sum1')) - (await sum('t_sum2'));
      assert.ok(rest <= Number(row[`${name}_n`]) && rest > 0, name);
    }
  }
  assert.ok(compared > 20, `${compared} measures`);
}

texts('give what the answer says, whatever is filtered by', async () => {
  const { store, close } = await tempStore();
  try {
    await filled(store);
    await agree(store);
  } finally {
    await close();
  }
});

texts('say which statement has which sum', () => {
  for (const name of measureNames)
    assert.equal(
      rolesOf(measureOf(name)).map((roles) => roles.length),
      talliesOf(name, exampleFrame(name)).map((tally) => tally.sums.length),
      name,
    );
});

texts('are none where a source cannot say or nothing is known yet, and say why', async () => {
  const { store, close } = await tempStore();
  try {
    await loadRecords(store, [{ source_id: '1', kind: 'complaint', received_at: firstDay }], { fields: ['kind', 'received_at'] });
    const ask = (measures: 'resolved' | 'received', dates = period) =>
      readStatementTexts(depsOf(store), queryOf({ measures: [measures], ...dates }));
    assert.equal((await ask('resolved')).measures, [{ name: 'resolved', statements: [], notes: ['no end times in this source'] }]);
    const later = await ask('received', { from: '2030-01-01', to: '2030-12-31' });
    assert.equal(later.measures, [{ name: 'received', statements: [], notes: ['nothing is known of this period yet'] }]);
  } finally {
    await close();
  }
});

texts.run();
