import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeInWords, changeOf, headline } from '../../../queries/model/change-words.ts';
import type { Note, Row, TableJson } from '../../../queries/model/wire.ts';

const thin = '\u202f';
const words = suite('headline');
const totals = (row: Row, notes: Note[] = []): TableJson => ({
  columns: [],
  rows: [row],
  windows: { current: { from: '2026-01-01', to: '2026-12-31' } },
  notes,
  asOf: '2026-12-31T00:00:00Z',
});
const told = (row: Row, kind: string | null = null) => headline(totals(row), kind, 'EUR');

words('says how many came, against before, how long they waited and how satisfied how many were', () => {
  const row = {
    received: 1200, received_before: 1000, resolution_days_p50: 6.1, resolution_days_p50_n: 1200, csat_rate: 0.837, csat_rate_n: 214,
  }; // prettier-ignore
  // 200 more than 1,000 is 20%; three times √2200 is 141, so it is beyond chance.
  assert.is(
    told(row, 'complaint'),
    `1${thin}200 complaints came in, 20% more than before; half are resolved within 6.1 days, and 84% of the 214 who answered are satisfied.`,
  );
});

words('does not make news of what chance allows, and says the same as the tile', () => {
  // The difference, 60, is below 3 · √(1000 + 1060) = 136.
  const row = { received: 1060, received_before: 1000 };
  assert.is(told(row, 'complaint'), `1${thin}060 complaints came in, about as many as before.`);
  assert.is(changeOf(totals(row), 'received', 'EUR'), 'about as many as before');
});

words('tells no median and no rate that rests on fewer than ten', () => {
  const row = { received: 1, resolution_days_p50: 2, resolution_days_p50_n: 1, csat_rate: 0, csat_rate_n: 9 };
  assert.is(told(row, 'complaint'), '1 complaint came in.');
  assert.is(told({ ...row, received: 12, csat_rate_n: 10 }), '12 cases came in; 0% of the 10 who answered are satisfied.');
});

words('leaves out what is unknown and says when there is nothing', () => {
  assert.is(told({ received: 3, received_before: null, resolution_days_p50: null, resolution_days_p50_n: 3 }), '3 cases came in.');
  assert.is(told({ received: 5, received_before: 0 }), '5 cases came in, none before.');
  assert.is(told({ received: 0, received_before: 4 }, 'enquiry'), 'No enquiries match in this period.');
  assert.is(told({ received: 1 }, 'enquiry'), '1 enquiry came in.');
  assert.is(told({}), '');
});

words('gives the reason in place of a change where the window before is not known', () => {
  const note = {
    measure: null,
    source: 'shop',
    message: 'shop is known only until 1 March 2026; what came after is not compared with before',
  };
  const reason = 'shop is known only until 1 March 2026';
  const known = totals({ received: 40, received_before: null, open: 3, open_before: 0 }, [note]);
  assert.is(changeOf(known, 'received', 'EUR'), reason);
  assert.is(headline(known, null, 'EUR'), `40 cases came in (${reason}).`);
  assert.is(changeOf(known, 'open', 'EUR'), 'none before');
  assert.is(changeOf(totals({ received: 40 }, [note]), 'received', 'EUR'), '', 'nothing is compared');
});

words('say what is likely, by the day where windows differ, and what could be chance', () => {
  const change = (more: Row) => changeOf(totals({ received: 1130, received_before: 1000, ...more }), 'received', 'EUR');
  const judged = (size: number, low: number, high: number, verdict: string): Row => ({
    received_change: size, received_change_low: low, received_change_high: high, received_change_verdict: verdict,
  }); // prettier-ignore
  assert.is(change(judged(1.13, 1.08, 1.19, 'more than before')), '13% more than before (likely +8 to +19%)');
  assert.is(change(judged(1.13, 1.01, 1.27, 'within chance')), 'perhaps more than before (likely +1 to +27%)');
  assert.is(change(judged(1.13, 0.96, 1.35, 'within chance')), 'about as many as before (likely −4 to +35%)');
  assert.is(change(judged(1.25, 1.1, 1.4, 'more than before')), '25% more a day than before (likely +10 to +40%)');
});

words('compares no rate and no median that rests on fewer than ten', () => {
  const change = (n: number, before: number) =>
    changeOf(totals({ csat_rate: 0, csat_rate_n: n, csat_rate_before: 1, csat_rate_before_n: before }), 'csat_rate', 'EUR');
  assert.equal(
    [change(10, 10), change(9, 10), change(10, 1)],
    ['100 points lower than before', 'too few to compare', 'too few to compare'],
  );
});

words('puts a change into words by its unit', () => {
  const table: [number | null, number | null, Parameters<typeof changeInWords>[2], string][] = [
    [1300, 1000, 'cases', '30% more than before'], // 300 against 3 · √2300 = 144
    [700, 1000, 'cases', '30% fewer than before'],
    [299, 100, 'cases', '199% more than before'],
    [300, 100, 'cases', '3 times as many as before'],
    [2051, 1, 'cases', 'against 1 before'],
    [90, 9, 'cases', 'against 9 before'],
    [340, 100, 'surveys', '3.4 times as many as before'],
    [1660, 100, 'cases', '17 times as many as before'],
    [33.1, 10, 'days', '3.3 times as long as before'],
    [200, 50, 'money', '4 times as much as before'],
    [0.9, 0.1, 'share', '80 points higher than before'],
    [113, 100, 'cases', 'about as many as before'], // 13 against 3 · √213 = 44
    [99, 100, 'cases', 'about as many as before'],
    [0, 0, 'cases', ''],
    [0, 0, 'share', ''],
    [6.6, 6, 'days', '10% longer than before'],
    [0.84, 0.73, 'share', '11 points higher than before'],
    [0.73, 0.74, 'share', '1 point lower than before'],
    [0.733, 0.734, 'share', 'about as before'],
    [5, 5, 'cases', 'as many as before'],
    [5, 5, 'days', 'as before'],
    [5, 0, 'cases', 'none before'],
    [null, 4, 'days', ''],
    [4, null, 'days', ''],
  ];
  for (const [value, before, unit, expected] of table) assert.is(changeInWords(value, before, unit, 'EUR'), expected);
});

words.run();
