import type { BusinessAge, Tally } from '../model/tally.ts';
import { durations, type DurationName } from '../model/measure.ts';
import { valueAt, type RangedColumn } from './chunk.ts';
import { minutesAt } from './bin-places.ts';
import { Then, type FactView } from './facts.ts';
import { byThen, listed, type Test } from './tests.ts';

/** How the bin of a row is found (meaning: `Tally.bin`). */
export interface BinReader {
  /** Whether a row has a bin at all. */
  isKnown: Test[];
  /** Whether it has reached its end by T; then `reached` is the place of its bin. */
  hasReached: Test;
  reached: RangedColumn;
  /** Whole hours of a row that has not; NaN for none. Of a chunk. */
  hours(index: number): (row: number) => number;
  /** Above all whole hours there are. */
  mostHours(): number;
}

/** Reads the bins of a tally. */
export function binReader(bin: NonNullable<Tally['bin']>, view: FactView, then: Then): BinReader {
  const isKnown = [listed(view.column('is_time_impossible'), [1], false), listed(view.column('is_ended_on_unknown_date'), [1], false)];
  return {
    isKnown,
    hasReached: byThen(view.column(durations[bin.of].end), view, then),
    reached: view.column(binColumn(bin.of, bin.business !== null)),
    ...(bin.business ? businessHours(bin.business, view, then) : elapsedHours(view, then)),
  };
}

function binColumn(of: DurationName, isBusiness: boolean): string {
  return isBusiness ? `${of}_business_bin` : `${of}_bin`;
}

type Hours = Pick<BinReader, 'hours' | 'mostHours'>;

/** Whole hours from receipt to the end, to T where there is none by then. */
function elapsedHours(view: FactView, then: Then): Hours {
  const received = view.column('received_at');
  return {
    hours(index) {
      const waited = waitedSeconds(view, then)(index);
      return (row) => Math.trunc(waited(row) / 3600);
    },
    mostHours: () => hoursBetween(received.bounds().least, then.most),
  };
}

function hoursBetween(from: number, to: number): number {
  return Number.isFinite(from) ? Math.max(0, Math.trunc((to - from) / 3600)) + 1 : 1;
}

/** Seconds from receipt to the end, to T where there is none by then; none where an end told by its date alone lies before the time of receipt. */
export function waitedSeconds(view: FactView, then: Then): (index: number) => (row: number) => number {
  return (index) => {
    const at = (name: string) => view.column(name).chunk(index);
    const [sources, received, ended] = [at('source'), at('received_at'), at('ended_at')];
    return (row) => {
      const t = then.of(valueAt(sources, row));
      const end = valueAt(ended, row);
      return Math.max(0, (end <= t ? end : t) - valueAt(received, row));
    };
  };
}

function businessHours({ calendars }: BusinessAge, view: FactView, then: Then): Hours {
  const clocks = calendars.map(({ policies, through }) => ({ policies: policies && new Set(policies), then: new Then(through) }));
  const [received, endedMinutes] = [view.column('received_business_seconds'), view.column('ended_business_minutes')];
  return {
    hours(index) {
      const at = (name: string) => view.column(name).chunk(index);
      const [sources, policy, ended] = [at('source'), at('sla_policy'), at('ended_at')];
      const [since, minutes] = [received.chunk(index), endedMinutes.chunk(index)];
      return (row) => {
        const source = valueAt(sources, row);
        if (valueAt(ended, row) <= then.of(source)) return Math.trunc(valueAt(minutes, row) / 60);
        const clock = clocks.find(({ policies }) => !policies || policies.has(valueAt(policy, row)));
        if (!clock) return NaN;
        const seconds = clock.then.of(source) - valueAt(since, row);
        return seconds < 0 ? 0 : Math.trunc(seconds / 3600);
      };
    },
    mostHours() {
      const open = hoursBetween(received.bounds().least, Math.max(...clocks.map((clock) => clock.then.most)));
      return Math.max(open, Math.trunc(Math.max(0, endedMinutes.bounds().most) / 60) + 1);
    },
  };
}

/** Counts of bins by group. */
export interface BinCounts {
  /** How many places bins of cases that have reached their end take; hours of the others come behind them. */
  ended: number;
  /** Places of a group. */
  slots: number;
  /** Counts by group and place; null where they would be too many. */
  table: Int32Array | null;
  /** Where they would be too many, the group and the place of each row; `count` of them. */
  groups: Int32Array;
  places: Int32Array;
  count: number;
}

/**
 * Room for the bins of so many groups.
 * @param mostCells groups times bins up to which there is a table of all; beyond it rows are put in order instead
 */
export function openBins(reader: BinReader, groups: number, mostCells: number): BinCounts {
  const ended = Math.max(0, reader.reached.bounds().most) + 1;
  const slots = ended + reader.mostHours() + 1;
  const table = groups * slots <= mostCells ? new Int32Array(groups * slots) : null;
  return { ended, slots, table, groups: new Int32Array(0), places: new Int32Array(0), count: 0 };
}

/** Room for the bins of so many more rows. */
export function makeRoom(bins: BinCounts, rows: number): void {
  if (bins.table || bins.groups.length >= bins.count + rows) return;
  const room = (bins.count + rows) * 2;
  const larger = (list: Int32Array) => {
    const copy = new Int32Array(room);
    copy.set(list.subarray(0, bins.count));
    return copy;
  };
  [bins.groups, bins.places] = [larger(bins.groups), larger(bins.places)];
}

/** The bins of every group as bin, count, bin, count, …, ascending by time, each once. */
export function binLists(bins: BinCounts, groups: number): Int32Array[] {
  const { table, slots } = bins;
  if (!table) return sortedLists(bins, groups);
  const counts = new Int32Array(2 * slots);
  return Array.from({ length: groups }, (_, group) => {
    let used = 0;
    const first = group * slots;
    for (let slot = 0; slot < slots; slot++) {
      const count = table[first + slot] ?? 0;
      if (count === 0) continue;
      counts[used] = slot;
      counts[used + 1] = count;
      used += 2;
    }
    return byTime(bins, counts.subarray(0, used));
  });
}

/** By groups, and in a group by place: two passes that keep the order of what they find equal. */
function sortedLists(bins: BinCounts, groups: number): Int32Array[] {
  const rows = Int32Array.from({ length: bins.count }, (_, i) => i);
  const sorted = inOrder(inOrder(rows, bins.places, bins.slots), bins.groups, groups);
  let next = 0;
  return Array.from({ length: groups }, (_, group) => {
    const counts: number[] = [];
    for (; next < sorted.length && bins.groups[sorted[next] ?? 0] === group; next++) {
      const place = bins.places[sorted[next] ?? 0] ?? 0;
      if (counts.at(-2) === place) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
      else counts.push(place, 1);
    }
    return byTime(bins, Int32Array.from(counts));
  });
}

function inOrder(rows: Int32Array, keys: Int32Array, width: number): Int32Array {
  const starts = new Int32Array(width + 1);
  for (const row of rows) starts[(keys[row] ?? 0) + 1] = (starts[(keys[row] ?? 0) + 1] ?? 0) + 1;
  for (let key = 0; key < width; key++) starts[key + 1] = (starts[key + 1] ?? 0) + (starts[key] ?? 0);
  const sorted = new Int32Array(rows.length);
  for (const row of rows) {
    const key = keys[row] ?? 0;
    const place = starts[key] ?? 0;
    sorted[place] = row;
    starts[key] = place + 1;
  }
  return sorted;
}

/** Place, count, place, count, …, ascending, as bins in the order of times: a case not ended is last seen in the last minute of the hour of its age. */
function byTime({ ended }: BinCounts, counts: Int32Array): Int32Array {
  let open = 0;
  while (open < counts.length && (counts[open] ?? 0) < ended) open += 2;
  const isDone = open;
  const list = new Int32Array(counts.length);
  let next = 0;
  for (let at = 0; at < isDone || open < counts.length; next += 2) {
    const minutes = at < isDone ? minutesAt(counts[at] ?? 0) : Infinity;
    const hours = open < counts.length ? (counts[open] ?? 0) - ended : Infinity;
    const isEnded = minutes <= hours * 60 + 59;
    list[next] = isEnded ? minutes : -1 - hours;
    list[next + 1] = counts[(isEnded ? at : open) + 1] ?? 0;
    if (isEnded) at += 2;
    else open += 2;
  }
  return list;
}
