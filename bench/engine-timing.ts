import { median } from './report.ts';

/** What a system took: milliseconds of the run that found nothing warm, and of those after it. */
export interface Taken {
  first: number;
  later: number[];
}

/** How often something slow is repeated at least, and how long all repetitions may take together, in ms. */
export interface Patience {
  runs: number;
  most: number;
}

/** Times a piece of work: once cold, then as often as told, at least once more even when there is no patience left. */
export async function timed(work: () => unknown, { runs, most }: Patience): Promise<Taken> {
  const begun = performance.now();
  const once = async () => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const taken: Taken = { first: await once(), later: [] };
  while (taken.later.length < runs && (taken.later.length < 1 || performance.now() - begun < most)) taken.later.push(await once());
  return taken;
}

/** The sum of medians of several pieces: what they take one after the other. */
export function sumOf(parts: readonly Taken[]): number {
  return parts.reduce((sum, { later }) => sum + median(later), 0);
}

/** Milliseconds for people: tenths below 100. */
export function ms(time: number): string {
  return time < 100 ? `${time.toFixed(1)} ms` : time < 10_000 ? `${time.toFixed(0)} ms` : `${(time / 1000).toFixed(1)} s`;
}
