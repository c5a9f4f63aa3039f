/** The clock of a time zone: pure, and fast enough for every value of a large file. */
export interface ZoneClock {
  /** Seconds the wall clock is ahead of UTC at an instant (seconds UTC). */
  offsetAt(instant: number): number;
  /**
   * The instant at which the wall clock shows a local time. A time that occurs twice (autumn) is the earlier one;
   * a time that does not occur (spring) moves forward by the length of the gap.
   * @param local seconds since 1970 as if the wall clock showed UTC
   */
  instantOf(local: number): number;
}

const daySeconds = 86_400;
const clocks = new Map<string, ZoneClock>();

/** Whether `zone` is an IANA time zone this machine knows, or UTC. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}

/** Seconds since 1970 UTC as ISO 8601 text; null stays null. */
export function isoText(at: number): string;
export function isoText(at: number | null): string | null;
export function isoText(at: number | null): string | null {
  return at === null ? null : new Date(at * 1000).toISOString().replace('.000Z', 'Z');
}

/**
 * @param zone IANA name, e.g. `America/New_York`
 * @throws RangeError for an unknown zone
 */
export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = zone === 'UTC' ? { offsetAt: () => 0, instantOf: (local: number) => local } : makeClock(zone);
  clocks.set(zone, clock);
  return clock;
}

// An Intl call costs microseconds, so a zone is asked for the edges of a UTC day once, and inside it only on a day whose offset changes.
function makeClock(zone: string): ZoneClock {
  const ask = askIntl(zone);
  const days = new Map<number, { before: number; at: number; after: number }>();

  function dayOf(day: number): { before: number; at: number; after: number } {
    let known = days.get(day);
    if (!known) {
      const start = day * daySeconds;
      const before = ask(start);
      const after = ask(start + daySeconds);
      let at = start + daySeconds;
      if (before !== after) {
        let low = start;
        while (at - low > 1) {
          const middle = Math.floor((low + at) / 2);
          if (ask(middle) === before) low = middle;
          else at = middle;
        }
      }
      known = { before, at, after };
      days.set(day, known);
    }
    return known;
  }

  function offsetAt(instant: number): number {
    const day = dayOf(Math.floor(instant / daySeconds));
    return instant < day.at ? day.before : day.after;
  }

  function instantOf(local: number): number {
    const early = offsetAt(local - daySeconds);
    const late = offsetAt(local + daySeconds);
    const first = local - early;
    if (early === late) return first;
    if (offsetAt(first) === early) return first;
    const second = local - late;
    return offsetAt(second) === late ? second : first;
  }

  return { offsetAt, instantOf };
}

function askIntl(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const part: Record<string, string> = {};
    for (const p of format.formatToParts(instant * 1000)) part[p.type] = p.value;
    const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year);
    const shown = new Date(0);
    shown.setUTCFullYear(year, Number(part.month) - 1, Number(part.day));
    shown.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second));
    return Math.floor(shown.getTime() / 1000) - instant;
  };
}
