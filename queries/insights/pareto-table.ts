import type { Figures } from '../finish.ts';
import { noneLabel, otherLabel, type DimensionName } from '../model/dimensions.ts';
import type { Query } from '../model/query.ts';
import type { ParetoJson, Row } from '../model/wire.ts';
import type { MeasureFigures } from '../table.ts';
import { placing, type Weighed } from './pareto-stability.ts';

/**
 * Writes the columns of {@link paretoColumns} into rows, and puts what has no name last, before what a limit left over. Shares are of what has a name.
 * @param figures of every member, whether a limit keeps it or not
 * @returns null where the first measure is unknown
 */
export function addPareto(
  query: Query,
  rows: Row[],
  figures: readonly MeasureFigures[],
  nameOf: (by: DimensionName, code: number) => string,
): ParetoJson | null {
  const [by] = query.by;
  const [measure] = query.measures;
  const own = figures.find((f) => f.name === measure);
  if (!by || !measure) return null;
  const rank = (row: Row) => (row[by] === otherLabel ? 2 : row[by] === noneLabel ? 1 : 0);
  rows.sort((a, b) => rank(a) - rank(b));
  const isKnown = own && !own.isMissing;
  const now = placing(isKnown ? weighed(own.current, by, nameOf) : []);
  const isCompared = isKnown && own.before && !own.lag?.isUnknown[0];
  const before = isCompared && own.before ? placing(weighed(own.before, by, nameOf)) : null;
  for (const row of rows) {
    const name = String(row[by]);
    const isMember = now.share !== null && rank(row) === 0;
    const place = now.placed.get(name);
    row[`${measure}_share`] = isMember ? (place?.share ?? 0) : null;
    row[`${measure}_cumulative`] = isMember ? (place?.cumulative ?? 1) : null;
    row[`${measure}_vital`] = isMember ? Number(place?.isVital ?? false) : null;
    if (query.compare) row[`${measure}_vital_before`] = isMember && before ? Number(before.placed.get(name)?.isVital ?? false) : null;
    row[`${measure}_swaps_with`] = place?.swapsWith ?? null;
  }
  if (!isKnown) return null;
  return {
    measure,
    members: now.placed.size,
    vital: now.vital.length,
    share: now.share,
    vitalBefore: before ? before.vital.length : null,
  };
}

function weighed({ byMember }: Figures, by: DimensionName, nameOf: (by: DimensionName, code: number) => string): Weighed[] {
  const members = [...byMember].map(([key, [figure]]) => ({
    member: nameOf(by, Number(key)),
    value: figure?.value ?? 0,
    variance: figure?.variance ?? figure?.value ?? 0,
  }));
  // Ties stand in the order of the table: by name.
  return members.filter(({ member }) => member !== noneLabel).sort((a, b) => (a.member < b.member ? -1 : 1));
}
