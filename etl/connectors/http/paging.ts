import { textOf, valueAt } from '../../json-rows.ts';
import type { Answer } from './answer.ts';
import { holds } from './check.ts';
import type { Faults } from './fault.ts';
import { nextLink } from './link.ts';
import type { Paging } from './options-paging.ts';
import type { Parameters } from './options-parts.ts';
import type { Place, Step } from './place.ts';
import { lastPaths } from './template.ts';
import { stepByWatermark } from './watermark.ts';

/** A page that has been read. */
export interface PageRead {
  /** Where it was asked for; null for the first request. */
  place: Place | null;
  answer: Answer;
  items: readonly unknown[];
  /** Rows there are in all, where the source says so. */
  total: number | null;
  /** Time of a row, where the list is incremental. */
  timeOf: ((row: unknown) => number | null) | null;
  /** Whether numbered pages and offsets are read a second time, backwards. */
  isReadBack: boolean;
  faults: Faults;
}

const end: Step = { next: null, kept: null };

/** Parameters of the request for a place, laid over those of the list. */
export function parametersAt(paging: Paging, place: Place | null): Parameters {
  if (paging.kind === 'none' || place?.kind === 'url') return {};
  const size: Parameters = paging.size_parameter && paging.size ? { [paging.size_parameter]: paging.size } : {};
  if (paging.kind === 'page') return { ...size, [paging.parameter]: place?.kind === 'page' ? place.page : paging.first };
  if (paging.kind === 'watermark') return { ...size, [paging.parameter]: place?.kind === 'watermark' ? place.page : paging.first };
  if (paging.kind === 'offset') return { ...size, [paging.parameter]: place?.kind === 'offset' ? place.offset : 0 };
  if (paging.kind === 'cursor') return { ...size, ...(place?.kind === 'cursor' ? { [paging.parameter]: [place.cursor] } : paging.start) };
  return paging.kind === 'keyset' && place?.kind === 'keyset' ? { ...size, ...paging.next } : size;
}

/**
 * Where to go on after a page.
 * @throws SourceFailed when the source does not say where, or says the same place again
 */
export function stepAfter(paging: Paging, page: PageRead): Step {
  switch (paging.kind) {
    case 'none':
      return end;
    case 'page':
      return stepByPage(paging, page);
    case 'offset':
      return stepByOffset(paging, page);
    case 'cursor':
      return stepByCursor(paging, page);
    case 'link':
      return stepByUrl(nextLink(page.answer.headers.get('link') ?? ''), page);
    case 'next_url': {
      if (paging.end && holds(paging.end, page.answer.value)) return end;
      return stepByUrl(textOf(valueAt(page.answer.value, paging.at)), page);
    }
    case 'keyset':
      return stepByKey(paging, page);
    case 'watermark':
      return stepByWatermark(paging, page);
  }
}

type Kind<Name extends Paging['kind']> = Extract<Paging, { kind: Name }>;

/**
 * Numbers of pages shift while rows are touched, added or taken out, and a row that moves up into a page read before is missed.
 * Where a run asks only for what changed, no later one would find it: the list is read once more from its end to its start, towards
 * which such rows move.
 */
function stepByPage(paging: Kind<'page'>, page: PageRead): Step {
  const { first, size = null } = paging;
  const at = page.place?.kind === 'page' ? page.place : { page: first, rows: 0, empty: 0, back: false };
  const back: Step =
    at.page > first ? { next: { kind: 'page', page: at.page - 1, size, rows: at.rows, empty: 0, back: true }, kept: null } : end;
  if (at.back) return back;
  const rows = at.rows + page.items.length;
  const empty = page.items.length === 0 ? at.empty + 1 : 0;
  if (isEnd(paging, page, rows, empty)) return page.isReadBack ? back : end;
  return { next: { kind: 'page', page: at.page + 1, size, rows, empty, back: false }, kept: null };
}

/** As {@link stepByPage}. */
function stepByOffset(paging: Kind<'offset'>, page: PageRead): Step {
  const { size, overlap_rows } = paging;
  const at = page.place?.kind === 'offset' ? page.place : { offset: 0, empty: 0, back: false };
  const back: Step =
    at.offset > 0 ? { next: { kind: 'offset', offset: Math.max(0, at.offset - size), empty: 0, back: true }, kept: null } : end;
  if (at.back) return back;
  const found = page.items.length;
  const empty = found === 0 ? at.empty + 1 : 0;
  if (isEnd(paging, page, at.offset + found, empty)) return page.isReadBack ? back : end;
  const forward = found === 0 ? size : found > overlap_rows ? found - overlap_rows : found;
  return { next: { kind: 'offset', offset: at.offset + forward, empty, back: false }, kept: null };
}

/** A page shorter than asked for ends a list, unless the source says that there are more rows: it may give smaller pages than it is asked for. */
function isEnd(paging: Kind<'page' | 'offset'>, page: PageRead, rows: number, empty: number): boolean {
  if (paging.end && holds(paging.end, page.answer.value)) return true;
  if (paging.stop === 'empty' || paging.size === undefined) return empty >= paging.empty_pages;
  if (page.items.length === 0) return true;
  return page.items.length < paging.size && !(page.total !== null && rows < page.total);
}

function stepByCursor(paging: Kind<'cursor'>, page: PageRead): Step {
  const { answer, faults } = page;
  const cursor = textOf(valueAt(answer.value, paging.at));
  const before = page.place?.kind === 'cursor' ? page.place.cursor : null;
  const place: Place | null = cursor === '' ? page.place : { kind: 'cursor', cursor };
  const ended: Step = { next: null, kept: paging.keep ? place : null };
  if (paging.end ? holds(paging.end, answer.value) : cursor === '') return ended;
  if (cursor === '')
    throw faults.fail(answer.url, `says there is more but has no cursor at "${paging.at}"; check \`paging.at\` and \`paging.end\``, {
      retriable: false,
    });
  if (cursor !== before) return { next: place, kept: null };
  if (page.items.length === 0 || (paging.keep && !paging.end)) return ended;
  throw faults.fail(answer.url, `gives the same cursor again and again; check \`paging.parameter\` ("${paging.parameter}")`, {
    retriable: false,
  });
}

function stepByUrl(given: string | null, { answer, faults }: PageRead): Step {
  if (given === null || given === '') return end;
  const url = URL.canParse(given, answer.url) ? new URL(given, answer.url) : null;
  if (url?.origin === answer.url.origin) return { next: { kind: 'url', url: url.href }, kept: null };
  const where = url ? `on ${url.origin}` : 'as something that is no address';
  throw faults.fail(
    answer.url,
    `gives its next page ${where}, and we do not follow to another place, since secrets would go with us; set \`url\` to the address the source gives itself, or page by \`page\` or \`offset\``,
    { retriable: false },
  );
}

function stepByKey(paging: Kind<'keyset'>, { place, answer, items, total, faults }: PageRead): Step {
  const rows = (place?.kind === 'keyset' ? place.rows : 0) + items.length;
  if (items.length === 0 || (paging.end && holds(paging.end, answer.value))) return end;
  const isShort = paging.stop === 'short' && paging.size !== undefined && items.length < paging.size;
  if (isShort && !(total !== null && rows < total)) return end;
  const texts = Object.values(paging.next)
    .flat()
    .filter((value) => typeof value === 'string');
  const last: Record<string, string | number | boolean | null> = {};
  for (const path of texts.flatMap(lastPaths)) {
    const value = valueAt(items.at(-1), path);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw faults.fail(
        answer.url,
        `has no "${path}" in the last row of a page, from which the next request is made; check \`paging.next\``,
        { retriable: false },
      );
    last[path] = value;
  }
  if (place?.kind === 'keyset' && JSON.stringify(place.last) === JSON.stringify(last))
    throw faults.fail(
      answer.url,
      'ends two pages with the same row; check that `query` orders the rows by what `paging.next` is made from',
      { retriable: false },
    );
  return { next: { kind: 'keyset', last, rows }, kept: null };
}
