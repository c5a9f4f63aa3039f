import type { Grain, MeasureName } from './model.ts';
import type { Query } from './query.ts';
import { grainFor, viewQuery, type View, type Known } from './view.ts';

/** How a table is drawn; `measures` are the value columns in order of drawing. */
export type ChartKind =
  /** Horizontal bars by the first `by`, longest first, with a tick for the window before. */
  | { type: 'bars'; measure: MeasureName; by: string }
  /** One line a member of `by`, at most five of them: `drawnRows` of reading.ts chooses. */
  | { type: 'lines'; measure: MeasureName; by: string }
  /** One line a measure over time, each with its interval as a band. */
  | { type: 'bands'; measures: readonly MeasureName[] };

/** A question, the query that answers it, and how it is drawn. A new chart is a new entry. */
export interface Report {
  name: string;
  title: string;
  question: string;
  /** Laid over the view's period, filters and comparison; `grain: 'view'` takes the grain of the view. */
  query: { measures: MeasureName[] } & Partial<Omit<Query, 'measures' | 'grain' | 'from' | 'to' | 'where'>> & { grain?: Grain | 'view' };
  chart: ChartKind;
}

/** The three trends of the first screen. */
export const trends: Report[] = [
  {
    name: 'recurring_issues',
    title: 'Recurring issues',
    question: 'What keeps going wrong?',
    query: { measures: ['received'], by: ['issue'], limit: 10, order: '-received' },
    chart: { type: 'bars', measure: 'received', by: 'issue' },
  },
  {
    name: 'resolution_time',
    title: 'Resolution time',
    question: 'How long do people wait?',
    query: { measures: ['resolution_days_p50', 'resolution_days_p90'], grain: 'view' },
    chart: { type: 'bands', measures: ['resolution_days_p50', 'resolution_days_p90'] },
  },
  {
    name: 'satisfaction',
    title: 'Satisfaction',
    question: 'How satisfied are they afterwards?',
    query: { measures: ['csat_rate', 'response_rate'], grain: 'view' },
    chart: { type: 'bands', measures: ['csat_rate'] },
  },
];

/** Further charts that screens and exports can ask for by name. */
export const furtherReports: Report[] = [
  {
    name: 'issues_over_time',
    title: 'Issues over time',
    question: 'Which issues rise or fall?',
    query: { measures: ['received'], by: ['issue'], grain: 'view', limit: 10, order: '-received', compare: null },
    chart: { type: 'lines', measure: 'received', by: 'issue' },
  },
];

export const reports: Report[] = [...trends, ...furtherReports];

/** The six tiles of the first screen, each a figure, its change and a sparkline. */
export const tiles: { measure: MeasureName; title: string }[] = [
  { measure: 'received', title: 'Received' },
  { measure: 'resolution_days_p50', title: 'Half resolved within' },
  { measure: 'on_time_rate', title: 'Resolved on time' },
  { measure: 'open', title: 'Open' },
  { measure: 'overdue', title: 'Overdue' },
  { measure: 'csat_rate', title: 'Satisfied' },
];

/** The query of a report over what a view looks at. */
export function reportQuery(report: Report, view: View, known: Known): Query {
  const { grain, ...ask } = report.query;
  return viewQuery(view, known, { ...ask, grain: grain === 'view' ? viewGrain(view, known) : (grain ?? null) });
}

/**
 * Everything the first screen asks, in one request.
 * @returns the queries of {@link trends} in order, then the totals of the tiles, then their series over time
 */
export function overviewQueries(view: View, known: Known): Query[] {
  const measures = tiles.map((t) => t.measure);
  return [
    ...trends.map((report) => reportQuery(report, view, known)),
    viewQuery(view, known, { measures }),
    viewQuery(view, known, { measures, grain: viewGrain(view, known), compare: null }),
  ];
}

/** The grain of a view, or the one its period is drawn in when nobody chose. */
export function viewGrain(view: View, known: Known): Grain {
  if (view.grain) return view.grain;
  const { from, to } = viewQuery(view, known, { measures: ['received'] });
  return grainFor(from, to);
}
