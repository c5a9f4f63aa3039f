import { indirectStandardisation } from '../stats/indirect-standardisation.ts';

/** Cases of a member that are alike. */
export interface MixCell {
  member: string;
  /** What makes them alike, the part to be let go of first last. */
  stratum: readonly number[];
  n: number;
  /** How many of them count. */
  events: number;
}

/** What counts of a member's cases, and what would with the rates of its peers in each stratum. */
export interface MixTotal {
  n: number;
  observed: number;
  expected: number;
}

// A rate from fewer cases than this says too little to be held against anybody.
const fewestOfStratum = 30;
const fewestOfPeers = 15;

/**
 * What each member's mix of cases would give: in each stratum the rate of all others, times the member's cases in it. A member's own cases are not
 * what it is measured by, or the one that stands out would raise its own bar. Where the others have too few, the rate is that of all together: work that
 * only one member does is expected of it as it is.
 * @param pools of each cell: strata with few cases are put together
 * @see indirectStandardisation
 */
export function expectedOfMix(cells: readonly MixCell[], pools: readonly string[] = poolStrata(cells)): Map<string, MixTotal> {
  const rates = new Map<string, Rate>();
  const members = new Map<string, Map<string, Rate>>();
  for (const [i, cell] of cells.entries()) {
    const pool = pools[i] ?? '';
    const own = entryOf(members, cell.member, () => new Map<string, Rate>());
    for (const rate of [entryOf(rates, pool, none), entryOf(own, pool, none)]) {
      rate.n += cell.n;
      rate.events += cell.events;
    }
  }
  return new Map(
    [...members].map(([member, strata]) => {
      const parts = [...strata].map(([pool, own]) => ({
        observed: own.events,
        exposure: own.n,
        standardRate: rateOfPeers(rates.get(pool) ?? own, own),
      }));
      const { observed, expected } = indirectStandardisation(parts);
      return [member, { n: parts.reduce((sum, part) => sum + part.exposure, 0), observed, expected }];
    }),
  );
}

interface Rate {
  n: number;
  events: number;
}

const none = (): Rate => ({ n: 0, events: 0 });

/** The rate of the others in a pool, or of all where the others have too few cases. */
function rateOfPeers(all: Rate, own: Rate): number {
  const n = all.n - own.n;
  if (n >= fewestOfPeers) return (all.events - own.events) / n;
  return all.n > 0 ? all.events / all.n : 0;
}

/**
 * Puts strata with few cases together: first those that differ in their last part only, then in the last two, and so on; what is left in the end is one.
 * @returns the pool of each cell, as how many parts it is told by and their codes joined by ","
 */
export function poolStrata(cells: readonly Pick<MixCell, 'stratum' | 'n'>[], fewest = fewestOfStratum): string[] {
  const pools = cells.map(() => '0:');
  const longest = cells.reduce((most, { stratum }) => Math.max(most, stratum.length), 0);
  let open = cells.map((_, i) => i);
  for (let length = longest; length > 0; length--) {
    const prefixes = new Map(open.map((i) => [i, cells[i]?.stratum.slice(0, length).join(',') ?? '']));
    const sizes = new Map<string, number>();
    for (const [i, prefix] of prefixes) sizes.set(prefix, (sizes.get(prefix) ?? 0) + (cells[i]?.n ?? 0));
    open = open.filter((i) => {
      const prefix = prefixes.get(i) ?? '';
      if ((sizes.get(prefix) ?? 0) < fewest) return true;
      pools[i] = `${length}:${prefix}`;
      return false;
    });
  }
  return pools;
}

function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = create()));
  return found;
}
