import { BadInput, didYouMean, type Problem } from './errors.ts';
import type { RecordMap } from './map.ts';
import { keepPlaces, rejectedRows, settleRows, type RejectedRows } from './replay-rows.ts';
import { runImport, type RunReport } from './run.ts';
import type { SourceDeps } from './run-source.ts';
import { isOneOf } from './store/insert.ts';
import type { PipelineRunRow, RejectedRecordRow, SourceStateRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

/** Rejected rows of one source that are to be read again. */
export interface Replay {
  source: SourceStateRow;
  rejectIds: readonly number[];
  /** By reject_id: the columns a person changed. */
  changes: ReadonlyMap<number, Record<string, string>>;
  /** Who asked for it. */
  startedBy: string;
}

/** As many rows as one run reads again. */
export const mostReplayed = 100_000;

/**
 * Reads rejected rows again, with the corrections, through the map their source has now: a run like any other. Each row is settled
 * in the transaction that loads it; one that is rejected again is a new rejected row of this run, or waits on where it says the same.
 * They are read in the order in which they were brought: of several with one key the last one holds. A row whose key was loaded by a
 * later run is left out, and a warning says so.
 * @param onStarted gets the number of the run once it is under way
 * @throws BadInput before the run when nothing can be replayed or a correction does not fit; else as {@link runImport}
 */
export async function replayRejected(deps: SourceDeps, replay: Replay, onStarted?: (runId: number) => void): Promise<RunReport> {
  const { store, now, log } = deps;
  const { source, startedBy } = replay;
  const map = mapOf(deps, source);
  const rows: RejectedRows = { store, source, map, rejectIds: replay.rejectIds, changes: replay.changes };
  const input = await describeInput(rows);
  let runId = 0;
  let settled = 0;
  const { reader, open, leftOut, ...replayed } = rejectedRows(rows);
  const report = await runImport({
    store, map, now, log, startedBy, input, source: source.name, connector: reader, connectorName: source.connector,
    mapName: mapNameOf(deps, source) ?? source.name, options: null, repeats: 'replace', organisation: deps.config.organisation,
    ...(deps.signal ? { signal: deps.signal } : {}),
    onStarted(id) {
      runId = id;
      onStarted?.(id);
    },
    async onBatch(trx, { read }) {
      const batch = open().slice(0, read - settled);
      await settleRows(trx, batch, { runId, by: startedBy, now: now() });
      await keepPlaces(trx, source, batch);
    },
    onProgress({ read }) {
      replayed.settled(read - settled);
      settled = read;
    },
  }); // prettier-ignore
  if (leftOut() === 0) return report;
  const warning = [report.warning, leftOutWords(leftOut())].filter((text) => text !== null).join('; ');
  await transact(store, (trx) => trx<PipelineRunRow>('pipeline_run').where({ run_id: report.runId }).update({ warning }));
  return { ...report, warning };
}

/**
 * The map by which the rejected rows of a source are read again: the configured one, else the one it was imported with.
 * @throws BadInput when there is none, or it cannot be read
 */
export function mapOf(deps: Pick<SourceDeps, 'config' | 'findMap'>, source: Pick<SourceStateRow, 'name' | 'map'>): RecordMap {
  const name = mapNameOf(deps, source);
  if (name === null) throw new BadInput([{ field: 'source', message: `"${source.name}" has no map to read its rows with` }]);
  try {
    return deps.findMap(name);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const why = error.problems.map((p) => p.message).join('; ');
    const message = `the map of "${source.name}" cannot be used any more: ${why}; name it in the configuration, under sources`;
    throw new BadInput([{ field: 'source', message }]);
  }
}

/**
 * Why rows of a source cannot be replayed, in words; null when they can be.
 * @param source null when it is not known any more
 */
export function whyNotOfSource(
  deps: Pick<SourceDeps, 'config' | 'findMap'>,
  source: Pick<SourceStateRow, 'name' | 'map'> | null,
): string | null {
  if (!source) return 'its source is not known any more';
  try {
    mapOf(deps, source);
    return null;
  } catch (error) {
    if (error instanceof BadInput) return error.problems.map((p) => p.message).join('; ');
    throw error;
  }
}

/** Why a row itself cannot be replayed, in words; null when it can be. */
export function whyNotOfRow(row: {
  hasColumns: boolean;
  is_cut: number;
  settlement: string | null;
  settled_run: number | null;
}): string | null {
  if (row.settlement === 'superseded') return `a later row took its place, in run ${row.settled_run ?? '?'}`;
  if (row.settlement === 'replayed') return `it was replayed already, in run ${row.settled_run ?? '?'}`;
  if (row.is_cut) return 'only its first 64 KiB are kept; mend it where it comes from and read that again';
  if (!row.hasColumns) return 'it could not be split into columns; mend it where it comes from and read that again';
  return null;
}

/** What is wrong with the corrections of a row: they name columns that the source has not. */
export function changeProblems(values: Record<string, string>, changed: Record<string, string>, known: readonly string[]): Problem[] {
  const columns = [...new Set([...Object.keys(values), ...known])];
  const strange = Object.keys(changed).filter((name) => !columns.includes(name));
  return strange.map((name) => ({ field: name, message: `the row has no column "${name}"${didYouMean(name, columns)}` }));
}

function leftOutWords(count: number): string {
  return `${count === 1 ? '1 row was' : `${count.toLocaleString('en')} rows were`} left out, since a later row took its place`;
}

function mapNameOf({ config }: Pick<SourceDeps, 'config'>, source: Pick<SourceStateRow, 'name' | 'map'>): string | null {
  return config.sources.find((configured) => configured.name === source.name)?.map ?? source.map;
}

/** "3 rejected rows of run 12 (cases.csv)" */
async function describeInput({ store, rejectIds }: RejectedRows): Promise<string> {
  const rows = store.reader<RejectedRecordRow>('rejected_record').where(isOneOf(store.reader, 'reject_id', rejectIds));
  const found = (await rows.min('run_id as first').max('run_id as last').min('input as one').max('input as other').first()) as unknown as {
    first: PipelineRunRow['run_id'];
    last: number;
    one: string | null;
    other: string | null;
  };
  const { first, last, one, other } = found;
  const count = rejectIds.length === 1 ? '1 rejected row' : `${rejectIds.length.toLocaleString('en')} rejected rows`;
  const runs = first === last ? `run ${first}` : `runs ${first} to ${last}`;
  return `${count} of ${runs}${one !== null && one === other ? ` (${one})` : ''}`;
}
