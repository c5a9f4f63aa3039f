import { valueAt } from './chunk.ts';
import type { FactView } from './facts.ts';

/** Chunks that one thread adds up, one after the other: from the first to before the second. */
export type Block = readonly [from: number, to: number];

/**
 * Puts chunks into blocks that threads may take in any order.
 * @param chunks how many there are, from 0
 * @param areCasesCounted whether rows of one case, which stand side by side, have to stay together
 */
export function blocksOf(view: Pick<FactView, 'chunks' | 'rowsIn' | 'column'>, chunks: number, areCasesCounted: boolean): Block[] {
  const blocks: Block[] = [];
  let from = 0;
  for (let to = 1; to <= chunks; to++) {
    if (areCasesCounted && to < view.chunks && isCaseCut(view, to)) continue;
    blocks.push([from, to]);
    from = to;
  }
  return blocks;
}

/** Whether the first row of a chunk is of the case of the last row before it. */
function isCaseCut(view: Pick<FactView, 'rowsIn' | 'column'>, index: number): boolean {
  const cases = view.column('case_id');
  return valueAt(cases.chunk(index - 1), view.rowsIn(index - 1) - 1) === valueAt(cases.chunk(index), 0);
}

/** Which thread has taken each block: its number from 1, or 0 for nobody yet. */
export type Claims = Int32Array<SharedArrayBuffer>;

export function openClaims(blocks: number): Claims {
  return new Int32Array(new SharedArrayBuffer(4 * blocks));
}

/**
 * Takes blocks that nobody has taken, until there are none. Every thread begins elsewhere, at the same place each time: what a filter leaves of a block is
 * mostly known to whoever had it before.
 * @param who the number of the thread, from 0, `of` how many
 */
export function* take(blocks: readonly Block[], claims: Claims, who: number, of: number): Generator<Block> {
  const start = Math.floor((who * blocks.length) / of);
  for (let i = 0; i < blocks.length; i++) {
    const place = (start + i) % blocks.length;
    const block = blocks[place];
    if (block && Atomics.compareExchange(claims, place, 0, who + 1) === 0) yield block;
  }
}

/** Leaves nothing to take. */
export function takeAll(claims: Claims): void {
  for (let place = 0; place < claims.length; place++) Atomics.compareExchange(claims, place, 0, -1);
}
