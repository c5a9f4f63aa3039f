import type { Value } from './wire.ts';

/** A rate or a median that rests on fewer is told nobody unasked. */
export const fewestOfRate = 10;

/** How a member stands to all together, in words; empty where that was not asked. */
export function besideAllWords(verdict: Value | undefined): string {
  switch (verdict) {
    case 'above':
      return 'higher, more than chance allows';
    case 'below':
      return 'lower, more than chance allows';
    case 'within':
      return 'within what chance allows';
    default:
      return '';
  }
}
