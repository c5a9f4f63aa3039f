import { formatElapsed } from '../queries/model/number.ts';
import type { CaseRow } from '../queries/model/wire.ts';
import { sentence, shortWhen } from './case-words.ts';
import type { TableColumn } from './table-column.ts';

/**
 * The columns of a list of cases; those no case of the list fills are left out.
 * @param zone IANA name of the zone times are shown in
 */
export function caseColumns(cases: CaseRow[], zone: string): TableColumn<CaseRow>[] {
  const label = (
    name: 'kind' | 'issue' | 'product' | 'company' | 'channel' | 'team' | 'agent' | 'severity' | 'outcome' | 'status',
    title: string,
  ): TableColumn<CaseRow> => ({
    name,
    label: title,
    text: (row) => sentence(row[name]),
    width: 200,
  });
  const columns: TableColumn<CaseRow>[] = [
    { name: 'received_at', label: 'Received', text: (row) => shortWhen(row.received_at, zone) },
    {
      name: 'source_id',
      label: 'Case',
      text: (row) => row.source_id,
      href: (row) => (row.case_id === null ? '' : `/cases/${row.case_id}`),
      width: 160,
    },
    {
      name: 'survey',
      label: 'Score',
      isNumber: true,
      text: (row) => (row.survey?.score === null || row.survey === undefined ? '' : `${row.survey.score} (${row.survey.scale})`),
    },
    label('issue', 'Issue'),
    { name: 'title', label: 'Title', text: (row) => row.title ?? '', width: 240 },
    label('product', 'Product'),
    label('status', 'Status'),
    {
      name: 'resolution_minutes',
      label: 'Time to resolve',
      isNumber: true,
      text: (row) => (row.resolution_minutes === null ? '' : formatElapsed(row.resolution_minutes)),
    },
    { name: 'due_at', label: 'Due', text: (row) => shortWhen(row.due_at, zone) },
    label('outcome', 'Outcome'),
    label('channel', 'Channel'),
    label('team', 'Team'),
    label('agent', 'Agent'),
    label('severity', 'Severity'),
    label('company', 'Company'),
    label('kind', 'Kind'),
  ];
  return columns.filter(
    (column) => column.name === 'received_at' || column.name === 'source_id' || cases.some((row) => column.text(row) !== ''),
  );
}
