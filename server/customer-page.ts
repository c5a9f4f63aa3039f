import { caseFields, type CaseFieldName } from '../etl/record.ts';
import type { CustomerCase, CustomerExport } from '../queries/customer-export.ts';

/** What was exported about a customer as a page to read or print; it asks for nothing from elsewhere. */
export function customerPage({ exported_at, cases }: CustomerExport, organisation: string): string {
  const title = `What ${organisation} holds about a customer`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:15px/1.45 sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}th{text-align:left;vertical-align:top;padding-right:1rem;font-weight:600}td{white-space:pre-line;overflow-wrap:anywhere}</style></head>
<body><h1>${escaped(title)}</h1><p>${cases.length === 1 ? '1 case' : `${cases.length} cases`}, as of ${escaped(exported_at)}.</p>
${cases.map(caseSection).join('\n')}
</body></html>
`;
}

const linkWords = {
  likely: 'Likely the same as',
  duplicate_of: 'Duplicate of',
  duplicated_by: 'Has as its duplicate',
  related: 'Related to',
} as const satisfies Record<CustomerCase['links'][number]['is'], string>;

function caseSection(one: CustomerCase): string {
  const fields = Object.entries(one.fields).filter(([, value]) => value !== null && value !== false);
  const named = fields.map(([name, value]): [string, unknown] => [caseFields[name as CaseFieldName].label, value]); // fields of a record
  const parts: [string, [string, unknown][]][] = [
    ['', named],
    ['Further issues', one.issues.slice(1).map((issue) => ['Issue', issue.sub_issue ? `${issue.issue} › ${issue.sub_issue}` : issue.issue])],
    ['History', one.events.map(({ at, kind, ...rest }) => [`${at} ${kind}`, listed(rest)])],
    ['What was changed', one.changes.map(({ kind, fields: changed }) => [kind, changesInWords(changed)])],
    ['Waits for approval', one.proposal ? [[one.proposal.at, listed(one.proposal.fields)]] : []],
    ['Asked afterwards', one.surveys.map(({ kind, follow_up: followUp, ...rest }) => [kind, [listed(rest), followUp && `Follow-up: ${listed(followUp)}`].filter(Boolean).join('\n')])],
    ['Files', one.evidence.map(({ name, type, bytes, note, at, removed }) => [name, listed({ type, bytes, note, added: at, removed: removed?.at ?? null, reason: removed?.reason ?? null })])],
    ['Beside other cases', one.links.map(({ case_id, is, reason, at }) => [`${linkWords[is]} case ${case_id}`, listed({ found_by: reason === 'both' ? 'customer and text' : reason, decided: at })])],
    ['Rows that could not be read', one.rejected.map(({ seen_at, reason, row }) => [seen_at, [reason, row].filter(Boolean).join('\n')])],
    ['As its source calls it', Object.entries(one.raw)],
  ]; // prettier-ignore
  const tables = parts.filter(([, rows]) => rows.length).map(([title, rows]) => (title ? `<h3>${title}</h3>` : '') + table(rows));
  return `<h2>Case ${one.case_id}, ${escaped(one.source)} ${escaped(one.source_id)}</h2>\n${tables.join('\n')}`;
}

function table(rows: readonly [string, unknown][]): string {
  return `<table>${rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(String(value))}</td></tr>`).join('')}</table>`;
}

function listed(values: object): string {
  const known = Object.entries(values as Record<string, unknown>).filter(([, value]) => value !== null && value !== '');
  return known.map(([name, value]) => `${name.replaceAll('_', ' ')}: ${String(value)}`).join('\n');
}

function changesInWords(fields: CustomerCase['changes'][number]['fields']): string {
  return Object.entries(fields)
    .map(([name, [before, after]]) => `${name.replaceAll('_', ' ')}: ${before ?? 'none'} → ${after ?? 'none'}`)
    .join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
