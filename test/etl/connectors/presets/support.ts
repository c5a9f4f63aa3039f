import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Extract, PullConnector, RawRow, ReadContext } from '../../../../etl/connector.ts';
import { readMap, type RecordMap } from '../../../../etl/map.ts';
import { runImport, type RunReport } from '../../../../etl/run.ts';
import type { Store } from '../../../../etl/store/open.ts';
import { sharedData } from '../../../support/shared-data.ts';

/** A map of `fixtures/maps`. */
export function fixtureMap(name: string): RecordMap {
  const file = fileURLToPath(new URL(`../../../../fixtures/maps/${name}.yaml`, import.meta.url));
  return readMap(readFileSync(file, 'utf8'), name);
}

/** A JSON document of `shared/data`, unpacked where its name ends in .gz. */
export function sharedJson<T>(name: string): T {
  const path = sharedData(name);
  if (path === null) throw new Error(`shared/data/${name} is absent`);
  const bytes = readFileSync(path);
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as T;
}

/** Options as the configuration gives them when a run starts: defaults filled in, secrets resolved. */
export function optionsOf<Options>(
  connector: PullConnector<Options>,
  given: Record<string, unknown>,
  secrets: Record<string, string> = {},
): Options {
  const referred = Object.fromEntries(Object.keys(secrets).map((name) => [name, '${SECRET}']));
  return { ...connector.options.parse({ ...given, ...referred }), ...secrets };
}

/** One run as a schedule starts it: from where the last one ended. Waits take no time; `pauses` gets their milliseconds. */
export async function pull<Options>(
  store: Store,
  {
    connector,
    options,
    map,
    now = Date.UTC(2026, 11, 1) / 1000,
    pauses = [],
  }: { connector: PullConnector<Options>; options: Options; map: RecordMap; now?: number; pauses?: number[] },
): Promise<RunReport> {
  return runImport({
    store, map, options, connector: withoutWaiting(connector, pauses), startedBy: 'command', input: null, since: 'cursor', through: 'run_start',
    now: () => now, log: () => undefined,
  }); // prettier-ignore
}

/** A connector whose waits take no time. */
export function withoutWaiting<Options>(connector: PullConnector<Options>, pauses: number[] = []): PullConnector<Options> {
  const pause = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  return { ...connector, read: (options, since, context) => connector.read(options, since, { ...context, pause }) };
}

/** Reads from a cursor to the end. */
export async function readAll<Options>(
  connector: PullConnector<Options>,
  options: Options,
  since: string | null = null,
  now = Date.UTC(2026, 11, 1) / 1000,
): Promise<{ rows: RawRow[]; extracts: Extract[]; cursor: string | null; pauses: number[] }> {
  const pauses: number[] = [];
  const context: ReadContext = { now: () => now, pause: (ms) => (pauses.push(ms), Promise.resolve()) };
  const extracts: Extract[] = [];
  for await (const extract of connector.read(options, since, context)) extracts.push(extract);
  return { rows: extracts.flatMap((e) => e.rows), extracts, cursor: extracts.at(-1)?.cursor ?? null, pauses };
}

/** The message a promise is refused with. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'it was not refused',
    (error: unknown) => (error as Error).message,
  );
}

/** Seconds since 1970 of an ISO time. */
export function at(iso: string): number {
  return Date.parse(iso) / 1000;
}
