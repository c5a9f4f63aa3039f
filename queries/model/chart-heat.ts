import { isPartial, isUnnamed, namesAxis, timeAxis } from './chart-parts.ts';
import { colour, type Theme } from './colours.ts';
import { dimensions, noneLabel, otherLabel } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import type { Row } from './wire.ts';

/** A line of cells a member, a cell a period: one hue, stronger for more; a part of a period is hollow. */
export function heatMap(measure: MeasureName, by: string, theme: Theme) {
  const tone = { field: 'tone', type: 'quantitative', legend: null, scale: { domain: [0, 1], range: [0.06, 1] } };
  const color = { condition: { test: isUnnamed(by), value: colour('neutral', theme) }, value: colour('series-1', theme) };
  return {
    transform: [
      { calculate: 'datum.bucket - 0.46', as: 'cell_from' },
      { calculate: 'datum.bucket + 0.46', as: 'cell_to' },
    ],
    layer: [
      {
        mark: { type: 'rect', cursor: 'pointer', cornerRadius: 2, height: { band: 0.86 } },
        encoding: {
          x: { ...timeAxis, field: 'cell_from' },
          x2: { field: 'cell_to' },
          y: namesAxis(by, theme),
          fill: color,
          stroke: color,
          fillOpacity: { ...tone, condition: { test: isPartial, value: 0 } },
          strokeOpacity: { ...tone, scale: { ...tone.scale, range: [0.35, 1] } },
          strokeWidth: { condition: { test: isPartial, value: 1.5 }, value: 0 },
          tooltip: [
            { field: by, title: dimensions[by as keyof typeof dimensions].label },
            { field: 'period_text', title: 'Period' },
            { field: `${measure}_text`, title: measureOf(measure).label },
          ],
          description: { field: 'spoken' },
        },
      },
    ],
  };
}

/** What "How this is computed" says of it. */
export const heatMethod =
  'The strength of a cell follows the square root of its count, so that small lines keep a shape. The sentence names the cell that lies most standard errors, (count − usual) / √(count + usual), above the median of the whole periods of its own line, if more than three, and not one that was at least half as far above it in the same period a year before: a season is no news.';

/**
 * How strong the cell of a row is, 0 to 1: the square root of its share of the highest, so that small members keep a shape of their own. What has no
 * name, or was left over, is measured against its own highest.
 */
export function tonesOf(rows: readonly Row[], by: string, measure: MeasureName): (row: Row) => number | null {
  const groupOf = (row: Row) => (row[by] === otherLabel || row[by] === noneLabel ? String(row[by]) : '');
  const highest = new Map<string, number>();
  for (const row of rows) highest.set(groupOf(row), Math.max(highest.get(groupOf(row)) ?? 0, Number(row[measure] ?? 0)));
  return (row) => {
    const value = row[measure];
    const most = highest.get(groupOf(row)) ?? 0;
    if (typeof value !== 'number') return null;
    return most > 0 ? Math.sqrt(Math.max(0, value) / most) : 0;
  };
}
