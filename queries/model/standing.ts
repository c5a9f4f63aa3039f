import type { Grain } from './buckets.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatBucket, formatInterval, inOneUnit } from './number.ts';
import { signalOf, signals, verdictOf, verdictWords, type Verdict } from './signal.ts';
import type { TableJson } from './wire.ts';

/** How a figure stands beside its own past. */
export interface Standing {
  verdict: Verdict;
  /** "Concern: above its typical range", "as usual", "as last year", "too early to tell". */
  words: string;
  /** Of which period, and what is typical. */
  hint: string;
}

/**
 * How a measure stands: by the last period that is judged.
 * @param series a table of one row a period, asked for with `signals`
 * @returns null where there are no figures
 */
export function standingOf(series: TableJson, measure: MeasureName, grain: Grain, currency: string): Standing | null {
  if (!series.rows.some((row) => typeof row[measure] === 'number')) return null;
  const row = series.rows.findLast(
    (each) => each.complete === 1 && typeof each[measure] === 'number' && typeof each[`${measure}_limit_high`] === 'number',
  );
  if (!row) return { verdict: 'common_cause', words: 'too early to tell', hint: 'Too few whole periods are known to tell what is usual.' };
  const { unit, better } = measureOf(measure);
  const signal = signalOf(row[`${measure}_signal`]);
  const verdict = verdictOf(signal, better);
  const n = row[`${measure}_n`];
  const range = inOneUnit(
    formatInterval(row[`${measure}_limit_low`], row[`${measure}_limit_high`], unit, { n: typeof n === 'number' ? n : null, currency }),
  );
  const words = verdict === 'common_cause' ? (signal === 'seasonal' ? 'as last year' : 'as usual') : verdictWords[verdict];
  const rule = signal && signal !== 'seasonal' ? `: ${signals[signal].words}` : '';
  return { verdict, words, hint: `${formatBucket(grain, String(row.period))}${rule}; typical: ${range}` };
}
