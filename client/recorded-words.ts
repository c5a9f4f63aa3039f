import { lengthInWords } from './when-words.ts';
import { minutesBetween, shortWhen, wallClock } from './case-words.ts';

/**
 * That something was recorded later than it was done, by more than an hour: "recorded 3 days later, 12 Nov 2026, 14:05". What is told by its date alone
 * lasts to the end of that day.
 * @returns null where it was recorded then, or nobody knows when
 */
export function recordedWords({ at, recorded_at: recorded }: { at: string; recorded_at: string | null }, zone: string): string | null {
  if (recorded === null) return null;
  const isInstant = at.includes('T');
  const minutes = isInstant ? minutesBetween(at, recorded) : minutesBetween(at, wallClock(Date.parse(recorded), zone).date);
  if (minutes <= 60) return null;
  const length = isInstant || minutes >= 2 * 1440 ? lengthInWords(minutes * 60_000) : '1 day';
  return `recorded ${length} later, ${shortWhen(recorded, zone)}`;
}
