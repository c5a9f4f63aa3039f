import type { CaseFieldName, Flag } from '../../etl/record.ts';
import type { ChangeRole } from './change.ts';
import type { FairRole } from './fair.ts';
import type { Grain } from './buckets.ts';
import type { Dimension, DimensionName } from './dimensions.ts';
import type { MeasureName } from './measures.ts';
import type { RangeName } from './ranges.ts';
import type { Measure, Unit } from './measure.ts';
import type { ContestJson, LocalJson } from './contest.ts';
import type { EvidenceJson } from './evidence.ts';
import type { FollowUpJson } from './follow-up.ts';
import type { CaseLinkJson } from './links.ts';
import type { Report } from './reports.ts';
import type { QueryJson } from './query.ts';
import type { LimitsMethod, SignalName, Verdict } from './signal.ts';

/** What a column holds: `label` text, `date` `YYYY-MM-DD`, `flag` 0 or 1, `integer`, `number`. */
export type ColumnType = 'label' | 'date' | 'flag' | 'integer' | 'number';
/** What a column says about its measure; `value` is the figure itself. */
export type ColumnRole =
  | 'key'
  | 'value'
  | 'n'
  | 'low'
  | 'high'
  | 'followed_days'
  | 'before'
  | 'before_n'
  | 'centre'
  | 'limit_low'
  | 'limit_high'
  | 'signal'
  | 'overall'
  | 'verdict'
  | 'pareto'
  | ChangeRole
  | FairRole;

export interface Column {
  name: string;
  label: string;
  /** Unit of the figure; null for keys and flags. */
  unit: Unit | null;
  type: ColumnType;
  role: ColumnRole;
  measure: MeasureName | null;
}

/** A value: unrounded, rates 0–1, money in major units, null for unknown. */
export type Value = string | number | null;
export type Row = Record<string, Value>;

/** Why a figure is missing or covers less than asked. `source` null: all in scope. `measure` null: the whole table. */
export interface Note {
  measure: MeasureName | null;
  source: string | null;
  message: string;
}

/** The note that says what a day of business time is. */
export const businessDay = 'in business time: a day is 24 opening hours';

/** How the note begins that says why nothing is compared. */
export const notCompared = 'not compared';

/** A decision to have limits begin anew. */
export interface RebaseJson {
  baseline_id: number;
  /** Local date: limits are made of the whole periods that begin on or after it. */
  from: string;
  reason: string;
  set_by: string;
  /** ISO 8601 UTC. */
  set_at: string;
}

/** How the limits of a measure were made, of one member of the table; where they begin anew within what is shown there are several, in order of time. */
export interface LimitsJson {
  measure: MeasureName;
  /** The member, by dimension; empty without `by`. */
  key: Record<string, string>;
  method: LimitsMethod;
  /** How many times the spread of shares or rates exceeds what chance alone gives; null where it is not computed. */
  sigmaZ: number | null;
  /** First dates of the first and the last of the periods the limits are made of, and how many they are. */
  from: string;
  to: string;
  periods: number;
  /** First date of the first period shown that is judged by them. */
  since: string;
  /** The decision by which they began; absent: the rule. */
  rebase?: RebaseJson;
  /** A decision that waits until enough periods are known, and how many are missing: until then these limits go on. */
  waiting?: RebaseJson & { missing: number };
}

/** One change beyond chance, as `POST /api/findings` tells it. */
export interface FindingJson {
  /** "“Billing” rose above the typical range: 41 in the week of 9 Nov 2026 against 22 to 35." */
  sentence: string;
  /** The written rule it breaks, and what its limits were made of. */
  rule: string;
  /** The same without the method by which limits are made. */
  basis: string;
  verdict: Verdict;
  signal: SignalName;
  measure: MeasureName;
  /** The member it is about, by dimension; empty for everything. */
  key: Record<string, string>;
  grain: Grain;
  /** First date of the period it is told of, and the dates of all that were looked at. */
  period: string;
  window: Window;
}

/** Answer of `POST /api/findings`: most telling first. */
export interface FindingsJson {
  findings: FindingJson[];
  /** How many series were judged. */
  judged: number;
  /** Figures of the whole that showed nothing beyond chance. */
  steady: MeasureName[];
  asOf: string;
}

/** Inclusive local dates. */
export interface Window {
  from: string;
  to: string;
}

/** What a query with `pareto: true` says of all members that have a name, also those a limit leaves over. */
export interface ParetoJson {
  measure: MeasureName;
  /** How many have a figure above nothing, and how many of them are the vital few: the fewest that make four fifths or more. */
  members: number;
  vital: number;
  /** What the vital few make of all with a name, 0 to 1; null where there is nothing. */
  share: number | null;
  /** How many were the vital few of the window before; null where nothing is compared, or that is not known. */
  vitalBefore: number | null;
}

export interface TableJson {
  columns: Column[];
  rows: Row[];
  windows: { current: Window; before?: Window };
  notes: Note[];
  /** Of a query with `signals`: one a measure and member that could be judged. */
  limits?: LimitsJson[];
  pareto?: ParetoJson;
  /** T of this table, ISO 8601 UTC. */
  asOf: string;
}

/** Answer of `POST /api/query`. `asOf` is the largest of the tables'. */
export interface AnswerJson {
  tables: TableJson[];
  asOf: string;
  engine: 'sql' | 'cube';
  elapsedMs: number;
}

export interface SourceJson {
  name: string;
  connector: string;
  /** Until when we know, ISO 8601 UTC; null before the first load. */
  through: string | null;
  live: boolean;
  zone: string | null;
  /** The record fields this source provides. */
  fields: string[];
  cases: number;
}

/** What `GET /api/meta` publishes. */
export interface MetaJson {
  measures: Record<MeasureName, Measure>;
  dimensions: Record<DimensionName, Dimension>;
  grains: readonly Grain[];
  bands: readonly { label: string; from: number; below: number | null }[];
  ranges: Record<RangeName, { label: string; unit: string; description: string }>;
  reports: Report[];
  organisation: { name: string; zone: string; currency: string };
  /** Whether `time: "business"` can be asked for: why it cannot, or null; and the calendars it is counted by. */
  businessTime: { why: string | null; calendars: string[] };
  sources: SourceJson[];
  /** T: the largest `through`, ISO 8601 UTC. */
  asOf: string;
  /** Local dates of T and of the first and the last case received; the latter two null while there is none. */
  today: string;
  earliest: string | null;
  latest: string | null;
  /** Who asks, and the names of what that person may do. */
  /** `agent`: the label their own cases stand under; null where none is linked. */
  user: { name: string; role: string; agent: string | null; can: string[] };
  demo: boolean;
  /** What the one who asks should look after, in a sentence each, and where. */
  attention: { message: string; href: string }[];
}

/** Body of `POST /api/cases`: which figure of which query. A `by` name absent from `key` means every member. */
export interface DrillRequest {
  measure: MeasureName;
  query: QueryJson;
  key?: Record<string, string>;
  /** `whole`: everything n counts. `numerator`: what a rate counts. */
  part?: 'whole' | 'numerator';
  /** From 1; or `after`, the `next` of the page before, which is faster far down the list. */
  page?: number;
  after?: string;
  size?: number;
  /** Whether the customers are counted, too; not of surveys. */
  customers?: boolean;
}

/** Cases one exported file holds at most. */
export const mostExported = 100_000;

/** A case in a list; times are ISO 8601 UTC, or a date where the source gave no time of day. */
export interface CaseRow {
  case_id: number | null;
  source: string;
  source_id: string;
  title: string | null;
  kind: string | null;
  status: string | null;
  received_at: string | null;
  ended_at: string | null;
  due_at: string | null;
  channel: string | null;
  company: string | null;
  product: string | null;
  issue: string | null;
  severity: string | null;
  team: string | null;
  agent: string | null;
  outcome: string | null;
  resolution_minutes: number | null;
  redress_amount: number | null;
  /** Only behind figures of surveys: one row a survey. */
  survey?: { kind: string; asked_at: string | null; answered_at: string | null; scale: string; score: number | null };
}

export interface CasePage {
  total: number;
  page: number;
  size: number;
  cases: CaseRow[];
  /** Where the next page goes on; null at the end. */
  next: string | null;
  /** How many known customers the cases are of, where that was asked. */
  customers?: number;
}

/** The sum behind the business time of a case. */
export interface BusinessTimeJson {
  /** Name of the calendar it is counted by, and its zone: dates and opening hours are local there. */
  calendar: string;
  zone: string;
  /** The SLA policy of the case. */
  policy: string | null;
  /** Fields of the record that a policy gave and not the source: `due_at`, `acknowledgement_due_at`, `summary_due_at`, `sla_policy`. */
  by_policy: string[];
  /** From receipt to its resolution, its other end, or until when its source is known. */
  from: string;
  to: string;
  until: 'resolved' | 'ended' | 'now';
  /** Whole minutes of the seconds of all rows and of the rest. */
  minutes: number;
  /** Day by day: a stretch that is counted (`from` and `to` instants, or null where days count as a whole), or why nothing is. */
  rows: {
    date: string;
    from: string | null;
    to: string | null;
    seconds: number;
    reason: 'closed' | 'holiday' | null;
    holiday: string | null;
  }[];
  /** Days beyond those listed. */
  rest: { days: number; seconds: number };
}

/** Everything about one case; labels as text, times as in {@link CaseRow}. */
export interface CaseDetail {
  case_id: number;
  source: string;
  source_id: string;
  /** The connector that owns the record: `entry` for the form. */
  owned_by: string;
  fields: Partial<Record<CaseFieldName, string | number | boolean | null>>;
  derived: {
    ended_at: string | null;
    resolution_minutes: number | null;
    first_response_minutes: number | null;
    acknowledgement_minutes: number | null;
    is_on_time: boolean | null;
    is_first_contact: boolean;
    is_repeat: boolean;
    is_time_impossible: boolean;
    is_ended_on_unknown_date: boolean;
  };
  issues: { issue: string; sub_issue: string | null }[];
  /** Of a case handled here: how many there are is the version of the case. */
  events: {
    kind: string;
    at: string;
    /** ISO 8601 UTC; null where nobody knows: of a source, or of before this was kept. What was done may be said to have been done earlier. */
    recorded_at: string | null;
    actor: string | null;
    from: string | null;
    to: string | null;
    note: string | null;
  }[];
  /** A resolution that waits for approval: who asked, when, and the fields it would change. */
  proposal: { by: string | null; at: string; fields: Partial<Record<string, string | null>> } | null;
  /** What people here say of it, where it is of a source. */
  local: LocalJson[];
  /** That its agent says it is not theirs; null where nobody does or did. */
  contest: ContestJson | null;
  surveys: {
    kind: string;
    asked_at: string | null;
    answered_at: string | null;
    scale: string;
    score: number | null;
    is_satisfied: boolean | null;
    comment: string | null;
    agent: string | null;
    /** What was last done about it, where it was low and anybody noted that. */
    follow_up: FollowUpJson | null;
  }[];
  /** Other cases that are, or may be, about the same matter. */
  links: CaseLinkJson[];
  /** Files that were added to it, in order; none for who sees no texts. */
  evidence: EvidenceJson[];
  flags: Flag[];
  /** Null where no calendar holds for it. */
  business_time: BusinessTimeJson | null;
  /** When identity and text were erased, and the number of the receipt: it takes neither any more. Null: they were not. */
  erased: { at: string; receipt: number } | null;
}

/** A case picked for a conversation, why, and whether it is a good example. */
export interface CasePick {
  case: CaseRow;
  reason: string;
  good: boolean;
}

/** Answer of `POST /api/case-picks`. */
export interface CasePicks {
  picks: CasePick[];
}

/** Answer of `GET /api/labels`: most frequent first. */
export interface LabelsJson {
  labels: { name: string; cases: number }[];
}

/** Body of `POST /api/facets`: the members of a dimension whose names hold `like`, under the period, filters and as-of of a query. */
export interface FacetsRequest {
  dimension: DimensionName;
  query: QueryJson;
  like?: string;
  /** 1 to 200; 50 unless told. */
  limit?: number;
}

/** Answer of `POST /api/facets`: most frequent first; `cases` are those received in the period under the other filters. */
export interface FacetsJson {
  labels: { name: string; cases: number }[];
  /** How many members have such a name. */
  total: number;
  /** The members the query filters by, whatever they are called; `cases` null: there is no such member. */
  chosen: { name: string; cases: number | null }[];
}
