import type { CaseRow } from '../queries/model/wire.ts';
import { csvRows, toCsv } from './formats.ts';

const names = [
  'case_id', 'source', 'source_id', 'kind', 'status', 'received_at', 'ended_at', 'due_at', 'channel', 'company', 'product', 'issue', 'severity', 'team',
  'agent', 'outcome', 'resolution_minutes', 'redress_amount',
] as const satisfies (keyof CaseRow)[]; // prettier-ignore
const surveyNames = ['survey_kind', 'answered_at', 'score'] as const;
const columns = [...names, ...surveyNames].map((name) => ({
  name,
  label: name,
  unit: null,
  type: 'label' as const,
  role: 'key' as const,
  measure: null,
}));

/**
 * Cases as CSV, block by block: a header of field names, one line a case (behind figures of surveys one a survey), formula-guarded.
 * Titles and texts stay out: they may name people.
 */
export async function* caseCsv(blocks: AsyncIterable<CaseRow[]>): AsyncGenerator<string> {
  yield toCsv({ columns, rows: [] });
  for await (const block of blocks) {
    const rows = block.map(({ survey, ...row }) => ({
      ...Object.fromEntries(names.map((name) => [name, row[name]])),
      survey_kind: survey?.kind ?? null,
      answered_at: survey?.answered_at ?? null,
      score: survey?.score ?? null,
    }));
    yield csvRows(columns, rows);
  }
}
