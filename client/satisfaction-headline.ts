import { formatInterval, formatValue } from '../queries/model/number.ts';
import { countInWords } from '../queries/model/describe.ts';
import { fewestOfRate } from '../queries/model/beside-all.ts';
import { measureOf } from '../queries/model/measures.ts';
import type { TableJson } from '../queries/model/wire.ts';
import { changeOf } from '../queries/model/change-words.ts';
import { absenceOf } from '../queries/model/absence.ts';

/**
 * The first sentence of the screen of satisfaction: how many are satisfied, how that changed, and how many of those asked say so.
 * @param totals the totals of the period, one row
 * @param sourceCount how many sources have cases
 */
export function satisfactionHeadline(totals: TableJson, sourceCount: number): string {
  const row = totals.rows[0] ?? {};
  const reason = absenceOf(totals, 'csat_rate', sourceCount);
  if (reason) return `How satisfied people are cannot be told: ${reason}.`;
  const [rate, n] = [row.csat_rate, Number(row.csat_rate_n ?? 0)];
  if (typeof rate !== 'number') return 'Nobody has said in this period how satisfied they are.';
  if (n < fewestOfRate) return `Too few to tell: ${countInWords(n, 'answer')} in this period.`;
  const likely = formatInterval(row.csat_rate_low, row.csat_rate_high, 'share', { n });
  const change = changeOf(totals, 'csat_rate', '');
  const against = change ? (typeof row.csat_rate_before === 'number' ? `, ${change}` : `; ${change}`) : '';
  const response = row.response_rate;
  const answered =
    typeof response === 'number'
      ? `; ${formatValue(response, 'share', { n: Number(row.response_rate_n ?? 0) })} of those asked answered`
      : '; how many were asked is not recorded';
  return `${formatValue(rate, 'share', { n })} are satisfied (likely ${likely})${against}${answered}.`;
}

/**
 * What else those who answered say, and how that changed: whether they would recommend us, and how easy it was. Nothing of what rests on too few.
 * @param totals the totals of the period, one row
 */
export function satisfactionBeside(totals: TableJson): string {
  const row = totals.rows[0] ?? {};
  const tell = (measure: 'nps' | 'ces_rate', words: (value: string) => string): string[] => {
    const [value, n] = [row[measure], Number(row[`${measure}_n`] ?? 0)];
    if (typeof value !== 'number' || n < fewestOfRate) return [];
    const { unit } = measureOf(measure);
    const likely = formatInterval(row[`${measure}_low`], row[`${measure}_high`], unit, { n });
    const change = typeof row[`${measure}_before`] === 'number' ? changeOf(totals, measure, '') : '';
    return [`${words(formatValue(value, unit, { n }))} (likely ${likely})${change ? `, ${change}` : ''}`];
  };
  const parts = [
    ...tell('nps', (value) => `Their net promoter score is ${value}`),
    ...tell('ces_rate', (value) => `${value} found it easy`),
  ];
  return parts.length ? `${parts.join('; ')}.` : '';
}
