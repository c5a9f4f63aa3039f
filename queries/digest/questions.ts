import type { Grain } from '../model/buckets.ts';
import { addDays } from '../model/buckets.ts';
import { seriesFrom, type DigestPeriod } from '../model/digest-period.ts';
import { emptyWhere, queryOf, type Query, type Where } from '../model/query.ts';
import type { MeasureName } from '../model/measures.ts';
import { resolutionReports, trends, type Report } from '../model/reports.ts';
import { findingQueries } from '../insights/findings.ts';
import type { TableJson } from '../model/wire.ts';

/** The six figures (DOMAIN §6); how many customers there are is recorded nowhere, so the first is a number and no rate. */
export const digestTiles: { measure: MeasureName; title: string }[] = [
  { measure: 'received', title: 'Received' },
  { measure: 'on_time_rate', title: 'Resolved on time' },
  { measure: 'resolution_days_p50', title: 'Half resolved within' },
  { measure: 'uphold_rate', title: 'Upheld' },
  { measure: 'csat_rate', title: 'Satisfied' },
  { measure: 'overdue', title: 'Overdue' },
];

/** The figures drawn, by their reports: what goes wrong, how long people wait, whether deadlines are kept, how satisfied they are. */
export const digestCharts = ['recurring_issues', 'resolution_time', 'on_time', 'satisfaction'] as const;
export type DigestChartName = (typeof digestCharts)[number];

/** The report of a chart. */
export function chartReport(name: DigestChartName): Report {
  const report = [...trends, ...resolutionReports].find((each) => each.name === name);
  if (!report) throw new Error(`there is no report ${name}`);
  return report;
}

/** How many members a table of a digest names at most. */
export const mostNamed = { issues: 8, causes: 6, products: 5 } as const;

/** Of a question more is asked than is told: groups that are too small are put together. */
const asked = 60;

/** What a digest is about. */
export interface DigestSubject {
  period: DigestPeriod;
  where: Where;
  /** ISO 8601 UTC; null: until when the sources are known. */
  asOf: string | null;
}

/**
 * Everything a digest asks, by name.
 * @returns `findings` are the queries whose tables `findingsOf` reads
 */
export function digestQuestions({ period, where, asOf }: DigestSubject): { named: Record<QuestionName, Query>; findings: Query[] } {
  const { from, to, step } = period;
  const whole = (ask: Pick<Query, 'measures'> & Partial<Query>) => queryOf({ from, to, where, asOf, compare: 'previous_period', ...ask });
  const plain = (ask: Pick<Query, 'measures'> & Partial<Query>) => whole({ compare: null, ...ask });
  const series = (ask: Pick<Query, 'measures'> & Partial<Query>) => plain({ from: seriesFrom(period), grain: step, signals: true, ...ask });
  const dayBefore = addDays(from, -1);
  const ofAnyKind: Where = { ...where, members: withoutKind(where.members), not: withoutKind(where.not) };
  const chart = (name: DigestChartName) => {
    const { grain, ...ask } = chartReport(name).query;
    return grain === 'view' ? series({ ...ask, compare: null }) : whole(ask);
  };
  const named: Record<QuestionName, Query> = {
    totals: whole({
      measures: [
        ...digestTiles.map(({ measure }) => measure),
        'resolution_days_p90',
        'response_rate',
        'reopen_rate',
        'escalated',
        'escalation_rate',
        'redress_rate',
        'redress_amount',
        'resolved',
      ],
    }),
    series: series({ measures: digestTiles.map(({ measure }) => measure) }),
    flow: plain({ measures: ['received', 'closed', 'ended_undated', 'open'], grain: step }),
    opening: plain({ measures: ['open'], from: dayBefore, to: dayBefore }),
    issues: whole({ measures: ['received'], by: ['issue'], order: '-received', limit: asked }),
    issueSeries: series({ measures: ['received'], by: ['issue'], order: '-received', limit: 20 }),
    severe: plain({ measures: ['received'], by: ['issue', 'severity'] }),
    status: plain({ measures: ['received'], by: ['status'] }),
    vulnerable: plain({
      measures: ['received', 'resolution_days_p50', 'on_time_rate', 'uphold_rate', 'csat_rate'],
      by: ['vulnerable'],
      order: 'vulnerable',
    }),
    causes: whole({ measures: ['resolved'], by: ['root_cause'], order: '-resolved', limit: asked }),
    levels: whole({ measures: ['escalated'], by: ['escalation_level'], order: 'escalation_level' }),
    redress: plain({ measures: ['resolved', 'redress_amount'], by: ['redress'], order: '-resolved' }),
    compliments: whole({ measures: ['compliments'], where: ofAnyKind }),
    praised: plain({
      measures: ['compliments'],
      by: ['product'],
      order: '-compliments',
      limit: asked,
      where: { ...emptyWhere(), ...ofAnyKind },
    }),
    chart_recurring_issues: chart('recurring_issues'),
    chart_resolution_time: chart('resolution_time'),
    chart_on_time: chart('on_time'),
    chart_satisfaction: chart('satisfaction'),
  };
  const judged = queryOf({ measures: ['received'], from: seriesFrom(period), to, where, asOf, grain: step });
  return { named, findings: findingQueries(judged) };
}

/** What a digest asks. */
export type QuestionName =
  | 'totals'
  | 'series'
  | 'flow'
  | 'opening'
  | 'issues'
  | 'issueSeries'
  | 'severe'
  | 'status'
  | 'vulnerable'
  | 'causes'
  | 'levels'
  | 'redress'
  | 'compliments'
  | 'praised'
  | `chart_${DigestChartName}`;

/** The tables that answer, by the names of the questions. */
export type DigestTables = Record<QuestionName, TableJson>;

/** The grain a chart of a digest is drawn in; null for one over the whole period. */
export function chartGrain(report: Report, { step }: DigestPeriod): Grain | null {
  return report.query.grain === 'view' ? step : null;
}

function withoutKind(members: Where['members']): Where['members'] {
  const rest = { ...members };
  delete rest.kind;
  return rest;
}
