import type { Knex } from 'knex';
import type { PipelineRunRow, SourceStateRow } from '../etl/store/tables.ts';
import type { ListPage, RunRow, SourceRow } from '../queries/model/lists.ts';
import { countRows, isoText, pageSize, sourceCode } from './page.ts';

/** Every source by name, with how fresh it is and its last run. */
export async function listSources(db: Knex, now: number): Promise<ListPage<SourceRow>> {
  const states = await db<SourceStateRow>('source_state').select();
  const cases = await countBySource(db('case_fact'));
  const runs = await countBySource(db('pipeline_run'));
  const rejected = await countBySource(db('rejected_record'));
  const lastIds = db('pipeline_run').max('run_id').groupBy('source');
  const lastRuns = await namedRuns(db).whereIn('run_id', lastIds);
  const rows = states.map((state): SourceRow => {
    const last = lastRuns.find((run) => run.source_code === state.source);
    return {
      name: state.name,
      connector: state.connector,
      map: state.map,
      zone: state.zone,
      through: isoText(state.through_at),
      live: state.is_live ? 1 : 0,
      running: state.locked_until !== null && state.locked_until > now ? 1 : 0,
      cases: cases.get(state.source) ?? 0,
      runs: runs.get(state.source) ?? 0,
      rejected: rejected.get(state.source) ?? 0,
      last_run: last ? runRow(last) : null,
    };
  });
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { total: rows.length, page: 1, size: rows.length, rows };
}

/** Runs, newest first. */
export async function listRuns(db: Knex, { source, page }: { source: string | null; page: number }): Promise<ListPage<RunRow>> {
  const code = await sourceCode(db, source);
  const only = (query: Knex.QueryBuilder) => (code === null ? query : query.where('pipeline_run.source', code));
  const found: unknown = await only(namedRuns(db))
    .orderBy('run_id', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize);
  // Narrowing by a source loses Knex's type of the rows.
  const rows = found as NamedRun[];
  return { total: await countRows(only(db('pipeline_run'))), page, size: pageSize, rows: rows.map(runRow) };
}

/** A run as it is stored, with the name of its source. */
type NamedRun = Omit<PipelineRunRow, 'source'> & { source_code: number; source: string };

function namedRuns(db: Knex): Knex.QueryBuilder<object, NamedRun[]> {
  const query: Knex.QueryBuilder = db('pipeline_run')
    .leftJoin('source_state', 'source_state.source', 'pipeline_run.source')
    .select('pipeline_run.*', 'source_state.name as source', 'pipeline_run.source as source_code');
  return query as Knex.QueryBuilder<object, NamedRun[]>;
}

function runRow(run: NamedRun): RunRow {
  const { run_id, source, started_by, input, state, read, inserted, updated, unchanged, rejected, flagged, bytes, message } = run;
  const times = { started_at: isoText(run.started_at), finished_at: isoText(run.finished_at) };
  return { run_id, source, started_by, input, state, ...times, read, inserted, updated, unchanged, rejected, flagged, bytes, message };
}

async function countBySource(query: Knex.QueryBuilder): Promise<Map<number, number>> {
  const rows: unknown = await query.select('source').count('* as n').groupBy('source');
  return new Map((rows as { source: number; n: number }[]).map((row) => [row.source, row.n]));
}
