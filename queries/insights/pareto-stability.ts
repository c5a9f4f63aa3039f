import { pareto } from '../stats/pareto.ts';

/** A member with its count or sum. */
export interface Weighed {
  member: string;
  value: number;
  /** Of a sum the sum of the squares of what it adds up; of a count the count. */
  variance: number;
}

export interface Placed {
  /** Share of all, and of this and all above. */
  share: number;
  cumulative: number;
  isVital: boolean;
  /** The member just below, else the one just above, that it could change places with by chance; null for none. */
  swapsWith: string | null;
}

export interface Placing {
  /** By member, those with a value above 0 only, largest first. */
  placed: Map<string, Placed>;
  vital: string[];
  /** What the vital few make of all; null where there is nothing. */
  share: number | null;
}

// Two-sided 95%, for each pair of neighbours on its own: a place is called open rather than firm where in doubt.
const limit = 1.96;

/**
 * Which members are the vital few, the fewest that make four fifths, and which of them could change places with a neighbour within sampling error.
 * Counts are taken as Poisson, sums as compound Poisson, whose variance is estimated by the sum of squares: neighbours could change places when their
 * difference is at most 1.96 √(Var a + Var b). Told of the vital few and of the first member after them.
 * @param members of equal values the one given first is above
 */
export function placing(members: readonly Weighed[]): Placing {
  const given = members.filter(({ value }) => value > 0);
  const { rows, vitalFew } = pareto(given.map(({ member, value }) => [member, value]));
  const byName = new Map(given.map((one) => [one.member, one]));
  const isOpen = (a: string | undefined, b: string | undefined) => {
    const [above, below] = [byName.get(a ?? ''), byName.get(b ?? '')];
    return !!above && !!below && above.value - below.value <= limit * Math.sqrt(above.variance + below.variance);
  };
  const placed = new Map<string, Placed>();
  for (const [i, { category, share, cumulative }] of rows.entries()) {
    const [above, below] = [rows[i - 1]?.category, rows[i + 1]?.category];
    const opensUp = i <= vitalFew.length && isOpen(above, category);
    const opensDown = i < vitalFew.length && isOpen(category, below);
    const swapsWith = opensDown ? below : opensUp ? above : null;
    placed.set(category, { share: share ?? 0, cumulative: cumulative ?? 0, isVital: i < vitalFew.length, swapsWith: swapsWith ?? null });
  }
  return { placed, vital: vitalFew, share: rows[vitalFew.length - 1]?.cumulative ?? null };
}
