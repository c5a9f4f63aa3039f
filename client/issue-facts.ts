import { countInWords } from '../queries/model/describe.ts';
import { measureOf, type MeasureName } from '../queries/model/measures.ts';
import { formatCount, formatInterval, formatValue } from '../queries/model/number.ts';
import { followedFor } from '../queries/model/reading.ts';
import type { Row, TableJson } from '../queries/model/wire.ts';
import { changeOf } from '../queries/model/change-words.ts';
import { absenceOf } from '../queries/model/absence.ts';

/** A figure of an issue in words, and which cases it opens. */
export interface IssueFact {
  title: string;
  value: string;
  note: string;
  measure: MeasureName;
  part: 'whole' | 'numerator';
  isKnown: boolean;
}

/**
 * What there is to tell of an issue besides how often it comes up.
 * @param facts one row, over the whole period
 * @param customers how many customers the repeat cases are of; null while that is not known
 */
export function issueFactsOf(facts: TableJson, customers: number | null, currency: string, sourceCount: number): IssueFact[] {
  const row: Row = facts.rows[0] ?? {};
  const fact = (measure: MeasureName, title: string, note: (n: number) => string): IssueFact => {
    const { unit } = measureOf(measure);
    const n = typeof row[`${measure}_n`] === 'number' ? Number(row[`${measure}_n`]) : 0;
    const isKnown = typeof row[measure] === 'number';
    const change = isKnown ? changeOf(facts, measure, currency) : '';
    const said = isKnown ? [note(n), ...(change ? [change] : [])].join('; ') : whyUnknown(facts, measure, n, sourceCount);
    return { title, value: formatValue(row[measure], unit, { n, currency }), note: said, measure, part: 'whole', isKnown };
  };
  const interval = (measure: MeasureName, n: number) => {
    const text = formatInterval(row[`${measure}_low`], row[`${measure}_high`], measureOf(measure).unit, { n });
    return text ? `likely ${text}, ` : '';
  };
  const repeats = Math.round(Number(row.repeat_rate ?? 0) * Number(row.repeat_rate_n ?? 0));
  const repeat = fact('repeat_rate', 'Come from customers who had it before', (n) => {
    const of = customers === null ? '' : ` of ${countInWords(customers, 'customer')}`;
    return `${countInWords(repeats, 'case')}${of}, within 90 days of the one before; of ${formatCount(n)} with a known customer`;
  });
  return [
    fact('resolution_days_p50', 'Half resolved within', (n) => `${interval('resolution_days_p50', n)}from ${countInWords(n, 'case')}`),
    fact(
      'resolution_days_p90',
      'Nine in ten resolved within',
      (n) => `${interval('resolution_days_p90', n)}from ${countInWords(n, 'case')}`,
    ),
    fact(
      'handovers_per_case',
      'Hand-overs per case',
      (n) => `${interval('handovers_per_case', n)}from ${countInWords(n, 'case')} resolved`,
    ),
    fact('csat_rate', 'Satisfied', (n) => `${interval('csat_rate', n)}from ${countInWords(n, 'answer')}`),
    { ...repeat, part: 'numerator' },
  ];
}

function whyUnknown(facts: TableJson, measure: MeasureName, n: number, sourceCount: number): string {
  const followed = facts.rows[0]?.[`${measure}_followed_days`];
  if (typeof followed === 'number' && n > 0) return `too early to tell: not reached within ${followedFor(followed)}`;
  return absenceOf(facts, measure, sourceCount) ?? (measureOf(measure).fact === 'survey' ? 'no answers' : 'no case counts here');
}
