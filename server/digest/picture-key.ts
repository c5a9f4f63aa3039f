import type { TopLevelSpec } from 'vega-lite';
import { colour } from '../../queries/model/colours.ts';
import type { Row } from '../../queries/model/wire.ts';
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

const size = 13;
const step = 20;
// Below the drawing, not below the numbers of its axis.
const left = 40;

/** A key as SVG, the names beside each other as far as the width goes, and its height in px; 0 without lines. */
export function keySvg(lines: KeyLine[], width: number): { svg: string; height: number } {
  let [x, y] = [left, step];
  const parts = lines.map(({ name, colour: stroke }) => {
    const room = 28 + textWidth(name, size, 'regular');
    if (x > left && x + room > width) [x, y] = [left, y + step];
    const part =
      `<path d="M${x} ${y - 4}h20" stroke="${stroke}" stroke-width="2"/><circle cx="${x + 10}" cy="${y - 4}" r="4" fill="${stroke}"/>` +
      `<text x="${x + 26}" y="${y}" font-family="${fontFamily}" font-size="${size}" fill="${colour('ink', 'light')}">${escaped(name)}</text>`;
    x += room + 16;
    return part;
  });
  return { svg: parts.join(''), height: lines.length ? y + 8 : 0 };
}
