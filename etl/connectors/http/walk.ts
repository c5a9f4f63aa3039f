import { textOf, valueAt } from '../../json-rows.ts';
import { rowsOf, type Answer } from './answer.ts';
import type { Client } from './client.ts';
import type { HttpRequest } from './exchange.ts';
import { pageFingerprint } from '../fingerprint.ts';
import type { Paging } from './options-paging.ts';
import { parametersAt, stepAfter } from './paging.ts';
import type { Place, Step } from './place.ts';
import { probeWatermark } from './probe.ts';
import { buildRequest, type RequestParts } from './request.ts';
import { secretParameters } from './secret-values.ts';
import type { Scope } from './template.ts';

/** A list that comes in pages. */
export interface List extends RequestParts {
  rows: string;
  paging: Paging;
  /** Path to the number of rows there are in all. */
  total?: string;
  /** Whether rows may move in it while it is read, and no later read would find those that are missed. */
  isMoving?: boolean;
}

export interface WalkOptions {
  client: Client;
  list: List;
  /** Address of the source. */
  base: string;
  scope: Scope;
  /** Where to go on; null for the start of the list. */
  start: Place | null;
  timeOf?: (row: unknown) => number | null;
  /** Looks at an answer before its rows are taken. @throws SourceFailed */
  onAnswer?: (answer: Answer) => void;
  /** Told when the source no longer knows the place to go on from, and the list is read from its start. */
  onAnew?: () => void;
  /** Whether a list that is not there (404) is one without rows. */
  mayBeMissing?: boolean;
}

export interface Page {
  items: readonly unknown[];
  answer: Answer;
  total: number | null;
  step: Step;
}

const mostEmpty = 100;
const placeUnknown = [400, 404, 410, 422];

/**
 * The pages of a list, one at a time, until it ends.
 * @throws SourceFailed also when the source gives the same page again, or does not tell where to go on
 */
export async function* walk(options: WalkOptions): AsyncGenerator<Page> {
  const { client, list, scope } = options;
  const { paging } = list;
  const begin: Place | null =
    paging.kind === 'watermark' ? { kind: 'watermark', from: scope.watermark ?? null, page: paging.first, back: false, then: null } : null;
  let place = options.start ?? begin;
  let empty = 0;
  let isFirst = true;
  const seen = new Set<string>();
  for (;;) {
    const mayRestart = isFirst && (place?.kind === 'cursor' || place?.kind === 'url');
    const accept = options.mayBeMissing ? [404] : mayRestart ? placeUnknown : [];
    const answer = await client.send(requestAt(options, place), accept);
    if (accept.includes(answer.status)) {
      if (!mayRestart) return;
      place = begin;
      isFirst = false;
      options.onAnew?.();
      continue;
    }
    options.onAnswer?.(answer);
    const items = rowsOf(answer, list.rows, client.faults);
    const total = totalOf(answer, list.total);
    checkProgress(items, place);
    const step = stepAfter(paging, {
      place,
      answer,
      items,
      total,
      timeOf: options.timeOf ?? null,
      isReadBack: list.isMoving ?? false,
      faults: client.faults,
    });
    if (isFirst && place?.kind === 'watermark')
      await probeWatermark(options, items, (from) => requestAt(options, { ...begin, from } as Place));
    isFirst = false;
    yield { items, answer, total, step };
    if (!step.next) return;
    place = step.next;
  }

  function checkProgress(items: readonly unknown[], at: Place | null): void {
    const { url } = requestAt(options, at);
    empty = items.length ? 0 : empty + 1;
    if (empty > mostEmpty)
      throw client.faults.fail(url, `gives one empty page after another (${mostEmpty}); check \`paging\``, { retriable: false });
    if (!items.length || (at && 'back' in at && at.back)) return;
    // The first page from some time on may rightly come twice; its further pages may not.
    const isRestart = at?.kind === 'watermark' && paging.kind === 'watermark' && at.page === paging.first;
    if (isRestart) seen.clear();
    const mark = pageFingerprint(items);
    if (seen.has(mark)) {
      const parameter = 'parameter' in paging ? ` (it may not know the parameter "${paging.parameter}")` : '';
      throw client.faults.fail(url, `gives the same page again${parameter}; check \`paging\` against the documentation of the interface`, {
        retriable: false,
      });
    }
    seen.add(mark);
  }
}

/** The request for a place of a list. */
function requestAt({ list, scope, base }: WalkOptions, place: Place | null): HttpRequest {
  if (place?.kind === 'url') return buildRequest({ ...list, url: place.url, query: secretParameters(list.query) }, {}, base);
  const query = { ...list.query, ...parametersAt(list.paging, place) };
  const last = place?.kind === 'keyset' ? place.last : undefined;
  const watermark = place?.kind === 'watermark' ? place.from : scope.watermark;
  return buildRequest({ ...list, query }, { ...scope, last, watermark }, base);
}

function totalOf(answer: Answer, path: string | undefined): number | null {
  const text = path === undefined ? '' : textOf(valueAt(answer.value, path));
  return /^\d+$/.test(text) ? Number(text) : null;
}
