import type { Knex } from 'knex';
import type { Config, SourceConfig } from './config.ts';
import type { FileConnector, FoundFile, PullConnector } from './connector.ts';
import { readerOf } from './connectors/file-format.ts';
import { connectors } from './connectors/index.ts';
import { BadInput, didYouMean, SourceFailed } from './errors.ts';
import type { Log } from './log.ts';
import type { RecordMap } from './map.ts';
import { runImport, type RunProgress, type RunReport } from './run.ts';
import { asStoreFault } from './run-failure.ts';
import { clearFailures, forgetRefused, loadedFiles, noteEmptyRun, noteRefused, noteUnstarted } from './run-notes.ts';
import { noteDue, refuseNoted } from './schedule-state.ts';
import { redactError, redactor, resolveSecrets, type SecretEnv } from './secret.ts';
import { RunInProgress } from './store/lock.ts';
import type { Store } from './store/open.ts';
import { describeSource } from './store/sources.ts';

export interface SourceDeps {
  store: Store;
  config: Config;
  /** The map behind the name or path of a configuration. @throws BadInput */
  findMap: (nameOrPath: string) => RecordMap;
  /** Where secrets come from. */
  env: SecretEnv;
  /** Seconds since 1970 UTC. */
  now: () => number;
  log: Log;
  /** How long a dropped file must stand still before it is read; default the connector's. */
  settleMs?: number;
  /** How far a run is, with every batch. */
  onProgress?: (progress: RunProgress) => void;
  /** Pulled sources begin at their start instead of where the last run ended. */
  isFromStart?: boolean;
  /** The instant of its schedule that the run is for; a pulled source that has run for it is not read again. */
  due?: number;
  /** Ends the runs in progress. */
  signal?: AbortSignal;
}

/** What became of a source. */
export interface SourceRun {
  /** One report a run: of a pulled source one, of files one each. */
  reports: RunReport[];
  /** Files that cannot be read as they are, with the reason; each has its failed run. */
  refused: { name: string; reason: string }[];
}

/**
 * Reads what is new in a configured source. A pulled one goes on from where it ended, in one run. Of files each new one is a run;
 * without any, a run that a person started is noted all the same, so that they see it happened, and a scheduled one is not. A file
 * that cannot be read as it is (it does not fit the map, say) does not keep the others waiting: it is noted once, and read again
 * when its content has changed or a person starts a run. What keeps a run from even beginning is noted as a failed run too.
 * @param onStarted gets the number of each run once it is under way
 * @throws as {@link runImport}, without secrets; BadInput when a secret is not set or the source sends its records by itself.
 * Files after one that failed for a reason outside it wait for the next time
 */
export async function runSource(
  deps: SourceDeps,
  source: SourceConfig,
  startedBy: string,
  onStarted?: (runId: number) => void,
): Promise<SourceRun> {
  const { store, env, now, log } = deps;
  const connector = connectorOf(source);
  const redact = redactor(source.options, env);
  let isUnderWay = false;
  const start: Start = {
    ...deps,
    source,
    startedBy,
    redact,
    begun(runId) {
      isUnderWay = true;
      onStarted?.(runId);
    },
  };
  try {
    const map = deps.findMap(source.map);
    const options = resolveSecrets(source.options, env);
    const result =
      connector.kind === 'files' ? await readFiles(start, map, connector, options) : await pull(start, map, connector, options);
    await clearFailures(store, source.name);
    return result;
  } catch (error) {
    if (error instanceof RunInProgress) throw error;
    const clean = redactError(asStoreFault(source.name, error), redact);
    if (!isUnderWay) {
      await noteUnstarted(store, { source, startedBy, now: now(), message: clean.message }).catch((unwritten: unknown) =>
        log('run_failure_not_noted', { source: source.name, error: unwritten }),
      );
    }
    throw clean;
  }
}

interface Start extends SourceDeps {
  source: SourceConfig;
  startedBy: string;
  redact: (text: string) => string;
  begun: (runId: number) => void;
}

function connectorOf({ name, connector }: SourceConfig): FileConnector | PullConnector {
  const found = connectors[connector];
  if (!found) {
    const known = Object.keys(connectors);
    const message = `"${connector}" is no connector${didYouMean(connector, known)}; there are ${known.join(', ')}`;
    throw new BadInput([{ field: `${name}: connector`, message }]);
  }
  if (found.kind !== 'push') return found;
  const message = `its records are sent to us, not read: POST them to /api/sources/${encodeURIComponent(name)}/records with the token of the source`;
  throw new BadInput([{ field: name, message }]);
}

function pull(start: Start, map: RecordMap, connector: PullConnector, options: unknown): Promise<SourceRun> {
  const { source, due } = start;
  const given = {
    ...common(start, map),
    connector,
    options,
    input: null,
    since: 'cursor' as const,
    through: 'run_start' as const,
    isFromStart: start.isFromStart ?? false,
    ...(due === undefined
      ? {}
      : {
          onBegin: (trx: Knex.Transaction) => refuseNoted(trx, source.name, due),
          onEnd: (trx: Knex.Transaction, runId: number) => noteDue(trx, source.name, due, runId),
        }),
  };
  return runImport({ ...given, onStarted: start.begun }).then((report) => ({ reports: [report], refused: [] }));
}

async function readFiles(start: Start, map: RecordMap, connector: FileConnector, options: unknown): Promise<SourceRun> {
  const { store, source, startedBy, now, settleMs, signal } = start;
  const description = { name: source.name, connector: source.connector, map: source.map, zone: map.zone, fields: [] };
  const code = await describeSource(store, description);
  if (startedBy !== 'schedule') await forgetRefused(store, code);
  const files = await connector.files(options, {
    source: source.name,
    ...loadedFiles(store, code),
    ...(settleMs === undefined ? {} : { settleMs }),
  });
  const result: SourceRun = { reports: [], refused: [] };
  if (files.length === 0 && startedBy !== 'schedule') start.begun(await noteEmptyRun(store, code, startedBy, now()));
  for (const file of files) {
    let runId = 0;
    try {
      const onStarted = (id: number): void => start.begun((runId = id));
      result.reports.push(await readFile(start, map, file, onStarted));
    } catch (error) {
      if (runId === 0 || signal?.aborted || !isOfTheFile(error)) throw error;
      await noteRefused(store, { source: code, runId, file, now: now() });
      result.refused.push({ name: file.name, reason: error.message });
    }
  }
  return result;
}

function readFile(start: Start, map: RecordMap, { name, path, hash }: FoundFile, onStarted: (runId: number) => void): Promise<RunReport> {
  const options = { ...map.input, file: path };
  return runImport({ ...common(start, map), connector: readerFor(name, map), options, input: name, file: { hash, name }, onStarted });
}

/** A name that does not say how the file is written fails the run of this file, not all. */
function readerFor(name: string, map: RecordMap): ReturnType<typeof readerOf> {
  try {
    return readerOf(name, map.input);
  } catch (error) {
    const fail = (): never => {
      throw error;
    };
    return { name: 'file', description: '', read: fail };
  }
}

function common(start: Start, map: RecordMap) {
  const { store, config, source, startedBy, now, log, signal, redact, onProgress } = start;
  return {
    store, map, log, now, startedBy, redact, source: source.name, mapName: source.map, connectorName: source.connector,
    organisation: config.organisation, isRegular: true, ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}),
  }; // prettier-ignore
}

/** Whether reading the same bytes again would fail again. */
function isOfTheFile(error: unknown): error is Error {
  return error instanceof BadInput || (error instanceof SourceFailed && !error.retriable);
}
