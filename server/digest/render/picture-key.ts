import type { TopLevelSpec } from 'vega-lite';
import { colour, series } from '../../../queries/model/colours.ts';
import { measureOf } from '../../../queries/model/measures.ts';
import type { Report } from '../../../queries/model/reports.ts';
import type { Row } from '../../../queries/model/wire.ts';
import { escaped } from './escaped.ts';
import { fontFamily, textWidth } from './fonts.ts';

/** A line of a picture that is too narrow for names at the ends of its lines. */
export interface KeyLine {
  name: string;
  colour: string;
}

/**
 * The lines of a chart that have no name in a picture of a width, from the top as they end.
 * @param rows of `chartRows`
 * @param paint colour of a member
 */
export function keyOf(spec: TopLevelSpec, rows: Row[], paint: (name: string) => string): KeyLine[] {
  // What queries/model/chart.ts leaves for whoever draws it.
  const { by, key = [] } = (spec.usermeta ?? {}) as { by?: string; key?: KeyLine[] };
  if (!by) return key;
  const ends = rows.filter((row) => typeof row.label_at === 'number').sort((a, b) => Number(b.label_at) - Number(a.label_at));
  return ends.map((row) => ({ name: String(row[by]), colour: paint(String(row[by])) }));
}

/** The key of two measures, whose names a small picture would write across each other's line, and the rows without them. */
export function keyOfPair({ chart, overlay = [] }: Report, rows: Row[]): { lines: KeyLine[]; rows: Row[] } {
  const measures = chart.type === 'bands' ? chart.measures.filter((name) => !overlay.includes(name)) : [];
  if (measures.length !== 2) return { lines: [], rows };
  const places = measures.map((name) => [`${name}_label_at`, null] as const);
  return {
    lines: measures.map((name, i) => ({ name: measureOf(name).label, colour: colour(series[i] ?? 'series-1', 'light') })),
    rows: rows.map((row) => ({ ...row, ...Object.fromEntries(places) })),
  };
}

const size = 13;
const step = 20;
// Below the drawing, not below the numbers of its axis, as far as the longest name has room.
const indents = [40, 26] as const;

/** A key as SVG, the names beside each other as far as the width goes, and its height in px; 0 without lines. */
export function keySvg(lines: KeyLine[], width: number): { svg: string; height: number } {
  const rooms = lines.map(({ name }) => 28 + textWidth(name, size, 'regular'));
  const left = Math.max(indents[1], Math.min(indents[0], width - Math.max(0, ...rooms)));
  let [x, y] = [left, step];
  const parts = lines.map(({ name, colour: stroke }, i) => {
    const room = rooms[i] ?? 0;
    if (x > left && x + room > width) [x, y] = [left, y + step];
    const part =
      `<path d="M${x} ${y - 4}h20" stroke="${stroke}" stroke-width="2"/><circle cx="${x + 10}" cy="${y - 4}" r="4" fill="${stroke}"/>` +
      `<text x="${x + 26}" y="${y}" font-family="${fontFamily}" font-size="${size}" fill="${colour('ink', 'light')}">${escaped(name)}</text>`;
    x += room + 16;
    return part;
  });
  return { svg: parts.join(''), height: lines.length ? y + 8 : 0 };
}
