import type { Paging } from './options-paging.ts';
import type { PageRead } from './paging.ts';
import type { Step } from './place.ts';

/**
 * Where to go on by the time of the last row. Page numbers shift while rows are touched, times do not: the first page is asked for
 * from the last row's time on. Where a whole page has one time, its further pages are asked for; and since those may have shifted
 * meanwhile, they are read once more backwards, towards which rows shift.
 * @throws SourceFailed when rows have no time, or do not come in its order
 */
export function stepByWatermark(paging: Extract<Paging, { kind: 'watermark' }>, page: PageRead): Step {
  const { first, size } = paging;
  const at = page.place?.kind === 'watermark' ? page.place : { from: null, page: first, back: false, then: null };
  const go = (from: number | null, number: number, back: boolean, then: number | null): Step => ({
    next: { kind: 'watermark', from, page: number, back, then },
    kept: null,
  });
  const onward = (then: number | null): Step => (then === null ? { next: null, kept: null } : go(then, first, false, null));
  if (at.back) return at.page > first ? go(at.from, at.page - 1, true, at.then) : onward(at.then);
  const lastTime = checkOrder(page, paging.hint);
  const rowsBefore = (at.page - first) * size;
  const isShort =
    page.items.length < size && !(page.items.length > 0 && page.total !== null && rowsBefore + page.items.length < page.total);
  const then = isShort ? null : lastTime;
  if (then !== null && then === at.from) return go(at.from, at.page + 1, false, null);
  return at.page > first ? go(at.from, at.page - 1, true, then) : onward(then);
}

function checkOrder({ items, timeOf, answer, faults, place }: PageRead, hint: string | undefined): number | null {
  let before = place?.kind === 'watermark' ? place.from : null;
  for (const item of items) {
    const time = timeOf?.(item) ?? null;
    if (time === null)
      throw faults.fail(
        answer.url,
        'has a row without a time that can be read in the column of `incremental`; check `incremental.column` and `incremental.written`',
        {
          retriable: false,
        },
      );
    if (before !== null && time < before)
      throw faults.fail(
        answer.url,
        `gives rows that are older than asked for, or not in the order of their time; check that \`query\` asks for {watermark} and orders by it, and that both read times in the same zone${hint ? `: ${hint}` : ''}`,
        {
          retriable: false,
        },
      );
    before = time;
  }
  return before;
}
