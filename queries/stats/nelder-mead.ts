interface Corner {
  at: number[];
  value: number;
}

/**
 * Looks for the point at which a function of a few variables is smallest, by its values alone.
 * @param f may answer Infinity where it has no value, not at `start`
 * @param step size of the first simplex in every direction
 * @returns the best point met when the corners differ by less than 1e-10 in every direction, or after 2000 steps
 * @see Nelder & Mead 1965, The Computer Journal 7:308
 */
export function minimise(f: (at: readonly number[]) => number, start: readonly number[], step = 0.5): Corner {
  const corner = (at: number[]): Corner => ({ at, value: f(at) });
  let corners = [corner([...start]), ...start.map((_, i) => corner(start.map((x, j) => (i === j ? x + step : x))))];
  let [best] = corners.sort(byValue);
  for (let i = 0; i < 2000 && best && spread(corners) > 1e-10; i += 1) {
    corners = next(corners, corner).sort(byValue);
    best = corners[0];
  }
  return best ?? corner([...start]); // never absent: the simplex has one corner more than there are variables
}

/** The simplex after one step: its worst corner reflected, expanded or drawn in, else all drawn to the best. */
function next(corners: readonly Corner[], corner: (at: number[]) => Corner): Corner[] {
  const worst = corners.at(-1);
  const kept = corners.slice(0, -1);
  const [best] = kept;
  const last = kept.at(-1);
  if (!worst || !best || !last) return [...corners];
  const centre = best.at.map((_, i) => kept.reduce((sum, { at }) => sum + (at[i] ?? 0), 0) / kept.length);
  const along = (t: number) => corner(centre.map((x, i) => x + t * ((worst.at[i] ?? 0) - x)));
  const reflected = along(-1);
  if (reflected.value < best.value) {
    const expanded = along(-2);
    return [...kept, expanded.value < reflected.value ? expanded : reflected];
  }
  if (reflected.value < last.value) return [...kept, reflected];
  const drawn = reflected.value < worst.value ? along(-0.5) : along(0.5);
  if (drawn.value < Math.min(reflected.value, worst.value)) return [...kept, drawn];
  return corners.map((c) => (c === best ? best : corner(c.at.map((x, i) => (x + (best.at[i] ?? 0)) / 2))));
}

function byValue(a: Corner, b: Corner): number {
  return a.value - b.value;
}

function spread(corners: readonly Corner[]): number {
  const [best] = corners;
  return Math.max(...corners.flatMap(({ at }) => at.map((x, i) => Math.abs(x - (best?.at[i] ?? x)))));
}
