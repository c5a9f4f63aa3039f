import { endOf } from '../queries/model/buckets.ts';
import { describeWindow, elapsedWindows } from '../queries/model/describe.ts';
import { measureOf } from '../queries/model/measures.ts';
import { formatBucket, formatDate } from '../queries/model/number.ts';
import type { Query } from '../queries/model/query.ts';
import { reportQuery, reports } from '../queries/model/reports.ts';
import { viewQuery, type Known, type View } from '../queries/model/view.ts';
import type { Drill } from './state/drill.ts';

/** An opened figure: what asks for the cases behind it, and what it is in words. */
export interface Figure {
  query: Query;
  /** "Cases received: Late delivery, November 2026". */
  title: string;
  /** The days it covers as far as they are known, or the day a stock is counted on. */
  when: string;
  isRate: boolean;
  /** What its rows are. */
  noun: 'case' | 'survey';
}

/** What an opened figure is over what a view looks at. */
export function figureOf(drill: Drill, view: View, known: Known): Figure {
  const report = reports.find((r) => r.name === drill.report);
  const query = { ...(report ? reportQuery(report, view, known) : viewQuery(view, known, { measures: [drill.measure] })), compare: null };
  const measure = measureOf(drill.measure);
  const { period, ...labels } = drill.key;
  const bucket = period && query.grain ? { grain: query.grain, period } : null;
  const end = bucket ? endOf(bucket.grain, bucket.period) : query.to;
  const whole = { from: bucket && bucket.period > query.from ? bucket.period : query.from, to: end < query.to ? end : query.to };
  const { current } = elapsedWindows({ current: whole }, known.today);
  const parts = [...Object.values(labels), ...(bucket ? [formatBucket(bucket.grain, bucket.period)] : [])];
  return {
    query,
    title: `${measure.label}${parts.length ? `: ${parts.join(', ')}` : ''}`,
    when: measure.kind === 'stock' ? `at the end of ${formatDate(current.to)}` : describeWindow(current),
    isRate: measure.kind === 'ratio',
    noun: measure.fact === 'survey' ? 'survey' : 'case',
  };
}
