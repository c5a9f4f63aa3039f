import { controllabilities, escalationLevels, kinds, outcomes, redressTypes, severities, statuses, surveyKinds } from '../../etl/record.ts';
import type { Measure, Need } from './measure.ts';

/** A way to split or filter figures. Fixed lists and bands have their members here; the members of labels are in the store. */
export interface Dimension {
  label: string;
  /** The same in a sentence, for several of them. */
  plural: string;
  description: string;
  /** `fixed`: code = position in `members` from 1. `label`: table `label`. `flag`: members for 0 and 1. `band`: computed from a time. */
  type: 'fixed' | 'label' | 'flag' | 'band';
  members?: readonly string[];
  /** The dimension whose label stands above: members read "parent › member". */
  parent?: string;
}

/** Steps of time; weeks begin on Monday. */
export const grains = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Grain = (typeof grains)[number];

/** The member of rows without a value, and what a limit leaves over. */
export const noneLabel = '(none)';
export const otherLabel = '(other)';
/** Stands between the two levels of a sub-member's name: "Mortgage › FHA". */
export const subSeparator = ' › ';

/** Bands of whole days, `from` inclusive, `below` exclusive: FCA's 8 weeks are 56 days. */
export const bands = [
  { label: '0–7 days', from: 0, below: 8 },
  { label: '8–30 days', from: 8, below: 31 },
  { label: '31–56 days', from: 31, below: 57 },
  { label: '> 56 days', from: 57, below: null },
] as const satisfies { label: string; from: number; below: number | null }[];
const bandLabels = bands.map((b) => b.label);

export const dimensions = {
  kind: { type: 'fixed', members: kinds, label: 'Kind', plural: 'kinds', description: 'Complaint, compliment, suggestion or enquiry.' },
  channel: { type: 'label', label: 'Channel', plural: 'channels', description: 'How the case reached us.' },
  company: { type: 'label', label: 'Company', plural: 'companies', description: 'The organisation or brand complained about.' },
  product: { type: 'label', label: 'Product', plural: 'products', description: 'The product or service it is about.' },
  sub_product: { type: 'label', parent: 'product', label: 'Sub-product', plural: 'sub-products', description: 'A kind of the product.' },
  issue: {
    type: 'label',
    label: 'Issue',
    plural: 'issues',
    description: 'What the customer says went wrong; the primary one of the case.',
  },
  sub_issue: { type: 'label', parent: 'issue', label: 'Sub-issue', plural: 'sub-issues', description: 'A kind of the issue.' },
  severity: { type: 'fixed', members: severities, label: 'Severity', plural: 'severities', description: 'Harm done or threatened.' },
  region: { type: 'label', label: 'Region', plural: 'regions', description: 'Where the customer or the matter is.' },
  segment: { type: 'label', label: 'Segment', plural: 'segments', description: 'The kind of customer.' },
  team: { type: 'label', label: 'Team', plural: 'teams', description: 'Who owns the case.' },
  agent: { type: 'label', label: 'Agent', plural: 'agents', description: 'Who handles the case; for surveys, whom the answer is about.' },
  root_cause: { type: 'label', label: 'Root cause', plural: 'root causes', description: 'Why it happened, decided while handling.' },
  controllability: {
    type: 'fixed',
    members: controllabilities,
    label: 'Controllability',
    plural: 'kinds of control',
    description: 'In whose hands the cause lies.',
  },
  theme: { type: 'label', label: 'Theme', plural: 'themes', description: 'What could be coached: a behaviour.' },
  outcome: { type: 'fixed', members: outcomes, label: 'Outcome', plural: 'outcomes', description: 'What was decided.' },
  redress: { type: 'fixed', members: redressTypes, label: 'Redress', plural: 'kinds of redress', description: 'What we gave.' },
  status: { type: 'fixed', members: statuses, label: 'Status', plural: 'statuses', description: 'Where the case stands now.' },
  escalation_level: {
    type: 'fixed',
    members: escalationLevels,
    label: 'Escalation level',
    plural: 'escalation levels',
    description: 'The highest level reached.',
  },
  source: { type: 'label', label: 'Source', plural: 'sources', description: 'Where the record came from.' },
  vulnerable: {
    type: 'flag',
    members: ['no', 'yes'],
    label: 'Vulnerable customer',
    plural: 'circumstances',
    description: 'Known to be in circumstances that call for particular care.',
  },
  wait_band: {
    type: 'band',
    members: bandLabels,
    label: 'Time to resolve',
    plural: 'times to resolve',
    description: 'Whole days from received to resolved.',
  },
  age_band: {
    type: 'band',
    members: bandLabels,
    label: 'Age while open',
    plural: 'ages',
    description: 'Whole days a case that is still open has been open.',
  },
} as const satisfies Record<string, Dimension>;
export type DimensionName = keyof typeof dimensions;
export const dimensionNames = Object.keys(dimensions) as DimensionName[];

/** Filters by a number, lower edge inclusive, upper exclusive. */
export const ranges = {
  resolution_days: { label: 'Days to resolve', unit: 'days', description: 'Days from received to resolved.' },
  open_age_days: { label: 'Days open', unit: 'days', description: 'Days a case that is still open has been open.' },
  score: { label: 'Survey score', unit: 'score', description: 'The score of an answered survey of the case.' },
} as const;
export type RangeName = keyof typeof ranges;
export const rangeNames = Object.keys(ranges) as RangeName[];

const endTimes: Need = { anyOf: ['resolved_at', 'closed_at', 'withdrawn_at'], message: 'no end times in this source' };
const resolutionTimes: Need = { anyOf: ['resolved_at'], message: 'no resolution times in this source' };
const surveys: Need = { anyOf: ['surveys.answered_at'], message: 'no satisfaction answers in this source' };
const complaintsUpheld = outcomes.indexOf('upheld') + 1;
const partlyUpheld = outcomes.indexOf('partly upheld') + 1;
const notUpheld = outcomes.indexOf('not upheld') + 1;
const agentBehaviour = controllabilities.indexOf('agent behaviour') + 1;
const csat = surveyKinds.indexOf('csat') + 1;
const nps = surveyKinds.indexOf('nps') + 1;
const ces = surveyKinds.indexOf('ces') + 1;
const unknownEnd = { column: 'is_ended_on_unknown_date', op: 'is', value: 1 } as const;
const knownEnd = { column: 'is_ended_on_unknown_date', op: 'is', value: 0 } as const;

/** The share of what was received that was not resolved at an age: how long people wait, read the other way round. */
function openAfter(days: number) {
  const age = days === 1 ? '1 day' : `${days} days`;
  return {
    kind: 'survival',
    fact: 'case',
    on: 'received',
    of: 'resolution',
    days,
    unit: 'share',
    better: 'lower',
    label: `Still open after ${age}`,
    needs: [endTimes, resolutionTimes],
    description: `Share of the cases received that were not resolved ${age} later; younger cases count as long as they have waited.`,
  } as const;
}

/** Every figure the product can show, defined once (DESIGN §6). */
export const measures = {
  received: {
    kind: 'count',
    fact: 'case',
    on: 'received',
    unit: 'cases',
    better: 'lower',
    label: 'Cases received',
    description: 'Cases by the date they were received.',
  },
  resolved: {
    kind: 'count',
    fact: 'case',
    on: 'resolved',
    unit: 'cases',
    better: 'neither',
    label: 'Cases resolved',
    needs: [endTimes, resolutionTimes],
    description: 'Cases by the date of the final response that still stands.',
  },
  closed: {
    kind: 'count',
    fact: 'case',
    on: 'left',
    unit: 'cases',
    better: 'neither',
    label: 'Cases closed',
    where: [knownEnd],
    description: 'Cases by the date they ended: resolved, else withdrawn, else closed; an end before receipt counts on the day of receipt.',
  },
  ended_undated: {
    kind: 'count',
    fact: 'case',
    on: 'received',
    unit: 'cases',
    better: 'neither',
    label: 'Ended without a date',
    where: [unknownEnd],
    description: 'Cases by the date they were received that have ended, though nobody recorded when: they are neither open nor closed.',
  },
  withdrawn: {
    kind: 'count',
    fact: 'case',
    on: 'withdrawn',
    unit: 'cases',
    better: 'neither',
    label: 'Cases withdrawn',
    needs: [{ anyOf: ['withdrawn_at'], message: 'withdrawals are not recorded in this source' }],
    description: 'Cases by the date the customer withdrew.',
  },
  reopened: {
    kind: 'count',
    fact: 'case',
    on: 'first_reopened',
    unit: 'cases',
    better: 'lower',
    label: 'Cases reopened',
    needs: [{ anyOf: ['first_reopened_at', 'reopen_count', 'events'], message: 'reopening is not recorded in this source' }],
    description: 'Cases by the date they were first reopened; each counts once.',
  },
  escalated: {
    kind: 'count',
    fact: 'case',
    on: 'first_escalated',
    unit: 'cases',
    better: 'lower',
    label: 'Cases escalated',
    needs: [{ anyOf: ['first_escalated_at', 'events'], message: 'the date of escalation is not recorded in this source' }],
    description: 'Cases by the date they were first escalated; each counts once.',
  },
  coachable: {
    kind: 'count',
    fact: 'case',
    on: 'received',
    where: [{ column: 'controllability', op: 'is', value: agentBehaviour }],
    unit: 'cases',
    better: 'lower',
    label: 'Down to behaviour',
    needs: [
      { anyOf: ['controllability'], message: 'in whose hands causes lie is not recorded in this source' },
      { anyOf: ['theme'], message: 'what could be coached is not recorded in this source' },
    ],
    description: 'Cases by the date they were received whose cause lies in how somebody acted, and so can be coached.',
  },
  compliments: {
    kind: 'count',
    fact: 'case',
    on: 'received',
    where: [{ column: 'kind', op: 'is', value: kinds.indexOf('compliment') + 1 }],
    unit: 'cases',
    better: 'higher',
    label: 'Compliments',
    description: 'Cases of the kind compliment by the date they were received.',
  },
  duplicates: {
    kind: 'count',
    fact: 'case',
    on: 'received',
    where: [{ column: 'is_duplicate', op: 'is', value: 1 }],
    unit: 'cases',
    better: 'lower',
    label: 'Duplicates',
    description: 'Cases marked as the same matter as another case; they count in nothing else.',
  },
  mentions: {
    kind: 'count',
    fact: 'case_issue',
    on: 'received',
    unit: 'cases',
    better: 'lower',
    label: 'Cases naming the issue',
    description: 'Cases that name the issue anywhere, not only as their primary one; a case naming two issues counts under both.',
  },
  surveys_answered: {
    kind: 'count',
    fact: 'survey',
    on: 'answered',
    unit: 'surveys',
    better: 'neither',
    label: 'Surveys answered',
    needs: [surveys],
    description: 'Surveys by the date they were answered.',
  },
  redress_amount: {
    kind: 'count',
    fact: 'case',
    on: 'redress',
    sum: 'redress_minor',
    unit: 'money',
    better: 'lower',
    label: 'Redress paid',
    needs: [{ anyOf: ['redress_amount'], message: 'amounts of redress are not recorded in this source' }],
    description:
      "Money given, in the organisation's currency, by the date it was paid, else resolved, else received; n counts the cases with an amount above nothing.",
  },
  days_lost: {
    kind: 'count',
    fact: 'case',
    on: 'received',
    sum: 'waited_minutes',
    where: [knownEnd, { column: 'is_time_impossible', op: 'is', value: 0 }],
    unit: 'days',
    better: 'lower',
    label: 'Time lost',
    needs: [endTimes],
    description:
      'Days from received to the end of the case, added up; a case still open counts the days it has waited. Cases that ended on an unknown date, or with times in an impossible order, are left out.',
  },
  dissatisfied: {
    kind: 'count',
    fact: 'survey',
    on: 'answered',
    where: [
      { column: 'survey_kind', op: 'is', value: csat },
      { column: 'is_satisfied', op: 'is', value: 0 },
    ],
    unit: 'surveys',
    better: 'lower',
    label: 'Dissatisfied answers',
    needs: [surveys],
    description: 'Satisfaction answers that are not satisfied by the rule of their scale, by the date they were answered.',
  },
  open: {
    kind: 'stock',
    fact: 'case',
    enter: 'received',
    leave: 'left',
    where: [knownEnd],
    left: [],
    unit: 'cases',
    better: 'lower',
    label: 'Open cases',
    description: 'Cases received and not ended at the end of the period; open at the start + received − closed = open at the end.',
  },
  overdue: {
    kind: 'stock',
    fact: 'case',
    enter: 'due',
    leave: 'left',
    unit: 'cases',
    better: 'lower',
    label: 'Overdue cases',
    where: [
      knownEnd,
      { column: 'due_at', op: 'passed' },
      { any: [[{ column: 'ended_at', op: 'unknown' }], [{ column: 'ended_past_due', op: 'is', value: 1 }]] },
    ],
    left: [{ column: 'ended_past_due', op: 'is', value: 1 }],
    needs: [{ anyOf: ['due_at', 'sla_policy'], message: 'no due dates in this source' }],
    description: 'Cases past their due date and not ended at the end of the period.',
  },
  on_time_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'due',
    interval: 'wilson',
    unit: 'share',
    better: 'higher',
    label: 'Resolved on time',
    whole: [
      knownEnd,
      { column: 'due_at', op: 'passed' },
      { any: [[{ column: 'resolved_at', op: 'by_then' }], [{ column: 'ended_at', op: 'not_by_then' }]] },
    ],
    part: [{ column: 'is_on_time', op: 'is', value: 1 }],
    needs: [{ anyOf: ['due_at', 'sla_policy'], message: 'no due dates in this source' }, endTimes],
    description:
      'Share of the cases whose due date has passed that were resolved by it; a case still open past its due date is late, one ended otherwise is left out.',
  },
  acknowledged_on_time_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'received',
    interval: 'wilson',
    unit: 'share',
    better: 'higher',
    label: 'Acknowledged on time',
    whole: [{ column: 'acknowledgement_due_at', op: 'passed' }],
    part: [{ column: 'is_acknowledged_on_time', op: 'is', value: 1 }],
    needs: [{ anyOf: ['acknowledgement_due_at', 'sla_policy'], message: 'no limits for acknowledgement in this source' }],
    description: 'Share of the cases whose limit for acknowledgement has passed that were acknowledged within it.',
  },
  early_resolution_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'received',
    interval: 'wilson',
    unit: 'share',
    better: 'higher',
    label: 'Resolved early',
    whole: [{ column: 'summary_due_at', op: 'passed' }],
    part: [{ column: 'is_resolved_early', op: 'is', value: 1 }],
    needs: [{ anyOf: ['summary_due_at', 'sla_policy'], message: 'no limits for early resolution in this source' }, endTimes],
    description: 'Share of the cases whose limit for early resolution has passed that were resolved within it.',
  },
  first_contact_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'received',
    interval: 'wilson',
    unit: 'share',
    better: 'higher',
    label: 'Resolved at first contact',
    whole: [knownEnd],
    part: [
      { column: 'is_first_contact', op: 'is', value: 1 },
      { any: [[{ column: 'resolved_at', op: 'unknown' }], [{ column: 'resolved_at', op: 'by_then' }]] },
    ],
    needs: [{ anyOf: ['first_contact', 'resolved_at'], message: 'no end times in this source' }],
    description:
      'Share of the cases received that were resolved the day they came, without hand-over and not reopened, or that the source itself marks so.',
  },
  uphold_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'resolved',
    interval: 'wilson',
    unit: 'share',
    better: 'lower',
    label: 'Upheld',
    whole: [{ column: 'outcome', op: 'in', value: [complaintsUpheld, partlyUpheld, notUpheld] }],
    part: [{ column: 'outcome', op: 'in', value: [complaintsUpheld, partlyUpheld] }],
    needs: [{ anyOf: ['outcome'], message: 'outcomes are not recorded in this source' }, endTimes],
    description: 'Share upheld or partly upheld among the cases resolved with a decision.',
  },
  reopen_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'first_resolved',
    interval: 'wilson',
    unit: 'share',
    better: 'lower',
    label: 'Reopened within 30 days',
    matureDays: 30,
    whole: [],
    part: [{ column: 'is_reopened_in_30_days', op: 'is', value: 1 }],
    needs: [endTimes, { anyOf: ['first_reopened_at', 'reopen_count', 'events'], message: 'reopening is not recorded in this source' }],
    description:
      'Share of the cases first resolved in the period that were reopened within 30 days; a case counts once the 30 days have passed.',
  },
  repeat_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'received',
    interval: 'wilson',
    unit: 'share',
    better: 'lower',
    label: 'Repeat cases',
    whole: [{ column: 'customer_key', op: 'known' }],
    part: [{ column: 'is_repeat', op: 'is', value: 1 }],
    needs: [{ anyOf: ['customer_ref'], message: 'customers are not identified in this source' }],
    description: 'Share of the cases with a known customer who had a case on the same issue in the 90 days before.',
  },
  issue_share: {
    kind: 'ratio',
    fact: 'case',
    on: 'received',
    interval: 'wilson',
    unit: 'share',
    better: 'lower',
    label: 'Share of all cases',
    whole: [],
    within: 'issue',
    needs: [{ anyOf: ['issue'], message: 'issues are not recorded in this source' }],
    description:
      'Share of the cases received under all other filters that are about the issues filtered by; without a filter by issue that is all of them.',
  },
  escalation_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'resolved',
    interval: 'wilson',
    unit: 'share',
    better: 'lower',
    label: 'Escalated',
    whole: [],
    part: [
      {
        any: [
          [{ column: 'first_escalated_at', op: 'by_then' }],
          [
            { column: 'first_escalated_at', op: 'unknown' },
            { column: 'escalation_level', op: 'at_least', value: 2 },
          ],
        ],
      },
    ],
    needs: [
      { anyOf: ['first_escalated_at', 'escalation_level', 'events'], message: 'escalation is not recorded in this source' },
      endTimes,
    ],
    description: 'Share of the cases resolved that had been escalated beyond the front line.',
  },
  redress_rate: {
    kind: 'ratio',
    fact: 'case',
    on: 'resolved',
    interval: 'wilson',
    unit: 'share',
    better: 'neither',
    label: 'With redress',
    whole: [],
    part: [{ any: [[{ column: 'redress', op: 'at_least', value: 1 }], [{ column: 'redress_minor', op: 'at_least', value: 1 }]] }],
    needs: [{ anyOf: ['redress', 'redress_amount'], message: 'redress is not recorded in this source' }, endTimes],
    description: 'Share of the cases resolved in which something was given: money, an apology, a correction.',
  },
  csat_rate: {
    kind: 'ratio',
    fact: 'survey',
    on: 'answered',
    interval: 'wilson',
    unit: 'share',
    better: 'higher',
    label: 'Satisfied customers',
    whole: [
      { column: 'survey_kind', op: 'is', value: csat },
      { column: 'is_satisfied', op: 'known' },
    ],
    part: [{ column: 'is_satisfied', op: 'is', value: 1 }],
    needs: [surveys],
    description:
      'Share of the satisfaction answers that are satisfied by the rule of their scale; those who did not answer are in neither.',
  },
  csat_mean: {
    kind: 'ratio',
    fact: 'survey',
    on: 'answered',
    interval: 'mean',
    unit: 'score',
    better: 'higher',
    label: 'Mean satisfaction',
    whole: [
      { column: 'survey_kind', op: 'is', value: csat },
      { column: 'scale', op: 'is', value: '1-5' },
      { column: 'score', op: 'known' },
    ],
    sum: 'score',
    needs: [surveys],
    description: 'Mean of the satisfaction scores on the scale one to five.',
  },
  ces_rate: {
    kind: 'ratio',
    fact: 'survey',
    on: 'answered',
    interval: 'wilson',
    unit: 'share',
    better: 'higher',
    label: 'Found it easy',
    whole: [
      { column: 'survey_kind', op: 'is', value: ces },
      { column: 'is_satisfied', op: 'known' },
    ],
    part: [{ column: 'is_satisfied', op: 'is', value: 1 }],
    needs: [surveys],
    description:
      'Share of the effort answers that found it easy by the rule of their scale; means of different scales cannot be put together.',
  },
  ces_mean: {
    kind: 'ratio',
    fact: 'survey',
    on: 'answered',
    interval: 'mean',
    unit: 'score',
    better: 'higher',
    label: 'Mean ease',
    whole: [
      { column: 'survey_kind', op: 'is', value: ces },
      { column: 'scale', op: 'is', value: '1-5' },
      { column: 'score', op: 'known' },
    ],
    sum: 'score',
    needs: [surveys],
    description: 'Mean of the effort scores on the scale one to five; five is easiest.',
  },
  nps: {
    kind: 'ratio',
    fact: 'survey',
    on: 'answered',
    interval: 'nps',
    unit: 'points',
    better: 'higher',
    label: 'Net promoter score',
    times: 100,
    whole: [
      { column: 'survey_kind', op: 'is', value: nps },
      { column: 'score', op: 'known' },
    ],
    part: [{ column: 'score', op: 'at_least', value: 9 }],
    minus: [{ column: 'score', op: 'at_most', value: 6 }],
    needs: [surveys],
    description: 'Share of nines and tens less share of noughts to sixes, times 100.',
  },
  response_rate: {
    kind: 'ratio',
    fact: 'survey',
    on: 'asked',
    interval: 'wilson',
    unit: 'share',
    better: 'higher',
    label: 'Surveys answered of those asked',
    whole: [],
    part: [{ column: 'answered_at', op: 'by_then' }],
    needs: [{ anyOf: ['surveys.asked_at'], message: 'asking is not recorded' }],
    description: 'Share of the surveys asked in the period that have been answered.',
  },
  resolution_days_p50: {
    kind: 'percentile',
    fact: 'case',
    on: 'received',
    of: 'resolution',
    p: 0.5,
    censored: true,
    unit: 'days',
    better: 'lower',
    label: 'Half resolved within',
    needs: [endTimes, resolutionTimes],
    description:
      'Days from received to resolved within which half of the cases received were resolved; open cases count with the time they have waited.',
  },
  resolution_days_p75: {
    kind: 'percentile',
    fact: 'case',
    on: 'received',
    of: 'resolution',
    p: 0.75,
    censored: true,
    unit: 'days',
    better: 'lower',
    label: 'Three in four resolved within',
    needs: [endTimes, resolutionTimes],
    description:
      'Days from received to resolved within which three in four of the cases received were resolved; open cases count with the time they have waited.',
  },
  resolution_days_p90: {
    kind: 'percentile',
    fact: 'case',
    on: 'received',
    of: 'resolution',
    p: 0.9,
    censored: true,
    unit: 'days',
    better: 'lower',
    label: 'Nine in ten resolved within',
    needs: [endTimes, resolutionTimes],
    description:
      'Days from received to resolved within which nine in ten of the cases received were resolved; open cases count with the time they have waited.',
  },
  resolution_days_closed_p50: {
    kind: 'percentile',
    fact: 'case',
    on: 'received',
    of: 'resolution',
    p: 0.5,
    censored: false,
    unit: 'days',
    better: 'lower',
    label: 'Half of the resolved within',
    needs: [endTimes, resolutionTimes],
    description: 'Median days to resolve among the cases already resolved; it flatters, since the slow ones are still open.',
  },
  open_after_1_day: openAfter(1),
  open_after_2_days: openAfter(2),
  open_after_3_days: openAfter(3),
  open_after_7_days: openAfter(7),
  open_after_14_days: openAfter(14),
  open_after_30_days: openAfter(30),
  open_after_60_days: openAfter(60),
  open_after_90_days: openAfter(90),
  open_after_180_days: openAfter(180),
  open_after_365_days: openAfter(365),
  first_response_hours_p50: {
    kind: 'percentile',
    fact: 'case',
    on: 'received',
    of: 'first_response',
    p: 0.5,
    censored: true,
    unit: 'hours',
    better: 'lower',
    label: 'Half answered within',
    needs: [{ anyOf: ['first_response_at', 'events'], message: 'first responses are not recorded in this source' }],
    description: 'Hours to the first reply by a person within which half of the cases received had one.',
  },
  first_response_hours_p90: {
    kind: 'percentile',
    fact: 'case',
    on: 'received',
    of: 'first_response',
    p: 0.9,
    censored: true,
    unit: 'hours',
    better: 'lower',
    label: 'Nine in ten answered within',
    needs: [{ anyOf: ['first_response_at', 'events'], message: 'first responses are not recorded in this source' }],
    description: 'Hours to the first reply by a person within which nine in ten of the cases received had one.',
  },
  acknowledgement_hours_p50: {
    kind: 'percentile',
    fact: 'case',
    on: 'received',
    of: 'acknowledgement',
    p: 0.5,
    censored: true,
    unit: 'hours',
    better: 'lower',
    label: 'Half acknowledged within',
    needs: [{ anyOf: ['acknowledged_at', 'events'], message: 'acknowledgements are not recorded in this source' }],
    description: 'Hours to the first confirmation of receipt within which half of the cases received had one.',
  },
} as const satisfies Record<string, Measure>;
export type MeasureName = keyof typeof measures;
export const measureNames = Object.keys(measures) as MeasureName[];

/** The definition of a measure, of a dimension, without the literal types of the tables above. */
export const measureOf = (name: MeasureName): Measure => measures[name];
export const dimensionOf = (name: DimensionName): Dimension => dimensions[name];
