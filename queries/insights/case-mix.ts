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
 * @see indirectStandardisation
 */
export function expectedOfMix(cells: readonly MixCell[]): Map<string, MixTotal> {
  const pools = poolStrata(cells);
  const rates = new Map<string, { n: number; events: number }>();
  for (const cell of cells) {
    const rate = entryOf(rates, poolOf(pools, cell), () => ({ n: 0, events: 0 }));
    rate.n += cell.n;
    rate.events += cell.events;
  }
  const members = new Map<string, Map<string, { n: number; events: number }>>();
  for (const cell of cells) {
    const own = entryOf(
      entryOf(members, cell.member, () => new Map<string, { n: number; events: number }>()),
      poolOf(pools, cell),
      () => ({ n: 0, events: 0 }),
    );
    own.n += cell.n;
    own.events += cell.events;
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

/** The rate of the others in a pool, or of all where the others have too few cases. */
function rateOfPeers(all: { n: number; events: number }, own: { n: number; events: number }): number {
  const n = all.n - own.n;
  if (n >= fewestOfPeers) return (all.events - own.events) / n;
  return all.n > 0 ? all.events / all.n : 0;
}

/**
 * Puts strata with few cases together: first those that differ in their last part only, then in the last two, and so on; what is left in the end is one.
 * @returns the pool of each stratum, both as codes joined by ","
 */
export function poolStrata(cells: readonly Pick<MixCell, 'stratum' | 'n'>[], fewest = fewestOfStratum): Map<string, string> {
  const pools = new Map<string, string>();
  const longest = Math.max(0, ...cells.map(({ stratum }) => stratum.length));
  let open = [...cells];
  for (let length = longest; length >= 0; length--) {
    const prefixOf = ({ stratum }: Pick<MixCell, 'stratum'>) => stratum.slice(0, length).join(',');
    const sizes = new Map<string, number>();
    for (const cell of open) sizes.set(prefixOf(cell), (sizes.get(prefixOf(cell)) ?? 0) + cell.n);
    const isEnough = (cell: Pick<MixCell, 'stratum'>) => length === 0 || (sizes.get(prefixOf(cell)) ?? 0) >= fewest;
    for (const cell of open) if (isEnough(cell)) pools.set(cell.stratum.join(','), `${length}:${prefixOf(cell)}`);
    open = open.filter((cell) => !isEnough(cell));
  }
  return pools;
}

function poolOf(pools: ReadonlyMap<string, string>, { stratum }: MixCell): string {
  return pools.get(stratum.join(',')) ?? '';
}

function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = create()));
  return found;
}
