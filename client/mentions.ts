import { noneLabel, otherLabel } from '../queries/model/dimensions.ts';
import { countInWords } from '../queries/model/describe.ts';
import { formatCount } from '../queries/model/number.ts';
import type { TableJson } from '../queries/model/wire.ts';

/** How often an issue is what a case is mainly about, and in how many more it is named beside another. */
export interface Mention {
  issue: string;
  first: number;
  beside: number;
  total: number;
}

/** The named issues of a table of `mentions` and `received` by issue; what a limit left over is none. */
export function mentionsOf(table: TableJson): Mention[] {
  return table.rows.flatMap((row) => {
    const [issue, first, total] = [String(row.issue), Number(row.received ?? 0), Number(row.mentions ?? 0)];
    if (issue === noneLabel || issue === otherLabel || total === 0) return [];
    return [{ issue, first, beside: Math.max(0, total - first), total }];
  });
}

/** What the two counts say together, in a sentence. */
export function readMentions(mentions: readonly Mention[]): string {
  const [top] = [...mentions].sort((a, b) => b.beside - a.beside);
  if (!top) return 'No issue is recorded for these cases.';
  if (top.beside === 0) return 'No case names a second issue: each counts once.';
  return `“${top.issue}” is mentioned most beside another issue: in ${countInWords(top.beside, 'case')} more than the ${formatCount(top.first)} that name it first.`;
}
