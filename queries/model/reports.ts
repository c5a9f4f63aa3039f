import { addBuckets, addDays, type Grain, startOf } from './buckets.ts';
import { dimensionOf } from './dimensions.ts';
import { measureNames, measureOf, type MeasureName } from './measures.ts';
import { coachingReports } from './coaching-reports.ts';
import { issueReports, oneIssueReports } from './issue-reports.ts';
import type { Query, Where } from './query.ts';
import { grainFor, viewQuery, type View, type Known } from './view.ts';

/** How a table is drawn; `measures` are the value columns in order of drawing. */
export type ChartKind =
  /** Horizontal bars by the first `by`, longest first, with a tick for the window before. */
  | { type: 'bars'; measure: MeasureName; by: string }
  /** One line a member of `by`, at most five of them: `drawnRows` of reading.ts chooses. */
  | { type: 'lines'; measure: MeasureName; by: string }
  /** One line a measure over time, each with its interval as a band. */
  | { type: 'bands'; measures: readonly MeasureName[] }
  /** One line a member: the rate as a dot on its interval, n at the right, the rate of all as an upright line. */
  | { type: 'intervals'; measure: MeasureName; by: string }
  /** One line through measures of one age each, youngest first: what share is still open as cases grow older. */
  | { type: 'curve'; measures: readonly MeasureName[] }
  /** Horizontal bars, the vital few stronger, each with the share of it and all above; of a query with `pareto: true`. */
  | { type: 'pareto'; measure: MeasureName; by: string }
  /** A line of cells a member of `by`, a cell a period, darker for more. */
  | { type: 'heat'; measure: MeasureName; by: string }
  /** A point a member: how far it lies from what its mix of cases would give, by how many cases, between the limits of chance. Needs a fair query. */
  | { type: 'funnel'; measure: MeasureName; by: string };

/** A question, the query that answers it, and how it is drawn. A new chart is a new entry. */
export interface Report {
  name: string;
  title: string;
  question: string;
  /** Laid over the view's period, filters and comparison; `grain: 'view'` takes the grain of the view. */
  query: { measures: MeasureName[] } & Partial<Omit<Query, 'measures' | 'grain' | 'from' | 'to' | 'where'>> & { grain?: Grain | 'view' };
  chart: ChartKind;
  /** Measures that {@link laidOver} draws beside the others, for contrast. */
  overlay?: readonly MeasureName[];
  /** Members it is limited to, whatever the view looks at. */
  only?: Where['members'];
}

/** The value columns a report draws, in order of drawing. */
export function drawnMeasures({ chart }: Pick<Report, 'chart'>): readonly MeasureName[] {
  return 'measures' in chart ? chart.measures : [chart.measure];
}

/** A report with its overlay asked for and drawn. */
export function laidOver(report: Report): Report {
  const { overlay = [], query, chart } = report;
  if (!('measures' in chart)) return report;
  return {
    ...report,
    query: { ...query, measures: [...query.measures, ...overlay] },
    chart: { ...chart, measures: [...chart.measures, ...overlay] },
  };
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
    query: { measures: ['resolution_days_p50', 'resolution_days_p90'], grain: 'view', signals: true },
    chart: { type: 'bands', measures: ['resolution_days_p50', 'resolution_days_p90'] },
  },
  {
    name: 'satisfaction',
    title: 'Satisfaction',
    question: 'How satisfied are they afterwards?',
    query: { measures: ['csat_rate', 'response_rate'], grain: 'view', signals: true },
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

/** What the balance of open cases is made of. */
export const balance: Report = {
  name: 'in_and_out',
  title: 'Received and closed',
  question: 'Is more coming in than going out?',
  query: { measures: ['received', 'closed', 'ended_undated', 'open'], grain: 'view', compare: null },
  chart: { type: 'bands', measures: ['received', 'closed'] },
};

const ages = measureNames.filter((name) => measureOf(name).kind === 'survival');

/** The screen of resolution time, in the order of its figures. */
export const resolutionReports: Report[] = [
  {
    name: 'time_to_resolve',
    title: 'Time to resolve',
    question: 'How long do people wait?',
    query: { measures: ['resolution_days_p50', 'resolution_days_p75', 'resolution_days_p90'], grain: 'view', signals: true },
    chart: { type: 'bands', measures: ['resolution_days_p50', 'resolution_days_p75', 'resolution_days_p90'] },
    overlay: ['resolution_days_closed_p50'],
  },
  {
    name: 'still_open',
    title: 'Still open by age',
    question: 'How many are still waiting as time goes on?',
    query: { measures: ages },
    chart: { type: 'curve', measures: ages },
  },
  {
    name: 'on_time',
    title: 'Resolved on time',
    question: 'Are deadlines kept?',
    query: { measures: ['on_time_rate'], grain: 'view', signals: true },
    chart: { type: 'bands', measures: ['on_time_rate'] },
  },
  {
    name: 'ageing',
    title: 'Open cases by age',
    question: 'How old are the open cases?',
    query: { measures: ['open'], by: ['age_band'], order: 'age_band', compare: null },
    chart: { type: 'bars', measure: 'open', by: 'age_band' },
  },
  {
    name: 'backlog',
    title: 'Open and overdue',
    question: 'Is the backlog growing?',
    query: { measures: ['open', 'overdue'], grain: 'view', compare: null },
    chart: { type: 'bands', measures: ['open', 'overdue'] },
  },
  {
    name: 'first_response',
    title: 'First response',
    question: 'How soon does a person reply?',
    query: { measures: ['first_response_hours_p50', 'first_response_hours_p90'], grain: 'view', signals: true },
    chart: { type: 'bands', measures: ['first_response_hours_p50', 'first_response_hours_p90'] },
  },
  {
    name: 'handed_over',
    title: 'Hand-overs per case',
    question: 'How often do cases change hands?',
    query: { measures: ['handovers_per_case'], grain: 'view', signals: true },
    chart: { type: 'bands', measures: ['handovers_per_case'] },
  },
  balance,
];

/** A rate by the members of a dimension, each beside that of all together. */
function besideAll(by: 'issue' | 'channel' | 'team' | 'wait_band', question: string): Report {
  const { label, type } = dimensionOf(by);
  // Bands have an order of their own; of names those of most answers come first.
  const order = type === 'band' ? by : '-csat_rate_n';
  return {
    name: `satisfaction_by_${by}`,
    title: `Satisfaction by ${label.toLowerCase()}`,
    question,
    query: { measures: ['csat_rate'], by: [by], order, limit: 10, against: 'whole', compare: null },
    chart: { type: 'intervals', measure: 'csat_rate', by },
  };
}

/** The screen of satisfaction, in the order of its figures. */
export const satisfactionReports: Report[] = [
  {
    name: 'satisfied',
    title: 'Satisfied customers',
    question: 'How satisfied are they afterwards?',
    query: { measures: ['csat_rate', 'response_rate'], grain: 'view', signals: true },
    chart: { type: 'bands', measures: ['csat_rate'] },
  },
  // Who was asked last has not had time to answer: beside its own past the newest period would always look low.
  {
    name: 'answering',
    title: 'Surveys answered of those asked',
    question: 'How many of those asked answer?',
    query: { measures: ['response_rate'], grain: 'view' },
    chart: { type: 'bands', measures: ['response_rate'] },
  },
  {
    name: 'recommending',
    title: 'Net promoter score',
    question: 'Would they recommend us?',
    query: { measures: ['nps'], grain: 'view', signals: true },
    chart: { type: 'bands', measures: ['nps'] },
  },
  {
    name: 'ease',
    title: 'Ease',
    question: 'How easy was it for them?',
    query: { measures: ['ces_rate', 'ces_mean'], grain: 'view', signals: true },
    chart: { type: 'bands', measures: ['ces_rate'] },
  },
  besideAll('wait_band', 'Does waiting cost satisfaction?'),
  besideAll('issue', 'After which issues are they less satisfied?'),
  besideAll('channel', 'On which channels?'),
  besideAll('team', 'In which teams?'),
];

export const reports: Report[] = [
  ...trends,
  ...furtherReports,
  ...resolutionReports,
  ...satisfactionReports,
  ...issueReports,
  ...oneIssueReports,
  ...coachingReports,
];

/** The six tiles of the first screen, each a figure, its change and a sparkline. */
export const tiles: { measure: MeasureName; title: string }[] = [
  { measure: 'received', title: 'Received' },
  { measure: 'resolution_days_p50', title: 'Half resolved within' },
  { measure: 'on_time_rate', title: 'Resolved on time' },
  { measure: 'open', title: 'Open' },
  { measure: 'overdue', title: 'Overdue' },
  { measure: 'csat_rate', title: 'Satisfied' },
];

/**
 * The query of a report over what a view looks at. By age it is asked as of the end of its period: who was open then had an age then, also where
 * the case was closed since.
 */
export function reportQuery(report: Report, view: View, known: Known): Query {
  const { grain, ...ask } = report.query;
  const where = report.only ? { where: { ...view.where, members: { ...view.where.members, ...report.only } } } : {};
  const query = viewQuery(view, known, { ...ask, ...where, grain: grain === 'view' ? viewGrain(view, known) : (grain ?? null) });
  return query.by.includes('age_band') && query.to < known.today ? { ...query, asOf: query.to } : query;
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
    seriesQuery(view, known, measures),
  ];
}

/** What the findings of a view are looked for in: its period as far as it is known, in its grain. */
export function findingsQuery(view: View, known: Known): Query {
  const query = viewQuery(view, known, { measures: ['received'], grain: viewGrain(view, known), compare: null });
  return query.to > known.today && query.from <= known.today ? { ...query, to: known.today } : query;
}

// Sparklines of fewer points tell no trend (DOMAIN §6).
const fewestPoints = 12;

/** Figures over time beside their own past: in the grain of a view, but by weeks at least, and of at least twelve periods. */
function seriesQuery(view: View, known: Known, measures: MeasureName[]): Query {
  const chosen = viewGrain(view, known);
  const grain = chosen === 'day' ? 'week' : chosen;
  const query = viewQuery(view, known, { measures, grain, compare: null, signals: true });
  const to = query.to < known.today ? query.to : known.today;
  const from = addBuckets(grain, startOf(grain, to), 1 - fewestPoints);
  return from < query.from ? { ...query, from } : query;
}

/**
 * Everything the screen of resolution time asks, in one request.
 * @returns the queries of {@link resolutionReports} in order, then the totals of the period, then what was open before it began
 */
export function resolutionQueries(view: View, known: Known): Query[] {
  const totals = viewQuery(view, known, {
    measures: ['resolution_days_p50', 'resolution_days_p90', 'received', 'closed', 'ended_undated', 'open'],
  });
  const before = addDays(totals.from, -1);
  return [
    ...resolutionReports.map((report) => reportQuery(view.closedOnly ? laidOver(report) : report, view, known)),
    totals,
    { ...totals, measures: ['open'], compare: null, from: before, to: before },
  ];
}

/**
 * Everything the screen of satisfaction asks, in one request.
 * @returns the queries of {@link satisfactionReports} in order, then the totals of the period
 */
export function satisfactionQueries(view: View, known: Known): Query[] {
  return [
    ...satisfactionReports.map((report) => reportQuery(report, view, known)),
    viewQuery(view, known, { measures: ['csat_rate', 'response_rate', 'nps', 'ces_rate'] }),
  ];
}

/** Everything the screen of coaching asks, in one request: the queries of {@link coachingReports} in order. */
export function coachingQueries(view: View, known: Known): Query[] {
  return coachingReports.map((report) => reportQuery(report, view, known));
}

/** The grain of a view, or the one its period is drawn in when nobody chose. */
export function viewGrain(view: View, known: Known): Grain {
  if (view.grain) return view.grain;
  const { from, to } = viewQuery(view, known, { measures: ['received'] });
  return grainFor(from, to);
}
