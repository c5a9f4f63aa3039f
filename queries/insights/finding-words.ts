import { capital, countInWords, describeLimits } from '../model/describe.ts';
import type { Grain } from '../model/buckets.ts';
import { measureOf, type MeasureName } from '../model/measures.ts';
import { formatBucket, formatInterval, formatValue, inOneUnit } from '../model/number.ts';
import { signals, type SignalName } from '../model/signal.ts';
import type { LimitsJson, Row } from '../model/wire.ts';

/** What a measure is called as the subject of a sentence. */
const subjects: Partial<Record<MeasureName, string>> = {
  resolution_days_p50: 'The time within which half are resolved',
  on_time_rate: 'The share resolved on time',
  csat_rate: 'The share satisfied',
  reopen_rate: 'The share reopened within 30 days',
};

/**
 * A finding as a sentence: "Billing rose above its typical range: 41 in the week of 9 Nov 2026 against 22 to 35."
 * @param run the periods on one side of the usual level, or of a rise or fall, ascending; the last is told of
 */
export function describeFinding(found: {
  measure: MeasureName;
  key: Record<string, string>;
  grain: Grain;
  run: readonly Row[];
  signal: SignalName;
}): string {
  const { measure, key, grain, run, signal } = found;
  const last = run.at(-1) ?? {};
  const { unit, kind } = measureOf(measure);
  const context = { n: Number(last[`${measure}_n`] ?? 0) };
  const text = (value: Row[string] | undefined) => formatValue(value, unit, context);
  const when = `${kind === 'stock' ? 'at the end of' : 'in'} ${grain === 'week' ? 'the ' : ''}${formatBucket(grain, String(last.period))}`;
  const subject = Object.values(key).length ? `“${Object.values(key).join(', ')}”` : (subjects[measure] ?? measureOf(measure).label);
  const range = inOneUnit(formatInterval(last[`${measure}_limit_low`], last[`${measure}_limit_high`], unit, context));
  const usual = text(last[`${measure}_centre`]);
  const value = text(last[measure]);
  const isUp = signals[signal].direction === 'up';
  switch (signal) {
    case 'above_limits':
    case 'below_limits':
      return `${subject} ${isUp ? 'rose above' : 'fell below'} the typical range: ${value} ${when} against ${range}.`;
    case 'rising':
    case 'falling':
      return run.length < 7
        ? `${subject} ${isUp ? 'rose' : 'fell'} six ${grain}s in a row, to ${value} ${when}.`
        : `${subject} ${isUp ? 'rose' : 'fell'} six ${grain}s in a row, from ${text(run[0]?.[measure])} to ${value} ${when}.`;
    default:
      // What is shown may begin in the middle of a run.
      return `${subject} stayed ${isUp ? 'above' : 'below'} the usual level for ${run.length < 7 ? 'seven or more' : run.length} ${grain}s: ${text(averageOf(measure, run))} on average, usually ${usual}.`;
  }
}

/** The level of several periods: shares and rates by what they rest on. */
function averageOf(measure: MeasureName, run: readonly Row[]): number {
  const isWeighted = ['share', 'per_case'].includes(measureOf(measure).unit);
  const weights = run.map((row) => (isWeighted ? Number(row[`${measure}_n`]) : 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return run.reduce((sum, row, i) => sum + Number(row[measure]) * (weights[i] ?? 0), 0) / total;
}

/** The same without the method, for who has no screen to ask: "above its typical range, which comes from 24 months, January 2024 to December 2025". */
export function describeBasis(signal: SignalName, { periods, from, to }: LimitsJson, grain: Grain): string {
  return `${capital(signals[signal].words)}; what is typical comes from ${countInWords(periods, grain)}, ${formatBucket(grain, from)} to ${formatBucket(grain, to)}.`;
}

/** Why a finding is one: the rule and what it is judged by. */
export function describeRule(signal: SignalName, limits: LimitsJson, grain: Grain): string {
  return `The rule: ${signals[signal].words}. ${describeLimits(limits, grain)}`;
}
