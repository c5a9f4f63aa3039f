import { formatElapsed } from '../queries/model/number.ts';
import type { CaseRow } from '../queries/model/wire.ts';
import { sentence, shortWhen } from './case-words.ts';
import type { TableColumn } from './table-column.ts';

/**
 * The columns of the cases behind a figure: what fits beside each other, not all that is known of a case. Columns no case of the list fills are left
 * out, and so is the issue where all have the same.
 * @param zone IANA name of the zone times are shown in
 */
export function caseColumns(cases: CaseRow[], zone: string): TableColumn<CaseRow>[] {
  const columns: TableColumn<CaseRow>[] = [
    { name: 'received_at', label: 'Received', text: (row) => shortWhen(row.received_at, zone) },
    { name: 'source_id', label: 'Case', text: (row) => row.source_id, href: hrefOf, width: 120 },
    { name: 'survey', label: 'Score', isNumber: true, text: scoreOf },
    { name: 'issue', label: 'Issue', text: (row) => row.issue ?? '', width: 140 },
    cases.some((row) => row.title)
      ? { name: 'title', label: 'Title', text: (row) => row.title ?? '', width: 160 }
      : { name: 'product', label: 'Product', text: (row) => row.product ?? '', width: 160 },
    { name: 'status', label: 'Status', text: (row) => sentence(row.status) },
    { name: 'resolution_minutes', label: 'Time to resolve', isNumber: true, text: timeOf },
  ];
  const hasOneIssue = haveOneIssue(cases);
  return columns.filter(
    ({ name, text }) =>
      name === 'received_at' || name === 'source_id' || (!(name === 'issue' && hasOneIssue) && cases.some((row) => text(row) !== '')),
  );
}

/** The same in two columns of two lines, for a phone. */
export function narrowCaseColumns(cases: CaseRow[], zone: string): TableColumn<CaseRow>[] {
  const issueOf = (row: CaseRow) => (haveOneIssue(cases) ? null : row.issue);
  const headOf = (row: CaseRow) => row.title ?? issueOf(row) ?? row.product ?? `Case ${row.source_id}`;
  return [
    {
      name: 'case',
      label: 'Case',
      text: headOf,
      note: (row) => [issueOf(row), row.product, row.source_id].filter((part) => part && part !== headOf(row)).join(' · '),
      width: 0,
      isWide: true,
    },
    {
      name: 'received_at',
      label: 'Received',
      isNumber: true,
      text: (row) => shortWhen(row.received_at, zone, 'day'),
      note: (row) => scoreOf(row) || timeOf(row) || sentence(row.status),
    },
  ];
}

function hrefOf(row: CaseRow): string {
  return row.case_id === null ? '' : `/cases/${row.case_id}`;
}

function scoreOf({ survey }: CaseRow): string {
  return survey === undefined || survey.score === null ? '' : `${survey.score} (${survey.scale})`;
}

function timeOf(row: CaseRow): string {
  return row.resolution_minutes === null ? '' : formatElapsed(row.resolution_minutes);
}

function haveOneIssue(cases: CaseRow[]): boolean {
  return cases.length > 1 && new Set(cases.map((row) => row.issue)).size === 1;
}
