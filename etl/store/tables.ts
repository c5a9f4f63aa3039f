import { controllabilities, escalationLevels, kinds, outcomes, redressTypes, severities, statuses, surveyKinds } from '../record.ts';

/** Code columns of `case_fact`, copied on to `survey_fact`. 0 is none. */
export const dimensionColumns = [
  'kind', 'channel', 'company', 'product', 'sub_product', 'issue', 'sub_issue', 'severity', 'region', 'segment', 'team', 'agent',
  'agent_complained', 'theme', 'root_cause', 'controllability', 'outcome', 'redress', 'status', 'escalation_level', 'sla_policy',
] as const; // prettier-ignore
export type DimensionColumn = (typeof dimensionColumns)[number];

/** Dimensions whose code is the position in a fixed list plus 1; all others are rows of `label`. */
export const fixedLists = {
  kind: kinds,
  severity: severities,
  controllability: controllabilities,
  outcome: outcomes,
  redress: redressTypes,
  status: statuses,
  escalation_level: escalationLevels,
} as const satisfies Partial<Record<DimensionColumn, readonly string[]>>;
export type FixedDimension = keyof typeof fixedLists;

/** Dimensions whose members are rows of `label`. */
export const labelDimensions = [
  'source', 'channel', 'company', 'product', 'sub_product', 'issue', 'sub_issue', 'region', 'segment', 'team', 'agent',
  'agent_complained', 'theme', 'root_cause', 'sla_policy',
] as const; // prettier-ignore
export type LabelDimension = (typeof labelDimensions)[number];

/** The dimension above: the label's `parent` is a code of it. */
export const parentDimension: Partial<Record<LabelDimension, LabelDimension>> = { sub_product: 'product', sub_issue: 'issue' };

/** The times of a case, each `NAME_at` in `case_fact`; the position is the bit of `whole_day` that says it is a date without a time. */
export const wholeDayBits = [
  'received', 'acknowledged', 'first_response', 'first_escalated', 'first_resolved', 'first_reopened', 'resolved', 'withdrawn',
  'closed', 'ended', 'redress', 'due', 'acknowledgement_due', 'summary_due',
] as const; // prettier-ignore
export type CaseTime = (typeof wholeDayBits)[number];

/** The times that also have a local date, `NAME_on`. */
export const datedTimes = [
  'received',
  'first_escalated',
  'first_resolved',
  'first_reopened',
  'resolved',
  'withdrawn',
  'ended',
  'redress',
  'due',
] as const satisfies readonly CaseTime[];
export type DatedTime = (typeof datedTimes)[number];

/** Durations from receipt, each with `_minutes`, `_bin` and the same in business time. */
export const durations = ['resolution', 'first_response', 'acknowledgement'] as const;
export type Duration = (typeof durations)[number];
const durationColumns = ['minutes', 'bin', 'business_minutes', 'business_bin'] as const;
/** The time each duration runs to. */
export const durationEnds = {
  resolution: 'resolved',
  first_response: 'first_response',
  acknowledgement: 'acknowledged',
} as const satisfies Record<Duration, CaseTime>;

/** What a policy can give a case; the position is the bit of `by_policy` that says it does not come from the source. */
export const policyBits = ['due', 'acknowledgement_due', 'summary_due', 'sla_policy'] as const;
/** The bit of `by_policy` of something a policy can give. */
export const policyBit = (given: (typeof policyBits)[number]): number => 1 << policyBits.indexOf(given);

/** Marks of a case, 0 or 1. */
export const caseMarks = [
  'is_on_time', 'is_acknowledged_on_time', 'is_resolved_early', 'is_first_contact', 'is_repeat', 'is_vulnerable', 'is_vulnerable_failed',
  'is_reopened_in_30_days', 'is_duplicate', 'is_time_impossible', 'is_ended_on_unknown_date',
] as const; // prettier-ignore
export type CaseMark = (typeof caseMarks)[number];

type CaseCodes = Record<DimensionColumn, number>;
type CaseTimes = { [T in CaseTime as `${T}_at`]: number | null } & { [T in DatedTime as `${T}_on`]: string | null };
type CaseDurations = { [D in Duration as `${D}_${(typeof durationColumns)[number]}`]: number | null };
interface CaseKeys {
  case_id: number;
  shard_key: number;
  source: number;
  source_id: string;
  row_hash: string;
  change_seq: number;
}
interface CaseRest {
  customer_key: string | null;
  whole_day: number;
  redress_minor: number | null;
  redress_currency: string | null;
  reopen_count: number;
  reassign_count: number;
  by_policy: number;
  received_business_seconds: number | null;
  ended_business_minutes: number | null;
}
export type CaseFactRow = CaseKeys & CaseCodes & CaseTimes & CaseDurations & Record<CaseMark, number> & CaseRest;
export type CaseFactColumn = keyof CaseFactRow;

/** Every column of `case_fact`, in the order of the table. */
export const caseFactColumns: readonly CaseFactColumn[] = [
  'case_id', 'shard_key', 'source', 'source_id', 'row_hash', 'change_seq', ...dimensionColumns, 'customer_key',
  ...wholeDayBits.map((t) => `${t}_at` as const), ...datedTimes.map((t) => `${t}_on` as const), 'whole_day',
  ...durations.flatMap((d) => durationColumns.map((c) => `${d}_${c}` as const)), ...caseMarks,
  'redress_minor', 'redress_currency', 'reopen_count', 'reassign_count', 'by_policy', 'received_business_seconds', 'ended_business_minutes',
]; // prettier-ignore

/** A value as the store holds it. */
export type Value = string | number | null;

/** Position of each column in a row of `case_fact` that is held as a list of values. */
export const place = Object.fromEntries(caseFactColumns.map((column, i) => [column, i])) as Readonly<Record<CaseFactColumn, number>>;

const zeroColumns: readonly string[] = [...dimensionColumns, ...caseMarks, 'whole_day', 'reopen_count', 'reassign_count', 'by_policy'];

/** A row of `case_fact` with the default of every column, by {@link place}. To be copied. */
export const blankCaseFact: readonly Value[] = caseFactColumns.map((column) => (zeroColumns.includes(column) ? 0 : null));

/** What a survey copies from its case beside the dimension codes. */
export const surveyCopies = [
  'is_vulnerable',
  'is_duplicate',
  'is_ended_on_unknown_date',
  'received_at',
  'resolved_at',
  'ended_at',
  'resolution_minutes',
] as const satisfies readonly CaseFactColumn[];

export type SurveyFactRow = CaseCodes &
  Pick<CaseFactRow, (typeof surveyCopies)[number]> & {
    survey_id: number;
    shard_key: number;
    source: number;
    source_id: string;
    case_id: number | null;
    change_seq: number;
    /** Position in {@link surveyKinds} plus 1. */
    survey_kind: number;
    asked_at: number | null;
    answered_at: number | null;
    asked_on: string | null;
    answered_on: string | null;
    scale: string;
    score: number | null;
    is_satisfied: number | null;
    comment: string | null;
    agent_credited: number;
  };

/** Every column of `survey_fact`, in the order of the table. */
export const surveyFactColumns: readonly (keyof SurveyFactRow)[] = [
  'survey_id', 'shard_key', 'source', 'source_id', 'case_id', 'change_seq', 'survey_kind', 'asked_at', 'answered_at', 'asked_on',
  'answered_on', 'scale', 'score', 'is_satisfied', 'comment', 'agent_credited', ...dimensionColumns, ...surveyCopies,
]; // prettier-ignore

/** What can be said here of a case of a source: what it teaches, and who it is to be counted for where the source is mistaken. */
export const localFields = ['theme', 'root_cause', 'agent'] as const satisfies readonly DimensionColumn[];
export type LocalField = (typeof localFields)[number];

/** What is said here of a case of a source. */
export interface CaseLocalRow {
  source: number;
  source_id: string;
  field: LocalField;
  /** Empty: none. */
  label: string;
  /** Code of what the source says. */
  said: number;
  set_by: string;
  /** Seconds since 1970 UTC. */
  set_at: number;
}

/** Something that happened to a case; its first event is that it was received. */
export interface CaseEventRow {
  event_no: number;
  /** Position in the list of kinds plus 1. */
  kind: number;
  at: number;
  is_whole_day: number;
  actor: string | null;
  from_value: string | null;
  to_value: string | null;
  note: string | null;
  /** JSON: field of the record -> [before, after]. */
  changes: string | null;
  /** JSON: surveys as they stood from then on. */
  surveys: string | null;
  /** Seconds since 1970 UTC; null where nobody knows: of a source, or older than the column. */
  recorded_at: number | null;
}

export interface SourceStateRow {
  source: number;
  name: string;
  connector: string;
  map: string | null;
  zone: string | null;
  /** JSON list of the record fields the source provides; survey fields as `surveys.NAME`. */
  fields: string;
  cursor: string | null;
  through_at: number | null;
  is_live: number;
  locked_by: string | null;
  locked_until: number | null;
  /** JSON list: every column its records have had. */
  columns: string;
  /** Scheduled runs that failed one after the other. */
  failed_count: number;
  /** A scheduled run waits until then. */
  retry_at: number | null;
  /** What the source said of itself in its last run. */
  notice: string | null;
}

/** How a run gets its rows: asks a source, reads a dropped file or one a person names, reads rejected rows again, is sent them. */
export type RunKind = 'pull' | 'file' | 'import' | 'replay' | 'push';

export interface PipelineRunRow {
  run_id: number;
  source: number;
  started_by: string;
  input: string | null;
  state: 'running' | 'done' | 'failed';
  started_at: number;
  finished_at: number | null;
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  flagged: number;
  bytes: number;
  message: string | null;
  /** Cases taken out because the source no longer has them. */
  removed: number;
  /** What the source announced, in rows or bytes. */
  total: number | null;
  total_unit: 'rows' | 'bytes' | null;
  /** Why its result should be looked at though it ended well. */
  warning: string | null;
  /** Null: it never began. */
  kind: RunKind | null;
}

export interface RejectedRecordRow {
  reject_id: number;
  run_id: number;
  source: number;
  input: string | null;
  line: number | null;
  column_no: number | null;
  field: string | null;
  reason: string;
  /** JSON of its columns where it could be split into them, else the text as it came. */
  raw: string | null;
  /** When it was rejected first. */
  rejected_at: number;
  /** When it was rejected last; `run_id`, `input` and `line` are of that run. */
  seen_at: number;
  /** Of what it says and of what is wrong with it; null where that was not noted. */
  content_hash: string | null;
  /** The key it would have and, of a folding map, which row of the case it is; null where that is not known. */
  source_id: string | null;
  row_key: string | null;
  /** The run that brought it; a replay rejects rows that another run brought. */
  delivery: number;
  /** The reason without the values of the one row. */
  reason_kind: string | null;
  is_cut: number;
  settled_at: number | null;
  settled_by: string | null;
  /** `superseded`: a later run took its place. */
  settlement: 'replayed' | 'dismissed' | 'superseded' | null;
  /** The run that replayed or superseded it. */
  settled_run: number | null;
}

export interface LabelChangeRow {
  change_id: number;
  at: number;
  changed_by: string;
  source: number;
  dimension: string;
  /** The source's own value. */
  raw: string;
  from_code: number;
  to_code: number;
  cases: number;
  undone_at: number | null;
  undone_by: string | null;
}

/** What was last done about a low score; by the source's key of the survey, whichever row holds it. */
export interface FollowUpRow {
  source: number;
  source_id: string;
  state: 'to_follow_up' | 'contacted' | 'closed';
  note: string | null;
  changed_by: string;
  changed_at: number;
  /** From 1, one more with every change. */
  version: number;
}

/** A receipt of what was erased. */
export interface ErasureRow {
  erasure_id: number;
  at: number;
  erased_by: string;
  reason: 'request' | 'age';
  /** How many were changed. */
  cases: number;
  surveys: number;
  rejected: number;
  /** JSON list of names. */
  sources: string;
  /** Of the keyed hash of the customer; null where their cases name none. */
  customer_hash: string | null;
  /** Drawn by chance, in place of the keyed hash. */
  customer_key: string | null;
}

/** A case that takes no identity and no text any more. */
export interface ErasedCaseRow {
  source: number;
  source_id: string;
  erasure_id: number;
}

/** A file that belongs to a case; its bytes lie in the data folder under `hash`, unless it was removed and nothing else has them. */
export interface EvidenceRow {
  case_id: number;
  shard_key: number;
  evidence_no: number;
  hash: string;
  name: string;
  type: string;
  bytes: number;
  note: string;
  added_by: string;
  added_at: number;
  removed_by: string | null;
  removed_at: number | null;
  removal_reason: string | null;
}

/** What two cases are to one another: found and not yet decided, or what somebody said. */
export type LinkState = 'likely' | 'duplicate' | 'related' | 'dismissed';

/** A pair of cases; `case_id` is the later of the two, and where it is a duplicate, one of the other. */
export interface CaseLinkRow {
  case_id: number;
  shard_key: number;
  other_id: number;
  other_shard_key: number;
  state: LinkState;
  /** `said`: found by nobody but who said so. */
  reason: 'customer' | 'text' | 'both' | 'said';
  /** Thousandths of the shingles of both texts that they have in common; null where that is not why. */
  score: number | null;
  is_own_duplicate: number;
  decided_by: string | null;
  decided_at: number | null;
}

export interface SavedViewRow {
  view_id: number;
  user_id: number;
  name: string;
  /** The search part of an address, without "?". */
  search: string;
  is_shared: number;
  created_at: number;
  changed_at: number;
}

export interface NoteRow {
  note_id: number;
  /** Inclusive local dates. */
  from_on: string;
  to_on: string;
  text: string;
  /** With `label`: the member it is about, by name; null: about everything. */
  dimension: string | null;
  label: string | null;
  written_by: string;
  written_at: number;
  changed_by: string | null;
  changed_at: number | null;
  /** From 1, one more with every change. */
  version: number;
}

export interface BaselineRow {
  baseline_id: number;
  /** With `scope`: the series it is about, see queries/model/series-scope.ts. */
  measure: string;
  scope: string;
  /** Local date from which on its limits are made anew. */
  from_on: string;
  reason: string;
  set_by: string;
  set_at: number;
  taken_back_by: string | null;
  taken_back_at: number | null;
}

/** What is told to whom and when; `filter` is JSON of a query's `where`, `on_day` JSON of a schedule's `on`. */
export interface DigestRow {
  digest_id: number;
  name: string;
  /** `config`: it stands in the configuration, and is changed there. */
  origin: 'config' | 'page';
  filter: string;
  every: 'week' | 'month' | 'quarter';
  on_day: string | null;
  at: string;
  zone: string | null;
  /** Name of a user. */
  owner: string;
  /** Local date after which it is not made any more. */
  ends_on: string | null;
  /** Where a message goes beside the mail, as `${NAME}`; and how it is written. */
  webhook: string | null;
  webhook_kind: 'slack' | 'teams' | null;
  /** Runs due before that instant are not made up for: it was added, given another schedule or had rested. */
  since_at: number;
  paused_at: number | null;
  paused_by: string | null;
  pause_reason: string | null;
  created_by: string;
  created_at: number;
  changed_by: string | null;
  changed_at: number | null;
  version: number;
  removed_at: number | null;
}

export interface DigestRecipientRow {
  digest_id: number;
  address: string;
  added_by: string;
  added_at: number;
  stopped_at: number | null;
  stop_reason: 'unsubscribed' | 'departed' | 'refused' | 'removed' | null;
}

/** What was told of one period, or why it was not: then it is `held`, and has no parts. */
export interface DigestIssueRow {
  issue_id: string;
  digest_id: number;
  name: string;
  kind: 'regular' | 'test';
  grain: 'week' | 'month' | 'quarter';
  from_on: string;
  to_on: string;
  due_at: number;
  state: 'made' | 'held';
  /** JSON: a list of texts. */
  reasons: string | null;
  made_at: number;
  checked_at: number;
  told_at: number | null;
  as_of_at: number | null;
  headline: string | null;
  hash: string | null;
}

/** A part of an issue, as it was made: `digest.html`, `digest.txt`, `digest.pdf`, `content.json` and pictures. */
export interface DigestPartRow {
  issue_id: string;
  name: string;
  type: string;
  bytes: Buffer;
  sha256: string;
}

/** A link by which a customer says how satisfied they are; whether it still works is told by its times. */
export interface SurveyInvitationRow {
  invitation_id: number;
  /** SHA-256 of the secret of the link; null until the mail with the link is written. */
  token_hash: string | null;
  case_id: number;
  /** Key of the survey it answers. */
  survey: string;
  question: string;
  /** What a mail says above the question. */
  message: string;
  asked_at: number;
  /** First instant at which it does not work any more. */
  expires_at: number;
  withdrawn_at: number | null;
  answered_at: number | null;
}

/** A message to one recipient and what became of it: an issue or what befell it, or to a customer a question how satisfied they are. */
export interface DigestDeliveryRow {
  delivery_id: number;
  issue_id: string;
  digest_id: number;
  kind: 'digest' | 'test' | 'alert' | 'webhook' | 'survey';
  /** Of mail in small letters; of a webhook `webhook`. */
  address: string;
  round: number;
  state: 'queued' | 'claimed' | 'sending' | 'sent' | 'failed' | 'unknown' | 'stopped';
  message_id: string;
  attempts: number;
  next_at: number;
  said: string | null;
  owner: string | null;
  claimed_at: number | null;
  sent_at: number | null;
  asked_by: string;
  asked_at: number;
}

/**
 * The code of a name on a fixed list.
 * @returns 0 for an absent or unknown name
 */
export function codeOf(dimension: FixedDimension, name: string | undefined): number {
  return name === undefined ? 0 : (fixedLists[dimension] as readonly string[]).indexOf(name) + 1;
}

/** The name behind a code of a fixed list, or undefined for 0 and unknown codes. */
export function nameOf(dimension: FixedDimension, code: number): string | undefined {
  return fixedLists[dimension][code - 1];
}

/** The code of a kind of survey, from 1. */
export function surveyKindCode(kind: (typeof surveyKinds)[number]): number {
  return surveyKinds.indexOf(kind) + 1;
}
