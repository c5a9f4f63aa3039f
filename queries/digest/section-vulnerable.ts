import type { DigestSection } from '../model/digest.ts';
import { joined } from '../model/describe.ts';
import { measureOf, type MeasureName } from '../model/measures.ts';
import { formatCount, formatInterval, formatValue, inOneUnit, unknownText } from '../model/number.ts';
import type { Row } from '../model/wire.ts';
import { proportionDifference } from '../stats/proportion-difference.ts';
import { isTooFew } from '../small-groups.ts';
import type { DigestTables } from './questions.ts';
import { emptySection } from './table-words.ts';

const [name, title] = ['vulnerable', 'Vulnerable customers'];

const compared = ['resolution_days_p50', 'on_time_rate', 'uphold_rate', 'csat_rate'] as const satisfies MeasureName[];

/** On which side of others the first group fares worse, as customers see it, and how that is told. Who is in the right less often may not have been heard. */
const worse: Record<(typeof compared)[number], { side: 'more' | 'less'; words: string }> = {
  resolution_days_p50: { side: 'more', words: 'wait longer' },
  on_time_rate: { side: 'less', words: 'have fewer complaints resolved on time' },
  uphold_rate: { side: 'less', words: 'have fewer complaints upheld' },
  csat_rate: { side: 'less', words: 'are less satisfied' },
};

/**
 * Customers known to be vulnerable beside all others, with intervals: whether they fare worse (FCA, Consumer Duty). A figure that rests on fewer than five
 * of either group is left out of both, since the figure of all would give it away.
 */
export function vulnerableSection(
  { vulnerable }: DigestTables,
  { isRecorded, currency }: { isRecorded: boolean; currency: string },
): DigestSection {
  if (!isRecorded) return emptySection(name, title, 'Whether customers are vulnerable is not recorded.');
  const of = (label: string): Row => vulnerable.rows.find((row) => row.vulnerable === label) ?? {};
  const [theirs, others] = [of('yes'), of('no')];
  const count = Number(theirs.received ?? 0);
  if (count === 0) return emptySection(name, title, 'No case of a customer known to be vulnerable came in.');
  if (isTooFew(count) || isTooFew(others.received))
    return emptySection(name, title, 'Too few cases to be told apart: fewer than five are of one of both groups.');
  const told = compared.filter((measure) => [theirs, others].every((row) => isTold(row, measure)));
  const differences = told.map((measure) => ({ measure, ...differenceOf(theirs, others, measure) }));
  const bad = differences.filter(({ isWorse }) => isWorse);
  const number = formatCount(count);
  const sentence = bad.length
    ? `Vulnerable customers (${number} cases) ${joined(
        bad.map(({ measure }) => worse[measure].words),
        'and',
      )} than others.`
    : `Vulnerable customers (${number} cases) fare no worse than others beyond what chance allows.`;
  return {
    name,
    title,
    sentence,
    table: {
      columns: [
        { label: 'Figure', isNumber: false },
        { label: 'Vulnerable', isNumber: false },
        { label: 'Others', isNumber: false },
        { label: 'Difference', isNumber: false },
      ],
      rows: [
        ['Received', number, formatCount(Number(others.received ?? 0)), ''],
        ...differences.map(({ measure, words }) => [
          measureOf(measure).label,
          figureText(theirs, measure, currency),
          figureText(others, measure, currency),
          words,
        ]),
      ],
    },
    note: told.length < compared.length ? 'Figures that rest on fewer than five cases of either group are left out.' : '',
  };
}

function isTold(row: Row, measure: MeasureName): boolean {
  const n = row[`${measure}_n`];
  return typeof row[measure] === 'number' && typeof n === 'number' && !isTooFew(n);
}

function figureText(row: Row, measure: MeasureName, currency: string): string {
  const { unit } = measureOf(measure);
  const n = Number(row[`${measure}_n`]);
  const interval = inOneUnit(formatInterval(row[`${measure}_low`], row[`${measure}_high`], unit, { n, currency }));
  return `${formatValue(row[measure], unit, { n, currency })}${interval ? ` (likely ${interval})` : ''}, n ${formatCount(n)}`;
}

/** Of shares Newcombe's interval of the difference; of times to resolve whether their intervals leave a gap. */
function differenceOf(theirs: Row, others: Row, measure: (typeof compared)[number]): { words: string; isWorse: boolean } {
  const { unit } = measureOf(measure);
  const isWorseUp = worse[measure].side === 'more';
  if (unit === 'share') {
    const share = (row: Row) => ({
      successes: Math.round(Number(row[measure]) * Number(row[`${measure}_n`])),
      n: Number(row[`${measure}_n`]),
    });
    const { difference, lower, upper } = proportionDifference(share(theirs), share(others));
    if (difference === null || lower === null || upper === null) return { words: unknownText, isWorse: false };
    const points = (value: number) => `${value < 0 ? '−' : value > 0 ? '+' : ''}${Math.abs(Math.round(value * 100))}`;
    const isClear = lower > 0 || upper < 0;
    return {
      words: `${points(difference)} points (likely ${points(lower)} to ${points(upper)})${isClear ? '' : ': could be chance'}`,
      isWorse: isClear && difference > 0 === isWorseUp,
    };
  }
  const ends = (row: Row) => [row[`${measure}_low`], row[`${measure}_high`]].map((end) => (typeof end === 'number' ? end : null));
  const [[low, high], [otherLow, otherHigh]] = [ends(theirs), ends(others)] as [(number | null)[], (number | null)[]]; // two ends each
  const isLonger = typeof low === 'number' && typeof otherHigh === 'number' && low > otherHigh;
  const isShorter = typeof high === 'number' && typeof otherLow === 'number' && high < otherLow;
  return { words: isLonger ? 'longer' : isShorter ? 'shorter' : 'no clear difference', isWorse: isLonger && isWorseUp };
}
