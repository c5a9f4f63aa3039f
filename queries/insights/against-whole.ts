import { isShare } from '../model/measure.ts';
import { otherLabel } from '../model/dimensions.ts';
import { measureOf, type MeasureName } from '../model/measures.ts';
import type { Query } from '../model/query.ts';
import { fewestOfRate } from '../model/beside-all.ts';
import type { Row } from '../model/wire.ts';
import type { Asked } from '../figures.ts';
import type { Prepared } from '../prepare.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { binomialTest } from '../stats/binomial-test.ts';
import type { MeasureFigures } from '../table.ts';

/** Of the members said to differ from all at most this share does not, in the long run. */
const falseDiscoveries = 0.05;

/** The same query for all members together. */
export function wholeOf(p: Prepared): Asked {
  const query: Query = { ...p.query, by: [], compare: null, order: null, limit: null };
  return { prepared: { ...p, query, before: null }, keep: null };
}

/**
 * Writes beside each member's rate that of all (`NAME_overall`) and whether they differ beyond chance (`NAME_verdict`: `above`, `below`, `within`; null
 * for what is left over, for fewer than ten, and where nothing can differ). Beyond chance is what an exact binomial test says after Benjamini and
 * Hochberg over all members looked at, where the member's interval leaves the rate of all out.
 * @param whole the figures of {@link wholeOf}
 */
export function writeVerdicts(rows: readonly Row[], query: Query | undefined, whole: readonly MeasureFigures[]): void {
  const by = query?.by[0];
  if (!query?.against || by === undefined) return;
  for (const name of query.measures.filter((each) => isShare(measureOf(each)))) {
    const overall = whole.find((figures) => figures.name === name)?.current.byMember.get('')?.[0]?.value ?? null;
    const adjusted = benjaminiHochberg(rows.map((row) => (row[by] === otherLabel ? null : chanceOf(row, name, overall))));
    rows.forEach((row, i) => {
      row[`${name}_overall`] = overall;
      row[`${name}_verdict`] = verdictOf(row, name, overall, adjusted[i] ?? null);
    });
  }
}

/** How probable a rate so far from that of all is by chance alone; null where that is not asked. */
function chanceOf(row: Row, name: MeasureName, overall: number | null): number | null {
  const [rate, n] = [row[name], row[`${name}_n`]];
  if (typeof rate !== 'number' || typeof n !== 'number' || n < fewestOfRate) return null;
  if (overall === null || overall <= 0 || overall >= 1) return null;
  return binomialTest(Math.round(rate * n), n, overall);
}

function verdictOf(row: Row, name: MeasureName, overall: number | null, chance: number | null): 'above' | 'below' | 'within' | null {
  if (chance === null || overall === null) return null;
  const [low, high] = [Number(row[`${name}_low`]), Number(row[`${name}_high`])];
  if (chance > falseDiscoveries || (low <= overall && overall <= high)) return 'within';
  return Number(row[name]) > overall ? 'above' : 'below';
}
