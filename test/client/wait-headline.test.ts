import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { waitHeadline } from '../../client/wait-headline.ts';
import type { Note, Row, TableJson } from '../../queries/model/wire.ts';

const table = (row: Row, notes: Note[] = []): TableJson => ({
  columns: [],
  rows: [row],
  windows: { current: { from: '2026-01-01', to: '2026-12-31' }, before: { from: '2025-01-01', to: '2025-12-31' } },
  notes,
  asOf: '2026-12-31T00:00:00Z',
});
const row = (more: Row = {}): Row => ({
  resolution_days_p50: 6, resolution_days_p50_n: 100, resolution_days_p50_before: 5, resolution_days_p50_before_n: 90,
  resolution_days_p90: 31.4, resolution_days_p90_n: 100, resolution_days_p90_followed_days: 300, ...more,
}); // prettier-ignore

const headlines = suite('headline of resolution time');

headlines('tells the half, its change and the slowest tenth', () => {
  assert.is(
    waitHeadline(table(row()), false, 1),
    'Half are resolved within 6 days, 20% longer than before; one in ten waits longer than 31.4 days.',
  );
  assert.is(
    waitHeadline(table(row({ resolution_days_p50_before: null })), true, 1),
    'Half are resolved within 6 days of business time; one in ten waits longer than 31.4 days.',
  );
});

headlines('never give a number that is not reached', () => {
  assert.is(
    waitHeadline(
      table(row({ resolution_days_p90: null, resolution_days_p90_followed_days: 40, resolution_days_p50_before: null })),
      false,
      1,
    ),
    'Half are resolved within 6 days; more than one in ten wait longer than 40 days.',
  );
  assert.is(
    waitHeadline(table(row({ resolution_days_p50: null, resolution_days_p90: null, resolution_days_p90_followed_days: 3 })), false, 1),
    'More than half wait longer than 3 days: it is too early to tell how long.',
  );
  assert.is(
    waitHeadline(table(row({ resolution_days_p50: null, resolution_days_p50_n: 0, resolution_days_p90_followed_days: null })), false, 1),
    'No case in this period can say how long people wait.',
  );
});

headlines('give the reason where the source lacks it', () => {
  const notes: Note[] = [{ measure: 'resolution_days_p50', source: null, message: 'no end times in this source' }];
  assert.is(
    waitHeadline(table({ resolution_days_p50: null, resolution_days_p50_n: null }, notes), false, 1),
    'How long people wait cannot be told: no end times in this source.',
  );
});

headlines.run();
