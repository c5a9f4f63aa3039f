import { timeReader } from '../../date-format.ts';
import { textOf, valueAt } from '../../json-rows.ts';
import { instantAt } from '../../local-time.ts';
import type { TimeForm } from './options-parts.ts';

/** Where a row has the time of its last change, and how it is written. */
export interface TimeColumn {
  column: string;
  written: TimeForm;
  zone: string;
}

/** Reads the time of a row; seconds since 1970 UTC, or null when there is none that can be read. A date is its first second. */
export function sourceTime({ column, written, zone }: TimeColumn): (row: unknown) => number | null {
  const read = timeReader(written, zone);
  return (row) => {
    const when = read(textOf(valueAt(row, column)).trim());
    return typeof when === 'string' ? instantAt(when, 0, zone) : when;
  };
}

/**
 * Keeps the largest time of a source up to when the read of its list began. What a source writes from then on has a later time and
 * may stand where the list was read already; and a time ahead of the clock would pass over everything written until then.
 */
export interface LargestTime {
  take(instant: number | null): void;
  /** Null when none was seen. */
  value(): number | null;
  /** Times ahead of our clock when they were taken: how many, and the largest. */
  ahead(): { count: number; largest: number } | null;
}

/** @param begun when the read of the list began; this and `now` in seconds since 1970 UTC */
export function createLargestTime(first: number | null, begun: number, now: () => number): LargestTime {
  let largest = first;
  let count = 0;
  let farthest = 0;
  return {
    take(instant) {
      if (instant === null) return;
      if (instant > now()) {
        count++;
        farthest = Math.max(farthest, instant);
      }
      if (instant <= begun && (largest === null || instant > largest)) largest = instant;
    },
    value: () => largest,
    ahead: () => (count ? { count, largest: farthest } : null),
  };
}
