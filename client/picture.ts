import type { TopLevelSpec } from 'vega-lite';
import type { Row } from '../queries/model/wire.ts';

/** What a picture file shows beside the picture: it travels without the page. Colours are sRGB hex. */
export interface PictureText {
  title: string;
  sentence: string;
  /** Small print below: period, filters, as-of, n. */
  notes: string[];
  ink: string;
  quiet: string;
  paper: string;
}

export type PictureKind = 'png' | 'svg';

/**
 * Draws a chart with its words into a file; a PNG is twice the size for sharp print.
 * @param spec a spec of the light theme with a fixed width
 * @param rows of `chartRows`
 */
export type DrawPicture = (spec: TopLevelSpec, rows: Row[], text: PictureText, kind: PictureKind) => Promise<Blob>;

/** A line of words on a picture; `y` is the top of its letters, in px. */
export interface PictureLine {
  text: string;
  y: number;
  size: number;
  weight: number;
  colour: string;
}

/** Where everything on a picture stands, in px from its upper left corner. */
export interface PictureLayout {
  width: number;
  height: number;
  /** Left edge of the words and of the chart, and top of the chart. */
  margin: number;
  top: number;
  lines: PictureLine[];
}

/** The face of the words, as CSS writes it. */
export const pictureFont = "'Inter Variable', Inter, system-ui, sans-serif";

/**
 * Title and sentence above the chart, small print below, broken between words to the width of the chart.
 * @param measure width in px of a text of a size and weight
 */
export function layPicture(
  text: PictureText,
  chart: { width: number; height: number },
  measure: (text: string, size: number, weight: number) => number,
): PictureLayout {
  const margin = 24;
  let y = margin;
  const lines: PictureLine[] = [];
  const write = (words: string, { size, weight, step, colour }: { size: number; weight: number; step: number; colour: string }): void => {
    for (const line of wrap(words, chart.width, (part) => measure(part, size, weight))) {
      lines.push({ text: line, y, size, weight, colour });
      y += step;
    }
  };
  write(text.title, { size: 20, weight: 600, step: 26, colour: text.ink });
  y += 4;
  write(text.sentence, { size: 15, weight: 400, step: 21, colour: text.ink });
  y += 12;
  const top = y;
  y += chart.height + 16;
  for (const note of text.notes) write(note, { size: 13, weight: 400, step: 18, colour: text.quiet });
  return { width: chart.width + 2 * margin, height: y + margin, margin, top, lines };
}

/**
 * A picture as an SVG document.
 * @param chart the SVG of the chart alone
 */
export function pictureSvg(chart: string, { width, height, margin, top, lines }: PictureLayout, text: PictureText): string {
  const words = lines.map(
    ({ text: line, y, size, weight, colour }) =>
      // A letter reaches about three quarters of its size above the line it stands on.
      `<text x="${margin}" y="${y + size * 0.8}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escaped(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${pictureFont}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(text.title)}</title>`,
    `<desc id="description">${escaped([text.sentence, ...text.notes].join(' '))}</desc>`,
    `<rect width="${width}" height="${height}" fill="${text.paper}"/>`,
    ...words,
    // Where the face is missing another may be wider than was measured.
    `<g transform="translate(${margin} ${top})">${chart.replace(/^<svg /, '<svg overflow="visible" ')}</g>`,
    '</svg>',
  ].join('\n');
}

function wrap(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && measure(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
