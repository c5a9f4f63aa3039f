import { setImmediate } from 'node:timers/promises';
import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { chartRows } from '../../../queries/model/chart-rows.ts';
import { signsOf } from '../../../queries/model/chart-signs.ts';
import { chartSpec } from '../../../queries/model/chart.ts';
import { colour } from '../../../queries/model/colours.ts';
import type { DigestChart } from '../../../queries/model/digest.ts';
import { describeWindow } from '../../../queries/model/describe.ts';
import { drawnMeasures, reports, type Report } from '../../../queries/model/reports.ts';
import { fontFamily, fontFiles, legible, textWidth } from './fonts.ts';
import { keyOf, keyOfPair, keySvg, type KeyLine } from './picture-key.ts';

/** A picture as an SVG document; sizes in px. */
export interface Drawing {
  svg: string;
  width: number;
  height: number;
  /** What its lines, ticks and points mean; none where nothing needs explaining. */
  signs: string[];
}

/** Pictures have twice the pixels, for sharp screens and print. */
export const pictureScale = 2;

// In little room the lines of more members cannot be told apart.
const mostLines = 5;

// Without a canvas Vega guesses the width of a text by its length, and cuts names that have room.
const metrics = (vega as unknown as { textMetrics: { width: (item: TextItem, text?: TextItem['text']) => number } }).textMetrics; // exported, but not in its types
interface TextItem {
  text?: string | number | null;
  fontSize?: number;
  fontWeight?: string | number;
}
metrics.width = (item, text = item.text) =>
  textWidth(String(text ?? ''), item.fontSize ?? 11, /bold|[6-9]00/.test(String(item.fontWeight ?? '')) ? 'semibold' : 'regular');

/**
 * The report a chart was made by.
 * @throws Error where there is none of that name
 */
export function reportOf(chart: DigestChart): Report {
  const report = reports.find(({ name }) => name === chart.report);
  if (!report) throw new Error(`there is no report named ${chart.report}`);
  return report;
}

/** Whether a chart has a figure to draw: an empty picture tells nothing. */
export function hasPicture(chart: DigestChart): boolean {
  const measures = drawnMeasures(reportOf(chart));
  return chart.table.rows.some((row) => measures.some((name) => typeof row[name] === 'number'));
}

/**
 * Draws a chart of a digest in the light theme, with a key of its lines below it where they have no room for their names.
 * @param size in px; `height` of charts over time, others grow by a member; `most` members of a chart that has a line each, all unless told
 * @throws Error where there is no report of its name
 */
export async function drawChart(
  chart: DigestChart,
  currency: string,
  size: { width: number; height: number; most?: number },
): Promise<Drawing> {
  // Each picture holds everybody else up for about a tenth of a second.
  await setImmediate();
  const report = reportOf(chart);
  const { width, height, most = Infinity } = size;
  const by = report.chart.type === 'lines' ? report.chart.by : null;
  const all = chart.table.rows;
  const lines = new Set(by === null ? [] : [...new Set(all.map((row) => row[by]))].slice(0, mostLines));
  const table = {
    ...chart.table,
    rows: by !== null ? all.filter((row) => lines.has(row[by])) : chart.grain === null ? all.slice(0, most) : all,
  };
  const { lines: pair, rows } = keyOfPair(report, chartRows(report, table, chart.grain, currency));
  const spec = chartSpec(report, table.columns, { theme: 'light', width, height });
  const logger = vega.logger(vega.Error);
  const datasets = { table: rows.map((row, index) => ({ ...row, mark_row: index })) };
  const compiled = compile({ ...spec, datasets }, { logger }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger });
  try {
    await view.runAsync();
    const svg = await view.toSVG();
    const key = [...pair, ...keyOf(spec, rows, (name) => (view.scale('color') as (name: string) => string)(name))];
    const { before } = table.windows;
    const signs = signsOf(
      { report, table, measures: drawnMeasures(report), grain: chart.grain, drawn: rows },
      before && describeWindow(before),
    );
    const first = table.rows.length < all.length ? [`only the first ${by === null ? most : mostLines} are drawn`] : [];
    return { ...framed(legible(svg), key, width), signs: [...signs, ...first] };
  } finally {
    view.finalize();
  }
}

/**
 * A drawing as PNG on white, at twice its size.
 * @param faces files of the letters; where they have none nothing is written
 */
export function pngOf({ svg }: Pick<Drawing, 'svg'>, faces: readonly string[] = Object.values(fontFiles)): Buffer {
  const picture = new Resvg(svg, {
    background: colour('raised', 'light'),
    fitTo: { mode: 'zoom', value: pictureScale },
    font: { loadSystemFonts: false, fontFiles: [...faces], defaultFontFamily: fontFamily },
  });
  return Buffer.from(picture.render().asPng());
}

/** Vega's drawing with its key in a document that names no face but ours. */
function framed(drawing: string, lines: KeyLine[], least: number): Omit<Drawing, 'signs'> {
  const [, wide = '0', high = '0'] = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(drawing) ?? [];
  // Vega-Lite writes lines without gaps as dashes, which pdfkit refuses.
  const chart = drawing.replace(/font-family="[^"]*"/g, `font-family="${fontFamily}"`).replace(/ stroke-dasharray="1,0"/g, '');
  const width = Math.max(least, Math.ceil(Number(wide)));
  const key = keySvg(lines, width);
  const height = Math.ceil(Number(high)) + key.height;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `${chart}<g transform="translate(0 ${Math.ceil(Number(high))})">${key.svg}</g></svg>`;
  return { svg, width, height };
}
