import { countInWords } from '../queries/model/describe.ts';
import type { Grain } from '../queries/model/buckets.ts';
import { noneLabel, otherLabel } from '../queries/model/dimensions.ts';
import { measureOf } from '../queries/model/measures.ts';
import { formatBucket, formatCount, formatInterval, formatValue } from '../queries/model/number.ts';
import { judge, signalOf, signals } from '../queries/model/signal.ts';
import type { Row, TableJson, Value } from '../queries/model/wire.ts';
import { changeOfRow } from '../queries/model/change-words.ts';

/**
 * The first sentence of the screen of issues: which is named most, and how that changed.
 * @param counts a table of `received` by issue, with `pareto`
 */
export function issuesHeadline({ rows }: TableJson): string {
  const total = rows.reduce((sum, row) => sum + (numberOf(row.received) ?? 0), 0);
  const [top] = rows.filter((row) => row.issue !== noneLabel && row.issue !== otherLabel);
  const count = numberOf(top?.received);
  if (total === 0) return 'No cases match in this period.';
  if (!top || !count) return 'No issue is recorded for these cases.';
  const share = total < 10 ? '' : ` (${formatValue(count / total, 'share', { n: 0 })})`;
  const change = changeOfRow(top, 'received', '');
  return `“${top.issue}” comes up most: ${formatCount(count)} of ${countInWords(total, 'case')}${share}${change ? `, ${change}` : ''}.`;
}

/**
 * How many cases an issue has, and what share of all they are.
 * @param facts one row, over the whole period
 */
export function issueHeadline(facts: TableJson): string {
  const row = facts.rows[0] ?? {};
  const received = numberOf(row.received);
  if (received === null) return '';
  if (received === 0) return 'No case in this period is about it.';
  const change = changeOfRow(row, 'received', '');
  const n = numberOf(row.issue_share_n);
  const share = n ? `; that is ${formatValue(row.issue_share, 'share', { n })} of all ${formatCount(n)}` : '';
  return `${countInWords(received, 'case')} came in${change ? `, ${change}` : ''}${share}.`;
}

/**
 * The written rule the newest whole period breaks, and since when without a break; else the last one broken in what is shown.
 * @param table `received` over time, with `signals`
 */
export function issueSignal(table: TableJson, grain: Grain): string {
  if (!table.limits?.length) return `Too early to tell whether that is more than usual: too few whole ${grain}s are known to judge by.`;
  const whole = table.rows.filter((row) => row.complete === 1 && numberOf(row.received) !== null);
  const last = whole.findLastIndex((row) => directionOf(row) !== null);
  const row = whole[last];
  if (!row) {
    const seasonal = whole.some((each) => each.received_signal === 'seasonal');
    return `It varies as it usually does${seasonal ? ', with the season' : ''}: no ${grain} shown breaks a rule.`;
  }
  const direction = directionOf(row);
  let first = last;
  while (whole[first - 1] && directionOf(whole[first - 1]) === direction) first--;
  const signal = signalOf(row.received_signal);
  const words = signal ? signals[signal].words : '';
  const range = formatInterval(row.received_limit_low, row.received_limit_high, 'cases');
  const typical = range ? ` (typically ${range})` : '';
  const when = inBucket(grain, row);
  const since =
    first < last ? `; it has been ${direction === 'up' ? 'high' : 'low'} since ${formatBucket(grain, String(whole[first]?.period))}` : '';
  const now = `${countInWords(Number(row.received), 'case')}${typical}, ${words}${since}`;
  if (last === whole.length - 1) return `Not as usual: in ${when} ${now}.`;
  return `As usual now; ${when} was not: ${now.replace('; it has been', '; it was')}.`;
}

function directionOf(row: Row | undefined): 'up' | 'down' | null {
  const signal = signalOf(row?.received_signal);
  return signal ? signals[signal].direction : null;
}

function inBucket(grain: Grain, row: Row): string {
  return `${grain === 'week' ? 'the ' : ''}${formatBucket(grain, String(row.period))}`;
}

/** What a signal of more or fewer cases means, for its colour: improvement, concern or neither. */
export function toneOf(table: TableJson): 'improvement' | 'concern' | null {
  const last = table.rows.findLast((row) => row.complete === 1 && numberOf(row.received) !== null);
  const verdict = judge(directionOf(last), measureOf('received').better);
  return verdict === 'improvement' || verdict === 'concern' ? verdict : null;
}

function numberOf(value: Value | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
