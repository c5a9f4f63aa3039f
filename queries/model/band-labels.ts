import { measureOf, type MeasureName } from './measures.ts';
import type { Row } from './wire.ts';

/** Whether the name of a measure stands at the start of its line: counts run close together, so the second is named where the first is not. */
export function isNamedAtStart(measure: MeasureName, index: number): boolean {
  return measureOf(measure).kind === 'count' && index > 0;
}

/**
 * Where the names of lines over time stand, in units of the measure: above all that is drawn of their line in the part of the picture they take. Names
 * that would meet stand above one another, clear of the lines of all of them.
 * @param rows in the order of time
 * @returns by the row a name belongs to, then by measure
 */
export function bandLabels(measures: readonly MeasureName[], rows: readonly Row[]): Map<Row, Partial<Record<MeasureName, number>>> {
  const places = new Map<Row, Partial<Record<MeasureName, number>>>();
  const highest = Math.max(0, ...measures.map((measure) => highestOf(measure, rows)));
  const ends: { measure: MeasureName; row: Row; top: number }[] = [];
  measures.forEach((measure, index) => {
    const known = rows.filter((row) => typeof row[measure] === 'number');
    const isStart = isNamedAtStart(measure, index);
    const row = isStart ? known[0] : known.at(-1);
    if (!row) return;
    const part = isStart ? rows.slice(0, Math.ceil(rows.length * 0.5)) : rows.slice(Math.floor(rows.length * 0.4));
    const isCount = measureOf(measure).kind === 'count';
    const top = Math.max(...(isCount ? measures : [measure]).map((each) => highestOf(each, part)));
    if (isStart) places.set(row, { ...places.get(row), [measure]: top });
    else ends.push({ measure, row, top });
  });
  // A line of text is about a twelfth of the height of a chart over time.
  const gap = highest / 12;
  const groups: { members: typeof ends; top: number }[] = [];
  for (const end of ends.sort((a, b) => a.top - b.top)) {
    const below = groups.at(-1);
    if (below && end.top - below.top < below.members.length * gap) {
      below.members.push(end);
      below.top = end.top;
    } else groups.push({ members: [end], top: end.top });
  }
  for (const { members, top } of groups)
    members.forEach(({ measure, row }, i) => places.set(row, { ...places.get(row), [measure]: top + i * gap }));
  return places;
}

/** The highest that is drawn of a measure: its interval where both ends are known, else its value. */
function highestOf(measure: MeasureName, rows: readonly Row[]): number {
  const tops = rows.map((row) => {
    const [low, high] = [row[`${measure}_low`], row[`${measure}_high`]];
    return typeof low === 'number' && typeof high === 'number' ? high : row[measure];
  });
  return Math.max(0, ...tops.filter((top) => typeof top === 'number'));
}
