import { countInWords } from './describe.ts';
import type { Grain } from './buckets.ts';
import { formatBucket, formatCount } from './number.ts';
import type { Row, TableJson, Value } from './wire.ts';

/** A period of the balance of open cases; null for what is not known. */
export interface FlowLine {
  /** First date of the bucket; null: the whole period. */
  period: string | null;
  isComplete: boolean;
  /** Open when it began, as the stock before says. */
  opening: number | null;
  received: number | null;
  closed: number | null;
  /** Received, and ended on a day nobody recorded: in neither `closed` nor a stock. */
  undated: number | null;
  /** Open when it ended, as the stock says. */
  closing: number | null;
  /** How many too many the stock has at the end: 0 adds up. */
  gap: number | null;
}

/**
 * The balance of open cases: open before + received − ended without a date − closed = open after, for every period and for the whole.
 * Every part is a figure of its own from the store, and none is worked out from the others; so a wrong one shows.
 * @param series received, closed, ended_undated and open over time, in the order of time
 * @param totals the same over the whole period
 * @param before open when the period began
 * @returns a line a period, then one of the whole where there is more than one
 */
export function flowLines(series: TableJson, totals: TableJson, before: TableJson): FlowLine[] {
  // Nothing is known of a day before any case: nothing was open then.
  const start = before.rows.length ? numberOf(before.rows[0]?.open) : 0;
  let opening = start;
  const lines = series.rows.map((row) => {
    const line = lineOf(row, opening);
    opening = line.closing;
    return line;
  });
  const whole = totals.rows[0];
  return whole && lines.length > 1 ? [...lines, { ...lineOf(whole, start), period: null }] : lines;
}

/** Whether all that is known adds up; null where nothing is known. */
export function doesAddUp(lines: readonly FlowLine[]): boolean | null {
  const known = lines.filter((line) => line.gap !== null);
  return known.length ? known.every((line) => line.gap === 0) : null;
}

/** What the balance says, in a sentence: the sum of the whole period, or the first line that does not add up. */
export function describeFlow(lines: readonly FlowLine[], grain: Grain): string {
  const last = lines.at(-1);
  const wrong = lines.filter((line) => line.gap !== null && line.gap !== 0);
  const first = wrong[0];
  if (first) {
    const others = wrong.length > 1 ? ` and ${countInWords(wrong.length - 1, 'other line')}` : '';
    return `These figures do not add up: ${flowPeriod(first, grain)}${others}. ${sumInWords(first)}, not ${formatCount(first.closing ?? 0)}.`;
  }
  if (last?.gap !== 0) return 'What was open is not known for this period.';
  const every = lines.length > 1 ? ', and every line adds up' : ', which adds up';
  return `${sumInWords(last)} open at the end${every}.`;
}

/** What a line says of itself: "adds up", "does not add up: 2 too many". */
export function describeGap({ gap }: FlowLine): string {
  if (gap === null) return 'not known';
  if (gap === 0) return 'adds up';
  return `does not add up: ${formatCount(Math.abs(gap))} too ${gap > 0 ? 'many' : 'few'}`;
}

/** What a line is about: "November 2026 (so far)", "whole period". */
export function flowPeriod({ period, isComplete }: Pick<FlowLine, 'period' | 'isComplete'>, grain: Grain): string {
  return period === null ? 'whole period' : `${formatBucket(grain, period)}${isComplete ? '' : ' (so far)'}`;
}

function sumInWords({ opening, received, closed, undated }: FlowLine): string {
  const [from, came, gone, lost] = [opening, received, closed, undated].map((value) => value ?? 0) as [number, number, number, number];
  const without = lost ? ` − ${formatCount(lost)} ended without a date` : '';
  return `${formatCount(from)} open at the start + ${formatCount(came)} received − ${formatCount(gone)} closed${without} = ${formatCount(from + came - gone - lost)}`;
}

function lineOf(row: Row, opening: number | null): FlowLine {
  const [received, closed, undated, closing] = [row.received, row.closed, row.ended_undated, row.open].map(numberOf) as Numbers;
  const isKnown = opening !== null && received !== null && closed !== null && undated !== null && closing !== null;
  return {
    period: typeof row.period === 'string' ? row.period : null,
    isComplete: row.complete === 1,
    opening,
    received,
    closed,
    undated,
    closing,
    gap: isKnown ? closing - (opening + received - undated - closed) : null,
  };
}

type Numbers = [number | null, number | null, number | null, number | null];

function numberOf(value: Value | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
