import type { DigestSection } from '../model/digest.ts';
import { noneLabel } from '../model/dimensions.ts';
import { formatCount, formatValue, unknownText } from '../model/number.ts';
import { changeOf } from '../model/change-words.ts';
import { countInWords } from '../model/describe.ts';
import type { Row } from '../model/wire.ts';
import { foldSmall, memberText } from './fold.ts';
import { isTooFew } from '../small-groups.ts';
import type { DigestTables } from './questions.ts';
import { emptySection, restText } from './table-words.ts';

const [name, title] = ['outside', 'Escalation and redress'];

/** What was taken higher and how far, what went to an outside body, and what was given. */
export function outsideSection(
  { totals, levels, redress }: DigestTables,
  { isRecorded, currency }: { isRecorded: { escalation: boolean; redress: boolean }; currency: string },
): DigestSection {
  const whole = totals.rows[0] ?? {};
  if (!isRecorded.escalation && !isRecorded.redress) return emptySection(name, title, 'Neither escalation nor redress is recorded.');
  const rows = [
    ...(isRecorded.escalation ? escalationRows(levels.rows, whole) : []),
    ...(isRecorded.redress ? redressRows(redress.rows, whole, currency) : []),
  ];
  const escalated = Number(whole.escalated ?? 0);
  const change = changeOf(totals, 'escalated', currency);
  const taken = !isRecorded.escalation
    ? 'Escalation is not recorded'
    : escalated === 0
      ? 'No case was escalated'
      : isTooFew(escalated)
        ? 'Fewer than five cases were escalated'
        : `${countInWords(escalated, 'case was', 'cases were')} escalated${change && !isTooFew(whole.escalated_before) ? `, ${change}` : ''}`;
  return {
    name,
    title,
    sentence: `${taken}; ${givenText(whole, isRecorded.redress, currency)}.`,
    table: rows.length
      ? {
          columns: [
            { label: 'What', isNumber: false },
            { label: 'Cases', isNumber: true },
            { label: 'Paid', isNumber: true },
          ],
          rows,
        }
      : null,
    note: 'External: taken to an ombudsman, regulator or court. Fewer than five are put together or not told.',
  };
}

function givenText(whole: Row, isRecorded: boolean, currency: string): string {
  if (!isRecorded) return 'redress is not recorded';
  const [rate, n, paid, paidN] = [whole.redress_rate, whole.redress_rate_n, whole.redress_amount, whole.redress_amount_n];
  const share =
    typeof rate === 'number' && !isTooFew(n) ? `${formatValue(rate, 'share', { n: Number(n) })} of the cases resolved had redress` : '';
  const money =
    typeof paid === 'number' && typeof paidN === 'number' && paidN > 0 && !isTooFew(paidN)
      ? `${formatValue(paid, 'money', { currency })} was paid in ${countInWords(paidN, 'case')}`
      : '';
  return [share, money].filter(Boolean).join(', and ') || 'no redress was given in five cases or more';
}

function escalationRows(levels: readonly Row[], whole: Row): string[][] {
  const { named, rest } = foldSmall(levels, { dimension: 'escalation_level', measure: 'escalated', most: 5 });
  const total = Number(whole.escalated ?? 0);
  if (total === 0 || isTooFew(total)) return [];
  // From the first level up, as the list of levels has them.
  const order = levels.map((row) => row.escalation_level);
  const inOrder = [...named].sort((a, b) => order.indexOf(a.escalation_level ?? '') - order.indexOf(b.escalation_level ?? ''));
  const isHidden = rest !== null && isTooFew(rest.total);
  return [
    ...inOrder.map((row) => [
      row.escalation_level === noneLabel ? 'Escalated, level not recorded' : `Escalated to: ${memberText(row.escalation_level)}`,
      formatCount(Number(row.escalated)),
      '',
    ]),
    ...(rest && !isHidden ? [[`Escalated: ${restText(rest, 'level', 'levels')}`, formatCount(rest.total), '']] : []),
  ];
}

function redressRows(rows: readonly Row[], whole: Row, currency: string): string[][] {
  const given = rows.filter((row) => row.redress !== noneLabel);
  const { named, rest } = foldSmall(given, { dimension: 'redress', measure: 'resolved', most: 4 });
  // One amount that is not told would be what is left of the sum.
  const isPaidTold = !isTooFew(whole.redress_amount_n) && !rows.some((row) => isTooFew(row.redress_amount_n));
  const paid = (row: Row) => {
    const amount = row.redress_amount;
    return isPaidTold && typeof amount === 'number' && amount > 0 ? formatValue(amount, 'money', { currency }) : unknownText;
  };
  return [
    ...named.map((row) => [`Redress: ${memberText(row.redress)}`, formatCount(Number(row.resolved)), paid(row)]),
    ...(rest && !isTooFew(rest.total) ? [[`Redress: ${restText(rest, 'kind', 'kinds')}`, formatCount(rest.total), unknownText]] : []),
  ];
}
