import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { SourceConfig } from './config.ts';
import type { Extract, RawRow, ReadContext } from './connector.ts';
import { readerOf } from './connectors/file-format.ts';
import { connectors } from './connectors/index.ts';
import { BadInput, SourceFailed, type Problem } from './errors.ts';
import { bindMap, type BoundMap, type RecordMap } from './map.ts';
import { mappedRow, type MappedRow } from './mapped-row.ts';
import { redactError, redactor, resolveSecrets, type SecretEnv } from './secret.ts';

/** The first rows of a source beside what its map makes of them. */
export interface Preview {
  header: readonly string[];
  /** Rows that were read to show these. */
  read: number;
  /** Where the map does not fit the columns; the rows are then shown without records. */
  problems: Problem[];
  rows: PreviewedRow[];
  total: { count: number; unit: 'rows' | 'bytes' } | null;
  /** Whether the source says where it would go on from. */
  cursor_ok: boolean;
  /** What the one who accepts it should know. */
  notes: string[];
}
export interface PreviewedRow extends MappedRow {
  line: number;
  /** Null for a row that could not be split into columns. */
  values: Record<string, string> | null;
}

export interface PreviewOptions {
  source: SourceConfig;
  map: RecordMap;
  /** Where secrets come from. */
  env: SecretEnv;
  now: () => number;
  /** How long the source is waited for, default 30. */
  seconds?: number;
  /** How long a file must stand still before it is read; default the connector's. */
  settleMs?: number;
}

const shownRows = 20;

/**
 * Reads the beginning of a source, at most until its first rows, and maps it. Nothing is written.
 * @throws BadInput when a secret is not set; SourceFailed when the source cannot be read in time; both without secrets
 */
export async function previewSource(options: PreviewOptions): Promise<Preview> {
  const { source, map, env, seconds = 30 } = options;
  const redact = redactor(source.options, env);
  const stop = new AbortController();
  const late = new SourceFailed(
    source.name,
    `the source gave no rows within ${seconds} seconds; check its address, or ask it for less at once`,
    {
      retriable: true,
    },
  );
  const timer = setTimeout(() => stop.abort(late), seconds * 1000);
  try {
    const inTime = new Promise<never>((_resolve, reject) => stop.signal.addEventListener('abort', () => reject(late), { once: true }));
    const { extract, notes } = await Promise.race([firstRows(options, stop.signal), inTime]);
    return extract ? show(extract, map, notes) : { ...nothing, notes };
  } catch (error) {
    throw redactError(stop.signal.aborted ? late : error, redact);
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

const nothing: Preview = { header: [], read: 0, problems: [], rows: [], total: null, cursor_ok: true, notes: [] };

async function firstRows(options: PreviewOptions, signal: AbortSignal): Promise<{ extract: Extract | null; notes: string[] }> {
  const { source, map, env, now } = options;
  const connector = connectors[source.connector];
  if (!connector) throw new BadInput([{ field: 'connector', message: `"${source.connector}" is no connector` }]);
  if (connector.kind === 'push')
    return { extract: null, notes: ['Records are sent to this source; make a token once it is added, and look at its first run.'] };
  const given = resolveSecrets(source.options, env);
  const context: ReadContext = {
    now,
    signal,
    firstRows: shownRows,
    pause: (milliseconds, stop = signal) => pause(milliseconds, undefined, { signal: stop }),
  };
  if (connector.kind === 'pull') {
    const extract = await firstExtract(connector.read(given, null, context));
    return { extract, notes: extract?.rows.length || extract?.broken.length ? [] : ['The source answers, and has no rows yet.'] };
  }
  const place = (given as { path?: unknown }).path;
  // To look for files in a drop folder makes it, which is for the source itself to do.
  const isMissing = typeof place === 'string' && !/[*?[{]/.test(place) && !existsSync(place);
  const { settleMs } = options;
  const none = (): Promise<boolean> => Promise.resolve(false);
  const search = { source: source.name, isLoaded: none, isCurrent: none, ...(settleMs === undefined ? {} : { settleMs }) };
  const [file, ...others] = isMissing ? [] : await connector.files(given, search);
  if (!file) return { extract: null, notes: ['No file is there yet; each is read when it comes.'] };
  const extract = await firstExtract(readerOf(file.name, map.input).read({ ...map.input, file: file.path }, null, context));
  const more = others.length === 0 ? '' : `, the first of ${(others.length + 1).toLocaleString('en')} files`;
  return { extract, notes: [`These rows are from ${file.name}${more}.`] };
}

/** The first extract that holds a row, or else the last one. */
async function firstExtract(extracts: AsyncIterable<Extract>): Promise<Extract | null> {
  let last: Extract | null = null;
  for await (const extract of extracts) {
    last = extract;
    if (extract.rows.length || extract.broken.length) break;
  }
  return last;
}

function show(extract: Extract, map: RecordMap, notes: string[]): Preview {
  const { header, rows, broken, total = null, notice, cursor } = extract;
  const { bound, problems } = tryBinding(map, header);
  const record = bound && recordOf(bound, rows);
  const shown: PreviewedRow[] = [
    ...rows.slice(0, shownRows).map((row) => ({ line: row.line, values: row.values, ...(record?.(row) ?? unmapped) })),
    ...broken.slice(0, shownRows).map(({ line, field, reason }) => ({
      line,
      values: null,
      problems: [{ field: field ?? '', message: reason }],
      flags: [],
      record: null,
    })),
  ];
  shown.sort((a, b) => a.line - b.line);
  return {
    header,
    read: rows.length + broken.length,
    problems,
    rows: shown.slice(0, shownRows),
    total,
    cursor_ok: cursor !== '',
    notes: notice === undefined ? notes : [...notes, notice],
  };
}

const unmapped: MappedRow = { problems: [], flags: [], record: null };

function tryBinding(map: RecordMap, header: readonly string[]): { bound: BoundMap | null; problems: Problem[] } {
  try {
    return { bound: bindMap(map, header), problems: [] };
  } catch (error) {
    if (error instanceof BadInput) return { bound: null, problems: error.problems };
    throw error;
  }
}

/** What becomes of a row; of a folding map the case of all rows of its key that were read. */
function recordOf(bound: BoundMap, rows: readonly RawRow[]): (row: RawRow) => MappedRow {
  if (!bound.map.fold) return (row) => mappedRow(bound.record([row]));
  const byKey = new Map<string, RawRow[]>();
  for (const row of rows) {
    const key = bound.keyOf(row);
    if (!('key' in key)) continue;
    const group = byKey.get(key.key);
    if (group) group.push(row);
    else byKey.set(key.key, [row]);
  }
  for (const group of byKey.values()) group.sort((a, b) => (bound.ordinal(a) ?? 0) - (bound.ordinal(b) ?? 0) || a.line - b.line);
  return (row) => {
    const key = bound.keyOf(row);
    return mappedRow('problem' in key ? { ok: false, problems: [key.problem] } : bound.record(byKey.get(key.key) ?? [row]));
  };
}
