import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeAbsence, describeEarly, describeReading, drawnRows, isBeyondChance } from '../../../queries/model/reading.ts';
import { reports, type Report } from '../../../queries/model/reports.ts';
import type { Note, Row, TableJson } from '../../../queries/model/wire.ts';

const thin = '\u202f';
const table = (rows: Row[], notes: Note[] = []): TableJson => ({
  columns: [],
  rows,
  windows: { current: { from: '2026-01-01', to: '2026-12-31' } },
  notes,
  asOf: '2026-12-31T00:00:00Z',
});
const report = (name: string): Report => {
  const found = reports.find((r) => r.name === name);
  if (!found) throw new Error(`no report ${name}`);
  return found;
};
const read = (name: string, rows: Row[], notes: Note[] = []) => describeReading(report(name), table(rows, notes), 'month', 'EUR');

const chance = suite('beyond chance');

chance('is more than three standard errors of the difference of two counts', () => {
  // 3 · √(100 + 144) = 46.9, 3 · √(100 + 150) = 47.4: neither; 3 · √(100 + 160) = 48.4 is below 60.
  assert.equal(
    [isBeyondChance(100, 144), isBeyondChance(100, 150), isBeyondChance(100, 160), isBeyondChance(160, 100), isBeyondChance(0, 0)],
    [false, true, true, true, false],
  );
});

chance.run();

const bars = suite('reading of bars');
const issue = (name: string, received: number, before: number | null = null): Row => ({ issue: name, received, received_before: before });

bars('name the largest, its share and its change beyond chance', () => {
  const table: [rows: Row[], expected: string][] = [
    [[issue('Late', 60), issue('(other)', 40)], '“Late” is named most: 60 of 100 cases (60%).'],
    [[issue('Late', 60, 60), issue('Lost', 40, 40)], '“Late” is named most: 60 of 100 cases (60%), about as many as before.'],
    // 60 against 40: 3 · √100 = 30.
    [[issue('Late', 60, 40), issue('Lost', 40, 40)], '“Late” is named most: 60 of 100 cases (60%), about as many as before.'],
    // 60 against 10: 3 · √70 = 25.1.
    [[issue('Late', 60, 10), issue('Lost', 40, 40)], '“Late” is named most: 60 of 100 cases (60%), up from 10 before.'],
    [[issue('Late', 60, 0), issue('Lost', 40, 40)], '“Late” is named most: 60 of 100 cases (60%), none before.'],
    [[issue('Late', 1)], 'The only case names “Late”.'],
    [[issue('Late', 2), issue('Lost', 1)], '“Late” is named most: 2 of 3 cases.'],
    [
      [issue('Late', 1), issue('Lost', 1), issue('Rude', 1), issue('(none)', 1)],
      '“Late” and 2 others are named most: each in 1 of 4 cases; 1 names none.',
    ],
    [[issue('(none)', 70), issue('Late', 29), issue('Lost', 1)], '“Late” is named most: 29 of 100 cases (29%); 70 name none.'],
    [[issue('(none)', 5)], 'No issue is recorded for these cases.'],
    [[], 'Nothing in this period with these filters.'],
  ];
  for (const [rows, expected] of table) assert.is(read('recurring_issues', rows), expected);
  // On the page of an issue its name is not said again with each of its kinds.
  const kinds = [
    { sub_issue: 'Late › By a day', received: 60 },
    { sub_issue: 'Late › By a week', received: 40 },
  ];
  assert.is(read('issue_kinds', kinds), '“By a day” is named most: 60 of 100 cases (60%).');
});

bars('say what is likely where the table does, and by the day where windows differ', () => {
  const judged = (received: number, before: number, [change, low, high]: [number, number, number], verdict: string): Row => ({
    ...issue('Late', received, before),
    received_change: change,
    received_change_low: low,
    received_change_high: high,
    received_change_verdict: verdict,
  });
  const table: [row: Row, expected: string][] = [
    [judged(60, 40, [1.5, 1.2, 1.9], 'more than before'), 'up from 40 before (likely +20 to +90%)'],
    [judged(60, 50, [1.2, 1.01, 1.6], 'within chance'), 'perhaps more than before (likely +1 to +60%)'],
    [judged(60, 55, [60 / 55, 0.8, 1.4], 'within chance'), 'about as many as before (likely −20 to +40%)'],
    [judged(61, 60, [0.9, 0.83, 0.97], 'less than before'), 'fewer a day than before (likely −17 to −3%)'],
  ];
  for (const [row, expected] of table)
    assert.is(
      read('recurring_issues', [row, issue('(other)', 40)]),
      `“Late” is named most: ${Number(row.received)} of ${Number(row.received) + 40} cases (${Math.round((Number(row.received) / (Number(row.received) + 40)) * 100)}%), ${expected}.`,
    );
});

bars('name what else grew most, if beyond chance', () => {
  // 778 against 579: 199 is above 3 · √1357 = 110.5. 90 against 60: 30 is below 3 · √150 = 36.7.
  const rows = [issue('Late', 900, 900), issue('Online account', 778, 579), issue('Lost', 90, 60)];
  assert.is(
    read('recurring_issues', rows),
    `“Late” is named most: 900 of 1${thin}768 cases (51%), about as many as before; “Online account” grew from 579 before to 778.`,
  );
  assert.not.match(read('recurring_issues', [issue('Late', 900, 900), issue('Lost', 90, 60)]), /grew/);
});

bars.run();

const lines = suite('reading of lines');
/** Rows of a member over January to June; all months are whole. */
const months = (name: string, counts: number[]): Row[] =>
  counts.map((received, i) => ({ issue: name, period: `2026-0${i + 1}-01`, complete: 1, received }));

lines('say what rose and what fell most from half to half, beyond chance', () => {
  const rows = [...months('Late', [100, 100, 100, 100, 100, 100]), ...months('Lost', [10, 10, 10, 40, 40, 40]), ...months('Rude', [40, 40, 40, 10, 10, 10])]; // prettier-ignore
  assert.is(
    read('issues_over_time', rows),
    'Within this period, from its first half to its second, “Lost” rose most, from 30 to 120, and “Rude” fell most, from 120 to 30.',
  );
});

lines('make no news of chance, of what is left over, or of a period that is not over', () => {
  const quiet = months('Late', [30, 30, 30, 35, 35, 35]);
  const steady = 'Within this period, from its first half to its second,';
  assert.is(read('issues_over_time', quiet), `${steady} it neither rose nor fell beyond what chance allows.`);
  const more = [...quiet, ...months('Lost', [5, 5, 5, 5, 5, 5]), ...months('(other)', [1, 1, 1, 900, 900, 900])];
  assert.is(read('issues_over_time', more), `${steady} none of the 2 looked at rose or fell beyond what chance allows.`);
  assert.is(read('issues_over_time', months('Late', [0, 0, 0, 0, 0, 9])), 'Too few to tell: 9 cases.');
  const young = months('Late', [5, 9]).map((row, i) => ({ ...row, complete: i === 0 ? 1 : 0 }));
  assert.is(read('issues_over_time', young), 'Too early to tell: there are fewer than two whole periods.');
});

lines('draw the three largest and whatever the sentence names, five at most', () => {
  const rows = [
    ...months('A', [90, 90, 90, 90, 90, 90]),
    ...months('B', [80, 80, 80, 80, 80, 80]),
    ...months('C', [70, 70, 70, 70, 70, 70]),
    ...months('D', [60, 60, 60, 60, 60, 60]),
    ...months('E', [50, 50, 50, 50, 50, 50]),
    ...months('Rude', [40, 40, 40, 10, 10, 10]),
    ...months('Lost', [10, 10, 10, 40, 40, 40]),
    ...months('(other)', [9, 9, 9, 900, 900, 900]),
  ];
  const drawn = (given: Row[]) => [...new Set(drawnRows(report('issues_over_time'), given).map((row) => row.issue))];
  assert.equal(drawn(rows), ['A', 'B', 'C', 'Rude', 'Lost']);
  assert.equal(drawn(rows.filter((row) => row.issue !== 'Rude' && row.issue !== 'Lost')), ['A', 'B', 'C', 'D', 'E']);
  assert.equal(drawn(rows.filter((row) => row.issue !== 'Rude')), ['A', 'B', 'C', 'D', 'Lost']);
  assert.is(drawnRows(report('recurring_issues'), rows).length, rows.length);
});

lines.run();

const bands = suite('reading of bands');
const wait = (period: string, given: Row): Row => ({ period, complete: 1, ...given });

bands('tell the newest whole period that rests on enough', () => {
  const known = { resolution_days_p50: 6.1, resolution_days_p50_n: 214, resolution_days_p90: 31, resolution_days_p90_n: 214 };
  const few = { resolution_days_p50: 1, resolution_days_p50_n: 1, resolution_days_p90: 1, resolution_days_p90_n: 1 };
  const rows = [wait('2026-01-01', few), wait('2026-02-01', known), wait('2026-03-01', few), { ...wait('2026-04-01', known), complete: 0 }];
  assert.is(
    read('resolution_time', rows),
    'Of the 214 cases received in February 2026, half were resolved within 6.1 days and nine in ten were resolved within 31 days.',
  );
  assert.match(read('resolution_time', rows.slice(0, 1)), /^Of the 1 case received in January 2026, half/);
});

bands('say what is not reached yet', () => {
  const row = wait('2026-02-01', {
    resolution_days_p50: 6.1, resolution_days_p50_n: 40, resolution_days_p90: null, resolution_days_p90_n: 40, resolution_days_p90_followed_days: 12,
  }); // prettier-ignore
  assert.match(read('resolution_time', [row]), /and nine in ten were not yet resolved within 12 days\.$/);
});

bands('count answers and those asked', () => {
  const row = wait('2026-02-01', {
    csat_rate: 0.8, csat_rate_n: 20, csat_rate_low: 0.58, csat_rate_high: 0.92, response_rate: 0.25, response_rate_n: 80,
  }); // prettier-ignore
  assert.match(read('satisfaction', [row]), /80% \(likely 58% to 92%\), from 20 answers; 25% of those asked answered\.$/);
  assert.match(read('satisfaction', [wait('2026-02-01', { csat_rate: 0, csat_rate_n: 1 })]), /0%, from 1 answer\.$/);
});

bands('tell too early from nothing at all', () => {
  const young = (n: number, followed: number | null) =>
    wait('2026-02-01', {
      resolution_days_p50: null, resolution_days_p50_n: n, resolution_days_p50_followed_days: followed,
      resolution_days_p90: null, resolution_days_p90_n: n, resolution_days_p90_followed_days: followed,
    }); // prettier-ignore
  const early = (rows: Row[]) => describeEarly(report('resolution_time'), table(rows));
  assert.is(early([young(11, 8.5), young(1, 9)]), 'not reached within 9 days; of 12 cases, fewer than half were resolved by then.');
  assert.is(early([young(1, 0)]), 'not reached within an hour; the one case was not resolved by then.');
  assert.is(early([young(0, null)]), null);
  assert.is(early([young(11, 8.5), wait('2026-03-01', { resolution_days_p50: 2, resolution_days_p50_n: 3 })]), null);
  assert.is(read('resolution_time', [young(1, 9)]), 'Too early to tell: not reached within 9 days; the one case was not resolved by then.');
  assert.is(read('resolution_time', [young(0, null)]), 'Nothing in this period with these filters.');
});

bands('give the reason where a table has one for all sources', () => {
  const nothing: Note = { measure: null, source: null, message: 'nothing is known of this period yet' };
  const left: Note = { measure: 'resolution_days_p50', source: null, message: '3 cases left out' };
  const shop: Note = { measure: 'resolution_days_p50', source: 'shop', message: 'no end times in this source' };
  assert.is(read('resolution_time', [], [shop, left, nothing]), 'Nothing is known of this period yet.');
  assert.is(describeAbsence(report('resolution_time'), table([], [shop, left])), '3 cases left out.');
  assert.is(describeAbsence(report('satisfaction'), table([], [shop, left])), null);
  const begin: Note = { measure: null, source: null, message: 'not compared: cases begin on 1 May 2015' };
  assert.is(describeAbsence(report('satisfaction'), table([], [begin])), null, 'it says nothing of what is missing');
});

bands.run();
