import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bandLabels } from '../../../queries/model/band-labels.ts';
import type { Row } from '../../../queries/model/wire.ts';

const labels = suite('names of lines over time');

labels('stand above the highest of their own line, at its last known value', () => {
  const rows: Row[] = [
    { open: 90, overdue: 2 },
    { open: 60, overdue: 9 },
    { open: 48, overdue: null },
  ];
  const places = bandLabels(['open', 'overdue'], rows);
  // Of three rows the last three fifths begin with the second.
  assert.equal(places.get(rows[2] ?? {}), { open: 60 });
  assert.equal(places.get(rows[1] ?? {}), { overdue: 9 });
});

labels('that would meet stand above one another, clear of all their lines', () => {
  const row: Row = {
    resolution_days_p50: 5,
    resolution_days_p75: 18,
    resolution_days_p90: 500,
    resolution_days_p90_low: 400,
    resolution_days_p90_high: 600,
  };
  // A line of text takes 600 / 12 = 50 days.
  assert.equal(bandLabels(['resolution_days_p50', 'resolution_days_p75', 'resolution_days_p90'], [row]).get(row), {
    resolution_days_p50: 18,
    resolution_days_p75: 68,
    resolution_days_p90: 600,
  });
});

labels('of counts stand at both ends, clear of both lines', () => {
  const rows: Row[] = [
    { received: 10, closed: 30 },
    { received: 20, closed: 40 },
    { received: 50, closed: 35 },
    { received: 45, closed: 12 },
  ];
  const places = bandLabels(['received', 'closed'], rows);
  assert.equal([places.get(rows[0] ?? {}), places.get(rows[3] ?? {})], [{ closed: 40 }, { received: 50 }]);
});

labels.run();
