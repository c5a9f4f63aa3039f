import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { comparable } from '../../client/comparable.ts';
import type { Column, TableJson } from '../../queries/model/wire.ts';

const comparing = suite('comparing with what was before');
const column = (name: string): Column => ({ name, label: name, unit: 'cases', type: 'integer', role: 'value', measure: 'received' });
const table: TableJson = {
  columns: ['received', 'received_before', 'received_change', 'received_change_low', 'received_change_verdict'].map(column),
  rows: [{ received: 12, received_before: 5, received_change: 2.4, received_change_low: 0.8, received_change_verdict: 'within chance' }],
  windows: { current: { from: '2026-01-01', to: '2026-12-31' }, before: { from: '2025-01-01', to: '2025-12-31' } },
  notes: [],
  asOf: '2026-12-31T23:59:59Z',
};

comparing('is left out where the window before begins before the first case', () => {
  const { rows, notes, windows } = comparable(table, '2025-06-01');
  assert.is(windows.before, undefined);
  assert.equal(rows, [
    { received: 12, received_before: null, received_change: null, received_change_low: null, received_change_verdict: null },
  ]);
  assert.match(notes[0]?.message ?? '', 'not compared: cases begin on 1 June 2025');
});

comparing('stands where all of the window before is known', () => {
  assert.is(comparable(table, '2025-01-01'), table);
  assert.is(comparable(table, null), table);
});

comparing.run();
