import type { Knex } from 'knex';
import type { PipelineRunRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import type { LiveRun, RunRow } from '../queries/model/lists.ts';

/** A run as it is stored, with the name of its source. */
export type NamedRun = Omit<PipelineRunRow, 'source'> & { source_code: number; source: string };

/** Runs with the names of their sources, to be narrowed. */
export function namedRuns(db: Knex): Knex.QueryBuilder<object, NamedRun[]> {
  const query: Knex.QueryBuilder = db('pipeline_run')
    .leftJoin('source_state', 'source_state.source', 'pipeline_run.source')
    .select('pipeline_run.*', 'source_state.name as source', 'pipeline_run.source as source_code');
  return query as Knex.QueryBuilder<object, NamedRun[]>;
}

/** A run as lists show it. */
export function runRow(run: NamedRun): RunRow {
  const { run_id, source, started_by, input, state, read, inserted, updated, unchanged, rejected, flagged, bytes, message } = run;
  const times = { started_at: isoText(run.started_at), finished_at: isoText(run.finished_at) };
  const { removed, warning } = run;
  const counts = { read, inserted, updated, unchanged, rejected, flagged, bytes };
  return { run_id, source, started_by, input, state, ...times, ...counts, message, removed, warning };
}

/**
 * A run under way, with its pace and what is left at that pace.
 * @param pace rows and bytes per second, or null while unknown
 */
export function liveRunRow(run: NamedRun, pace: { rows: number; bytes: number } | null): LiveRun {
  const { total, total_unit } = run;
  const isOfRows = total_unit === 'rows';
  const left = total === null ? null : Math.max(0, total - (isOfRows ? run.read : run.bytes));
  const speed = pace === null ? 0 : isOfRows ? pace.rows : pace.bytes;
  return {
    ...runRow(run),
    total,
    total_unit,
    rows_per_second: pace === null ? null : Math.round(pace.rows),
    seconds_left: left === null || speed <= 0 || run.state !== 'running' ? null : Math.ceil(left / speed),
  };
}
