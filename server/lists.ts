import type { Knex } from 'knex';
import type { Config, SourceConfig } from '../etl/config.ts';
import { freshSchedule, nextRunAt, readSchedules } from '../etl/schedule-state.ts';
import type { PipelineRunRow, SourceStateRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import type { ListPage, PushTokenRow, RecentRun, RunRow, SourceRow } from '../queries/model/lists.ts';
import { countUnmapped } from './label-changes.ts';
import { countRows, pageSize, sourceCode } from './page.ts';
import { listTokens } from './push-tokens.ts';
import { namedRuns, runRow, type NamedRun } from './run-rows.ts';
import { scheduleWords } from './schedule-words.ts';

const sparkRuns = 30;
type Sources = Pick<Config, 'sources' | 'organisation'>;

/**
 * Every source by name, those the configuration names and have never been read too, with how fresh it is and its last runs.
 * @param config null: what the store alone knows
 */
export async function listSources(db: Knex, now: number, config: Sources | null = null): Promise<ListPage<SourceRow>> {
  const states = await db<SourceStateRow>('source_state').select();
  const cases = await countBySource(db('case_fact'));
  const runs = await countBySource(db('pipeline_run'));
  const rejected = await countBySource(db('rejected_record'));
  const waiting = await countBySource(db('rejected_record').whereNull('settled_at'));
  const lastIds = db('pipeline_run').max('run_id').groupBy('source');
  const lastRuns = await namedRuns(db).whereIn('run_id', lastIds);
  const recent = await recentRuns(db);
  const tokens = await listTokens(db);
  const unmapped = await countUnmapped(db);
  const schedules = await readSchedules(db, now);
  const zone = config?.organisation.zone ?? 'UTC';
  const nextRun = (source: SourceConfig) => isoText(nextRunAt(source, schedules.get(source.name) ?? freshSchedule, now, zone));
  const rows = states.map((state): SourceRow => {
    const last = lastRuns.find((run) => run.source_code === state.source);
    const configured = config?.sources.find((source) => source.name === state.name);
    return {
      ...blankSource(state.name, configured, tokens.get(state.name) ?? []),
      connector: configured?.connector ?? state.connector,
      map: state.map,
      zone: state.zone,
      through: isoText(state.through_at),
      live: state.is_live ? 1 : 0,
      running: state.locked_until !== null && state.locked_until > now ? 1 : 0,
      cases: cases.get(state.source) ?? 0,
      runs: runs.get(state.source) ?? 0,
      rejected: rejected.get(state.source) ?? 0,
      last_run: last ? runRow(last) : null,
      next_run: configured ? nextRun(configured) : null,
      retry_at: isoText(state.retry_at),
      failed_count: state.failed_count,
      warning: last?.warning ?? null,
      notice: state.notice,
      recent: recent.get(state.source) ?? [],
      waiting: waiting.get(state.source) ?? 0,
      unmapped: unmapped.get(state.source) ?? 0,
    };
  });
  for (const source of config?.sources ?? []) {
    if (rows.some((row) => row.name === source.name)) continue;
    rows.push({ ...blankSource(source.name, source, tokens.get(source.name) ?? []), next_run: nextRun(source) });
  }
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

/** A source before its first run. */
function blankSource(name: string, configured: SourceConfig | undefined, tokens: PushTokenRow[]): SourceRow {
  return {
    name,
    connector: configured?.connector ?? '',
    map: configured?.map ?? null,
    zone: null,
    through: null,
    live: 0,
    running: 0,
    cases: 0,
    runs: 0,
    rejected: 0,
    last_run: null,
    configured: configured ? 1 : 0,
    schedule: configured?.schedule ? scheduleWords(configured.schedule) : null,
    next_run: null,
    retry_at: null,
    failed_count: 0,
    warning: null,
    notice: null,
    recent: [],
    waiting: 0,
    unmapped: null,
    tokens,
  };
}

type EndedRun = Pick<PipelineRunRow, 'source' | 'run_id' | 'started_at' | 'read'> & { state: 'done' | 'failed' };

/** The last runs of each source that ended, oldest first. */
async function recentRuns(db: Knex): Promise<Map<number, RecentRun[]>> {
  const numbered = db('pipeline_run')
    .whereNot('state', 'running')
    .select('source', 'run_id', 'started_at', 'read', 'state')
    .rowNumber('place', (over) => void over.partitionBy('source').orderBy('run_id', 'desc'));
  const found: unknown = await db
    .from(numbered.as('numbered'))
    .where('place', '<=', sparkRuns)
    .orderBy('run_id')
    .select('source', 'run_id', 'started_at', 'read', 'state');
  const recent = new Map<number, RecentRun[]>();
  for (const { source, run_id, started_at, read, state } of found as EndedRun[]) {
    const list = recent.get(source) ?? [];
    list.push({ run_id, started_at: isoText(started_at), rows: read, state });
    recent.set(source, list);
  }
  return recent;
}

async function countBySource(query: Knex.QueryBuilder): Promise<Map<number, number>> {
  const rows: unknown = await query.select('source').count('* as n').groupBy('source');
  return new Map((rows as { source: number; n: number }[]).map((row) => [row.source, row.n]));
}
