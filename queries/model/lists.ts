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
