import type { RawRow } from './connector.ts';
import { derive, type DeriveContext } from './derive.ts';
import type { Problem } from './errors.ts';
import type { BoundMap } from './map.ts';
import type { Flag } from './record.ts';

/**
 * The row of a folded case that a problem comes from: one that has the same problem when it stands alone. Of several it is the one
 * the map takes its values from; where it comes from no single row, the last one.
 */
export function placeProblem<Row extends RawRow>(bound: BoundMap, rows: readonly Row[], problem: Problem | undefined): Row | undefined {
  const found = inTakenOrder(bound, rows).find((row) => {
    const alone = bound.record([row]);
    return !alone.ok && alone.problems.some((p) => p.field === problem?.field && p.message === problem.message);
  });
  return found ?? rows.at(-1);
}

/** The row of a folded case that a flag comes from, chosen as by {@link placeProblem}. */
export function placeFlag<Row extends RawRow>(bound: BoundMap, rows: readonly Row[], flag: Flag, context: DeriveContext): Row | undefined {
  if (rows.length === 1) return rows[0];
  const found = inTakenOrder(bound, rows).find((row) => {
    const alone = bound.record([row]);
    if (!alone.ok) return false;
    const { flags } = derive(alone.record, alone.flags, context);
    return flags.some((f) => f.rule === flag.rule && f.field === flag.field && f.value === flag.value);
  });
  return found ?? rows.at(-1);
}

function inTakenOrder<Row>({ map }: BoundMap, rows: readonly Row[]): Row[] {
  return map.fold?.take.startsWith('last') ? [...rows].reverse() : [...rows];
}
