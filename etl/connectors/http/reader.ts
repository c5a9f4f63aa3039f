import type { BrokenRow, Extract, RawRow, ReadContext } from '../../connector.ts';
import { growingHeader } from '../../json-header.ts';
import { instantAt } from '../../local-time.ts';
import { askedFor } from './asked-for.ts';
import { allHold } from './check.ts';
import { createClient, type HttpDeps } from './client.ts';
import { readDetails } from './details.ts';
import { anewNote, createRecentRows } from '../fingerprint.ts';
import { readGone, type GoneKeys } from './gone.ts';
import { createNotes } from './notes.ts';
import type { HttpOptions } from './options.ts';
import type { Place } from './place.ts';
import { rowTaker } from './rows.ts';
import { createLargestTime, sourceTime } from './source-time.ts';
import { withoutSecretParameters } from './secret-values.ts';
import { readState, writeState, type State } from './state.ts';
import { walk, type List } from './walk.ts';

const extractRows = 2_000;
const daySeconds = 86_400;

/**
 * Reads a source that answers with pages of JSON, a page at a time. The cursor holds how far the source has been read: the largest
 * of its own times in lists read to their end, and inside a list the place to go on from. It is never past what was yielded.
 */
export function createHttpReader(deps: HttpDeps) {
  return async function* read(given: HttpOptions, since: string | null, context: ReadContext): AsyncGenerator<Extract> {
    const { firstRows } = context;
    const options = firstRows === undefined ? given : inSmallPages(given, firstRows);
    const mostRows = firstRows ?? extractRows;
    const { incremental } = options;
    const client = createClient(options, context, deps);
    const notes = createNotes(options, client.faults.redact);
    const asked = askedFor(options);
    const known = since === null ? null : readState(since, asked);
    if (since !== null && !known) notes.add(anewNote);
    let state: State = known ?? { mark: null, seen: null, place: null, begun: null, gone: {} };
    const timeOf = incremental ? sourceTime(incremental) : () => null;
    const begun = state.begun ?? context.now();
    const largest = createLargestTime(state.seen, begun, context.now);
    const recent = isOverlapping(options) ? createRecentRows() : null;
    const header = growingHeader();
    header.complete([{ line: 0, values: Object.fromEntries(options.columns.map((name) => [name, ''])) }]);
    let line = 0;
    let total: number | null = null;
    const nextLine = (): number => ++line;
    const extract = (part: Pick<Extract, 'rows' | 'broken' | 'gone' | 'isPartial'>): Extract => {
      header.complete(part.rows);
      return {
        ...part,
        header: header.columns(),
        cursor: writeState(asked, state),
        bytes: client.bytes(),
        total: total === null ? undefined : { count: total, unit: 'rows' },
        notice: notes.text(largest),
      };
    };

    const gone: GoneKeys =
      firstRows === undefined
        ? await readGone({ client, options, now: context.now }, since === null ? null : state.gone)
        : { keys: [], marks: state.gone };
    let goneKeys = gone.keys;
    const start = resumeAt(options, state.place);
    const pages = walk({
      client,
      list: listOf(options),
      base: options.url,
      scope: { watermark: watermarkOf(options, state.mark), zone: incremental?.zone ?? 'UTC' },
      start,
      timeOf: incremental ? timeOf : undefined,
      onAnswer(answer) {
        for (const { never, message } of options.expect)
          if (allHold(never, answer.value))
            throw client.faults.fail(answer.url, `answered what cannot be right: ${message}`, { retriable: false });
        notes.take(answer);
      },
      onAnew: () => notes.add('the source no longer knows where the last run stopped, so the list was read from its start again'),
    });
    let counted = 0;
    let isFirst = true;
    for await (const { items, answer, step, total: announced } of pages) {
      total ??= announced;
      for (const item of items) largest.take(timeOf(item));
      const fresh = recent ? items.filter((item) => recent.isNew(item)) : items;
      const take = rowTaker(answer, options);
      let rows: RawRow[] = [];
      let broken: BrokenRow[] = [];
      for (const item of fresh) {
        const taken = take(item, nextLine);
        if (taken.kind === 'gone') goneKeys.push(taken.key);
        else if (taken.kind === 'broken') broken.push(taken.broken);
        else {
          rows.push(taken.row);
          for await (const further of readDetails({ client, options }, { row: taken.row, item }, nextLine)) {
            rows.push(...further.rows);
            broken.push(...further.broken);
            if (rows.length + broken.length < mostRows) continue;
            yield extract({ rows, broken });
            rows = [];
            broken = [];
          }
        }
        if (rows.length + broken.length < mostRows) continue;
        yield extract({ rows, broken });
        rows = [];
        broken = [];
      }
      if (!(isFirst && (start?.kind === 'page' || start?.kind === 'offset'))) counted += items.length;
      isFirst = false;
      const isEnough = options.max_rows !== undefined && counted >= options.max_rows && step.next !== null;
      const marks = { gone: gone.marks };
      const kept = step.next && withoutSecretParameters(step.next, options.query);
      if (step.next && !kept && isEnough) notes.add(secretPlaceNote);
      state = step.next
        ? { ...marks, mark: state.mark, seen: largest.value(), place: kept, begun }
        : { ...marks, mark: later(state.mark, largest.value()), seen: null, place: step.kept, begun: null };
      if (isEnough) notes.add(partialNote(options));
      yield extract({ rows, broken, ...(goneKeys.length ? { gone: goneKeys } : {}), ...(isEnough ? { isPartial: true } : {}) });
      goneKeys = [];
      if (isEnough) return;
    }
  };
}

export type { HttpDeps };

function listOf({ url, query, method, body, rows, paging, total, incremental }: HttpOptions): List {
  const since = incremental?.parameter ? { [incremental.parameter]: `{watermark|${incremental.format}}` } : {};
  return { url, query: { ...query, ...since }, method, body, rows, paging, total, isMoving: incremental !== undefined };
}

/** Where the source can be asked for fewer rows at once, pages of so many. */
function inSmallPages(options: HttpOptions, rows: number): HttpOptions {
  const { paging } = options;
  if (!('size' in paging) || paging.size === undefined || paging.size_parameter === undefined) return options;
  return { ...options, paging: { ...paging, size: Math.min(paging.size, rows) } };
}

/** From when on rows are asked for: the largest time of earlier runs less what is read again, or the configured start. */
function watermarkOf({ incremental }: HttpOptions, mark: number | null): number | null {
  if (!incremental) return null;
  const { start, zone, overlap_seconds, reread_days } = incremental;
  if (mark !== null) return mark - Math.max(overlap_seconds, reread_days * daySeconds);
  return start === undefined ? null : instantAt(start, 0, zone);
}

/** Numbered pages and offsets may have shifted since, so the page before is read again. */
function resumeAt({ paging }: HttpOptions, place: Place | null): Place | null {
  if (place?.kind === 'page' && place.size !== (paging.kind === 'page' ? (paging.size ?? null) : null)) return null;
  if (place && 'back' in place && place.back && place.kind === paging.kind) return place;
  if (place?.kind === 'page' && paging.kind === 'page')
    return { ...place, page: Math.max(paging.first, place.page - 1), rows: Math.max(0, place.rows - (paging.size ?? 0)), empty: 0 };
  if (place?.kind === 'offset' && paging.kind === 'offset') return { ...place, offset: Math.max(0, place.offset - paging.size), empty: 0 };
  const kind = paging.kind === 'link' || paging.kind === 'next_url' ? 'url' : paging.kind;
  return place?.kind === kind ? place : null;
}

function partialNote({ max_rows = 0 }: HttpOptions): string {
  return `a run ends after ${max_rows.toLocaleString('en')} rows (\`max_rows\`); the next one goes on there, and until one has read to the end the source counts as known only until the last one that did`;
}

const secretPlaceNote =
  'the address of the next page holds a secret of the source, which is not kept, so the next run begins the list anew: raise `max_rows` so that a run reads to the end';

function isOverlapping({ paging, incremental }: HttpOptions): boolean {
  if (paging.kind === 'watermark') return true;
  return (paging.kind === 'offset' && paging.overlap_rows > 0) || (incremental !== undefined && ['page', 'offset'].includes(paging.kind));
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
