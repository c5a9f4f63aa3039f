import type { MeasureName } from './model/measures.ts';
import type { Tally, TallyRow } from './model/tally.ts';
import type { Prepared } from './prepare.ts';
import { stretchesOf, type Today, type WindowPlan } from './windows.ts';

/** A source that is not known in some of the stretches asked about. */
export interface Lagging {
  source: number;
  name: string;
  known: Today;
}

/** Where a comparison would take what a source no longer tells for a fall. */
export interface Lag {
  /** By position of the stretch: whether what was before cannot be compared with. */
  isUnknown: boolean[];
  sources: Lagging[];
}

/** The sources whose T lies before the start of a stretch of the current window. */
export function laggingOf({ scope, current }: Pick<Prepared, 'scope' | 'current'>): Lagging[] {
  const last = current.stretches.at(-1);
  return last ? scope.sources.filter((s) => s.hasCases && s.known.date < last.from) : [];
}

/**
 * What those sources had in the window before, by source.
 * @param before the tallies of a measure over the window before
 * @returns null where no source lags or nothing is compared
 */
export function lagTally(p: Prepared, name: MeasureName, before: readonly Tally[]): Tally | null {
  const [first] = before;
  const lagging = first ? laggingOf(p) : [];
  const sources = p.measures.find((m) => m.name === name)?.through.sources.filter((s) => lagging.some((l) => l.source === s.source)) ?? [];
  if (!first || sources.length === 0) return null;
  return {
    ...first,
    opening: false,
    by: ['source'],
    keep: null,
    bin: null,
    through: { sources, isAll: false },
    sums: first.sums.slice(0, 1),
  };
}

/** Where a source that is no longer known in a stretch had something in the stretch it is compared with. */
export function lagOf(rows: readonly TallyRow[], current: WindowPlan, before: WindowPlan, lagging: readonly Lagging[]): Lag {
  const positionsOf = stretchesOf(before);
  const isUnknown = current.stretches.map(() => false);
  const sources = new Set<Lagging>();
  for (const { keys, bucket } of rows) {
    const source = lagging.find((l) => l.source === keys[0]);
    if (!source) continue;
    for (const position of positionsOf(bucket)) {
      if (source.known.date >= (current.stretches[position]?.from ?? '')) continue;
      isUnknown[position] = true;
      sources.add(source);
    }
  }
  return { isUnknown, sources: [...sources] };
}
