import type { DimensionName } from './dimensions.ts';
import type { MeasureName } from './measures.ts';
import type { Report } from './reports.ts';
import type { Weight } from './view.ts';

function weighed(name: string, measure: MeasureName, title: string, question: string): Report {
  return {
    name,
    title,
    question,
    // Open cases of before have waited longer until now: their days are not to be compared.
    query: {
      measures: [measure],
      by: ['issue'],
      limit: 15,
      order: `-${measure}`,
      pareto: true,
      ...(measure === 'days_lost' && { compare: null }),
    },
    chart: { type: 'pareto', measure, by: 'issue' },
  };
}

/** The issues by what they weigh, a report for each way of weighing. */
export const issuesBy: Record<Weight, Report> = {
  count: weighed('issues_by_count', 'received', 'Issues by cases', 'Which few issues make most of it?'),
  days_lost: weighed('issues_by_days_lost', 'days_lost', 'Issues by time lost', 'Which issues cost customers most time?'),
  redress: weighed('issues_by_redress', 'redress_amount', 'Issues by redress', 'Which issues cost most money?'),
  dissatisfied: weighed(
    'issues_by_dissatisfied',
    'dissatisfied',
    'Issues by dissatisfaction',
    'Which issues leave most people dissatisfied?',
  ),
};

/** How many cases of each issue came in when; beside the same periods a year before, so that a season is no news. */
export const issuesOverTime: Report = {
  name: 'issues_heat',
  title: 'Issues over time',
  question: 'When did which issue come up?',
  query: { measures: ['received'], by: ['issue'], grain: 'view', limit: 15, order: '-received', compare: 'previous_year' },
  chart: { type: 'heat', measure: 'received', by: 'issue' },
};

/** How often each issue is what a case is mainly about, and how often it is named at all. */
export const issuesMentioned: Report = {
  name: 'issues_mentioned',
  title: 'Named first or mentioned',
  question: 'Which issues are mentioned beside another?',
  query: { measures: ['mentions', 'received'], by: ['issue'], limit: 15, order: '-mentions', compare: null },
  chart: { type: 'bars', measure: 'mentions', by: 'issue' },
};

export const issueReports: Report[] = [...Object.values(issuesBy), issuesOverTime, issuesMentioned];

function cameFrom(name: string, by: DimensionName, title: string, question: string): Report {
  return {
    name,
    title,
    question,
    query: { measures: ['received'], by: [by], limit: 8, order: '-received' },
    chart: { type: 'bars', measure: 'received', by },
  };
}

/** How many cases of the issue came in over time. */
export const issueReceived: Report = {
  name: 'issue_received',
  title: 'Cases of the issue',
  question: 'Is it more than usual?',
  query: { measures: ['received'], grain: 'view', signals: true },
  chart: { type: 'bands', measures: ['received'] },
};

/** The same against everything that came in: where all cases come and go, a count alone would follow them. */
export const issueShare: Report = {
  name: 'issue_share',
  title: 'Share of the issue',
  question: 'Is it a larger share of all?',
  query: { measures: ['issue_share'], grain: 'view', signals: true },
  chart: { type: 'bands', measures: ['issue_share'] },
};

/** The charts of the page of one issue, whose label stands in the filter. */
export const oneIssueCharts: Report[] = [
  issueReceived,
  issueShare,
  cameFrom('issue_kinds', 'sub_issue', 'Kinds of the issue', 'What exactly goes wrong?'),
  cameFrom('issue_channels', 'channel', 'Channels of the issue', 'How does it reach us?'),
  cameFrom('issue_teams', 'team', 'Teams of the issue', 'Who owns these cases?'),
  cameFrom('issue_companies', 'company', 'Companies of the issue', 'Which company is it about?'),
];

/** What there is to tell of one issue over the whole period. */
export const issueFacts: Report = {
  name: 'issue_facts',
  title: 'The issue in figures',
  question: 'What does it mean for customers?',
  query: {
    measures: ['received', 'issue_share', 'resolution_days_p50', 'resolution_days_p90', 'handovers_per_case', 'csat_rate', 'repeat_rate'],
  },
  chart: { type: 'bands', measures: ['received'] },
};

export const oneIssueReports: Report[] = [...oneIssueCharts, issueFacts];
