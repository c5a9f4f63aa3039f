import type { DimensionName } from './dimensions.ts';
import type { MeasureName } from './measures.ts';
import type { QueryJson } from './query.ts';
import type { RebaseJson } from './wire.ts';

/** One page of a list of the data page; instants are ISO 8601 text. */
export interface ListPage<Row> {
  total: number;
  /** From 1. */
  page: number;
  size: number;
  rows: Row[];
}

/** A source with its freshness and its last run. */
export interface SourceRow {
  name: string;
  connector: string;
  map: string | null;
  zone: string | null;
  /** Until when it is known; null before its first load, and where `live` is 1: now. */
  through: string | null;
  live: 0 | 1;
  /** Whether a run holds it at this moment. */
  running: 0 | 1;
  cases: number;
  runs: number;
  rejected: number;
  last_run: RunRow | null;
  /** Whether the configuration names it; else only its records are here (imported by hand, entered, or taken out of the configuration). */
  configured: 0 | 1;
  /** Its schedule in words, as "every day at 07:30"; null when it is read only when asked, or sends by itself. */
  schedule: string | null;
  /** When the schedule starts it next, after pauses for failures; null without a schedule. */
  next_run: string | null;
  /** A scheduled run waits until then, after a failure that may pass. */
  retry_at: string | null;
  /** Scheduled runs that failed one after the other. */
  failed_count: number;
  /** Why the result of its last run should be looked at though it ended well. */
  warning: string | null;
  /** What the source said of itself in its last run. */
  notice: string | null;
  /** The last 30 runs that ended, oldest first. */
  recent: RecentRun[];
  /** Rejected rows that nobody has replayed or dismissed. */
  waiting: number;
  /** Values of this source that are shown under their own name because no map or person has placed them; null where they are not counted. */
  unmapped: number | null;
  /** Push tokens in force, without the tokens themselves. */
  tokens: PushTokenRow[];
}

/** A run that ended, as a spark of rows. */
export interface RecentRun {
  run_id: number;
  started_at: string;
  /** Rows it read. */
  rows: number;
  state: 'done' | 'failed';
}

/** A push token in force. */
export interface PushTokenRow {
  created_at: string;
  created_by: string;
  /** When it last sent something; null when it never did. */
  used_at: string | null;
}

/** One run of a source. Counts are of cases, but for `read` and `rejected`, which are rows. */
export interface RunRow {
  run_id: number;
  source: string;
  started_by: string;
  input: string | null;
  state: 'running' | 'done' | 'failed';
  started_at: string;
  finished_at: string | null;
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
  /** Why its result should be looked at though it ended well. */
  warning: string | null;
}

/** A run that is under way, as `GET /api/runs/live` sends it. */
export interface LiveRun extends RunRow {
  /** What the source announced in all, in `total_unit`. */
  total: number | null;
  total_unit: 'rows' | 'bytes' | null;
  /** Over the last seconds; null before the second look at it. */
  rows_per_second: number | null;
  /** Whole seconds by that pace; null where no total is announced. */
  seconds_left: number | null;
}

/** Data of each event `runs` of `GET /api/runs/live`: what is under way, and once what has just ended. */
export interface LiveRuns {
  runs: LiveRun[];
}

/** A row that made no case. */
export interface RejectedRow {
  reject_id: number;
  run_id: number;
  source: string;
  input: string | null;
  line: number | null;
  column: number | null;
  field: string | null;
  reason: string;
  /** The row as it came, at most 2,000 characters of it. */
  raw: string | null;
  rejected_at: string;
  /** The reason without the values of the one row; rows with the same kind fail alike. */
  reason_kind: string;
  /** When it was replayed, dismissed or superseded; null while it waits. */
  settled_at: string | null;
  settled_by: string | null;
  /** `superseded`: a later run took its place. */
  settlement: 'replayed' | 'dismissed' | 'superseded' | null;
  /** The run that replayed or superseded it. */
  settled_run: number | null;
}

/** `GET /api/rejected/:id`. */
export interface RejectedDetail extends RejectedRow {
  /** Every column of the row as it came; null where it could not be split into columns or was cut. */
  values: Record<string, string> | null;
  /** The whole text that is kept, at most 64 KiB. */
  text: string | null;
  /** Why it cannot be replayed, in words; null when it can be. */
  why_not: string | null;
}

/** Rows that were rejected alike and wait, of `GET /api/rejected/reasons`; most rows first. */
export interface RejectReasonRow {
  source: string;
  field: string | null;
  reason_kind: string;
  rows: number;
  first_at: string;
  last_at: string;
  /** reject_id of the newest of them. */
  example: number;
  /** How many of them can be replayed. */
  replayable: number;
}
export interface RejectReasons {
  rows: RejectReasonRow[];
}

/** Body of `POST /api/rejected/:id/check`: the columns a person changed; the others are taken from the row. */
export interface RejectedCheckBody {
  values: Record<string, string>;
}

/** What a row would become. */
export interface MappedRow {
  /** Why it is rejected; empty when it makes a record. */
  problems: WireProblem[];
  /** What is kept though something about it is wrong. */
  flags: { rule: string; label: string; field: string; message: string; value: string | null }[];
  /** The record by field, as text; null when it is rejected. */
  record: Record<string, string> | null;
}

/** Answer of `POST /api/rejected/:id/check`. */
export interface RejectedCheck extends MappedRow {
  /** The case that stands under this key already and would be replaced or added to; null when there is none. */
  replaces: number | null;
}
export interface WireProblem {
  field: string;
  message: string;
}

/** Which rejected rows are meant: some, each with the columns a person changed, or all that wait and were rejected alike. */
export type ReplayBody =
  { rows: { reject_id: number; values?: Record<string, string> }[] } | { source: string; field: string | null; reason_kind: string };
export type DismissBody = { reject_ids: number[] } | { source: string; field: string | null; reason_kind: string };

/** Answer of `POST /api/rejected/replay` (202): the run that replays them, and how many rows it was given. */
export interface ReplayStarted {
  run_id: number;
  rows: number;
}
/** Answer of `POST /api/rejected/dismiss`. */
export interface Dismissed {
  dismissed: number;
}

/** A value kept though something about it is wrong. */
export interface FlaggedRow {
  case_id: number;
  source: string;
  source_id: string;
  rule: string;
  /** The rule in words. */
  label: string;
  field: string;
  message: string;
  value: string | null;
  run_id: number | null;
  /** The file it stands in and its line there, where it came from a file. */
  input: string | null;
  line: number | null;
}

/** A rule with the cases it marked, of `GET /api/flagged/rules`; most cases first. */
export interface FlagRuleRow {
  rule: string;
  label: string;
  cases: number;
}
export interface FlagRules {
  rows: FlagRuleRow[];
}

/** A value of a source that is shown under its own name, of `GET /api/unmapped`. */
export interface UnmappedRow {
  source: string;
  dimension: string;
  /** The source's own value. */
  raw: string;
  /** The label it is shown under now. */
  current: string;
  cases: number;
  /** Local dates of the first and the last case received with it; null when none has a date. */
  first_on: string | null;
  last_on: string | null;
  /** Labels of the dimension that are near, best first. */
  suggestions: string[];
}

/** Body of `POST /api/label-changes` and of its `/preview`. */
export interface LabelChangeBody {
  source: string;
  dimension: string;
  raw: string;
  /** The label it is to be shown under; a new one is made. */
  to: string;
}

/** Answer of `POST /api/label-changes/preview`. */
export interface LabelChangePreview {
  cases: number;
  surveys: number;
  /** Labels the cases leave. */
  from: { name: string; cases: number }[];
  to: string;
  /** Whether the label does not exist yet. */
  is_new: 0 | 1;
}

/** Answer of `POST /api/label-changes` (201). */
export interface LabelChanged {
  change_id: number;
  cases: number;
}

/** A label change, newest first in `GET /api/label-changes`. */
export interface LabelChangeListRow {
  change_id: number;
  at: string;
  changed_by: string;
  source: string;
  dimension: string;
  raw: string;
  from: string;
  to: string;
  cases: number;
  undone_at: string | null;
  undone_by: string | null;
}

/** A kind of place that can be connected, of `GET /api/connectors`. */
export interface ConnectorRow {
  name: string;
  description: string;
  kind: 'pull' | 'files' | 'push';
  /** JSON Schema of its options, which stand flat beside name, connector, map and schedule. */
  schema: Record<string, unknown>;
  /** Options that hold a secret, by path as `auth.bearer`; each is written as `${SOURCE_NAME}`. */
  secrets: string[];
  /** The map made for it; null where any may do. */
  default_map: string | null;
}
export interface Connectors {
  rows: ConnectorRow[];
}

/** A map that can be named, of `GET /api/maps`. */
export interface MapRow {
  /** As `map:` of a source names it. */
  name: string;
  description: string | null;
  /** The source it was written for. */
  source: string;
}
export interface Maps {
  rows: MapRow[];
}

/** Body of `POST /api/sources` and `POST /api/sources/preview`. */
export interface NewSourceBody {
  /** As an entry of `sources:` in silverlining.yaml. */
  source: Record<string, unknown>;
  /** A map written in the form, YAML; when the source is accepted it is saved as maps/NAME.yaml beside the configuration, NAME being the source's, and `source.map` is not needed. */
  map_text?: string;
}

/** Answer of `POST /api/sources/preview`; nothing of it is stored. */
export interface SourcePreview {
  /** Columns as they came. */
  header: string[];
  /** Rows that were read to show these. */
  read: number;
  /** Where the map does not fit the columns; the rows are then shown without records. */
  problems: WireProblem[];
  rows: PreviewRow[];
  /** What there is in all, where the source says so. */
  total: { count: number; unit: 'rows' | 'bytes' } | null;
  /** Whether the place it would go on from could be read. */
  cursor_ok: boolean;
  /** What the one who accepts it should know. */
  notes: string[];
}

/** One of the first rows, raw beside mapped; for a folding map the record is the case made of the rows seen. */
export interface PreviewRow extends MappedRow {
  line: number;
  /** Null for a row that could not be split into columns. */
  values: Record<string, string> | null;
}

/** Answer of `POST /api/sources` (201). */
export interface SourceAdded {
  name: string;
}

/** Answer of `POST /api/sources/:name/token` (201): shown once, never again. */
export interface NewPushToken {
  token: string;
}

/** Answer of `POST /api/sources/:name/records`. Counts are of cases, but for `read`, which is rows. */
export interface PushAnswer {
  run_id: number;
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  /** Rows that are kept as rejected; `index` from 0 is their place in what was sent. */
  rejected: { index: number; field: string | null; reason: string }[];
}

/** A view under a name, as `GET /api/saved-views` lists it: one's own, and those others share. */
export interface SavedView {
  view_id: number;
  name: string;
  /** The search part of an address, without "?". */
  search: string;
  /** Whether everybody sees it. */
  is_shared: 0 | 1;
  /** Whose it is. */
  owner: string;
  is_own: 0 | 1;
}

/** Body of `POST /api/saved-views` and, with only what changes, of `PATCH /api/saved-views/:id`. */
export interface SavedViewBody {
  name: string;
  search: string;
  is_shared: 0 | 1;
}

/** What stands beside the time axis of a trend. */
export interface Annotation {
  /** A person's note; labels placed anew; days without cases; a source that begins, ends, or could not be read; of one chart: its range begins anew. */
  kind: 'note' | 'labels' | 'gap' | 'start' | 'end' | 'failed' | 'rebase';
  /** Inclusive local dates. */
  from: string;
  to: string;
  /** What happened, in a sentence or more. */
  text: string;
  /** The source it is about; null: about all. */
  source: string | null;
  /** The member it is about; null: about all. */
  about: { dimension: DimensionName; label: string } | null;
  /** Of a note: which one, who wrote it and changed it last, when, and its version, from 1. */
  note: {
    note_id: number;
    written_by: string;
    written_at: string;
    changed_by: string | null;
    changed_at: string | null;
    version: number;
  } | null;
  /** Of a range that begins anew: the decision; a chart has these from its own figures. */
  rebase?: RebaseJson;
}

/** Which note is meant, and the version its reader saw. */
export interface SeenNote {
  note_id: number;
  version: number;
}

/** Answer of `GET /api/annotations?from&to`: what touches the period, in order of time. */
export interface AnnotationsJson {
  annotations: Annotation[];
}

/** Body of `POST /api/baselines`: the limits of which series begin anew, from when on and why. */
export interface BaselineBody {
  measure: MeasureName;
  query: QueryJson;
  /** The member, where the query is split. */
  key?: Record<string, string>;
  /** First day of one of the query's periods. */
  from: string;
  reason: string;
}

/** A decision of `GET /api/baselines`, newest first. */
export interface BaselineListRow {
  baseline_id: number;
  measure: string;
  /** The filters and the reckoning of the series it is about, as in a query. */
  where: Record<string, unknown>;
  time?: string;
  from: string;
  reason: string;
  set_by: string;
  set_at: string;
  /** Null while it is in force. */
  taken_back_by: string | null;
  taken_back_at: string | null;
}
export interface Baselines {
  baselines: BaselineListRow[];
}

/**
 * Body of `POST /api/notes` and, with the version it was written over, of `PUT /api/notes/:id`; `DELETE /api/notes/:id?version` says the version alone.
 * Where another one stands there meanwhile, either is answered with 409 and that as `current`.
 */
export interface NoteBody {
  from: string;
  /** Absent: the same day. */
  to?: string;
  text: string;
  /** Absent: about everything. */
  about?: { dimension: DimensionName; label: string } | null;
}
