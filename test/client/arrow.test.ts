import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTables } from '../../client/arrow.ts';
import type { AnswerJson, TableJson } from '../../queries/model/wire.ts';
import { formatAnswer } from '../../server/formats.ts';

const issues: TableJson = {
  columns: [
    { name: 'issue', label: 'Issue', unit: null, type: 'label', role: 'key', measure: null },
    { name: 'period', label: 'Period', unit: null, type: 'date', role: 'key', measure: null },
    { name: 'complete', label: 'Complete', unit: null, type: 'flag', role: 'key', measure: null },
    { name: 'received', label: 'Cases received', unit: 'cases', type: 'integer', role: 'value', measure: 'received' },
    { name: 'csat_rate_low', label: 'Satisfied customers', unit: 'share', type: 'number', role: 'low', measure: 'csat_rate' },
  ],
  rows: [
    { issue: 'Verspätung › Paket', period: '2026-03-29', complete: 1, received: 41, csat_rate_low: 0.5 },
    { issue: '(other)', period: '1969-12-31', complete: 0, received: 0, csat_rate_low: null },
  ],
  windows: { current: { from: '2026-01-01', to: '2026-03-31' }, before: { from: '2025-10-01', to: '2025-12-31' } },
  notes: [{ measure: 'csat_rate', source: 'crm', message: 'asking is not recorded' }],
  asOf: '2026-03-30T10:00:00Z',
};
const empty: TableJson = { ...issues, rows: [], notes: [] };

const arrow = suite('reading Arrow');

arrow('gives back the tables the server sent, in order, empty ones too', async () => {
  const answer: AnswerJson = { tables: [issues, empty, issues], asOf: issues.asOf, engine: 'sql', elapsedMs: 1 };
  const bytes = await formatAnswer(answer, 'arrow');
  if (typeof bytes === 'string') throw new Error('Arrow is bytes');
  assert.equal(decodeTables(bytes), [issues, empty, issues]);
});

arrow.run();
