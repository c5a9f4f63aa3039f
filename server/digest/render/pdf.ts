import PdfDocument from 'pdfkit';
import { colour } from '../../../queries/model/colours.ts';
import type { DigestContent } from '../../../queries/model/digest.ts';
import { drawChart, hasPicture, reportOf } from './draw.ts';
import { fontFiles, legible } from './fonts.ts';
import { pageBlocks, pageWidth, pictureScale, sectionsOf, type Detail, type PrintedChart } from './pdf-page.ts';
import { beside, quiet, rule, stack, words, type Block } from './pdf-blocks.ts';
import type { DigestPlace } from './place.ts';

// A4 in points, and where what is printed begins and ends.
const left = 36;
const top = 28;
const footTop = 811;
const room = footTop - 10 - top;
/** What stands between two blocks, at least and at most. */
const least = 6;
const widest = 18;

/**
 * A digest as one page of A4 with text that can be selected; what there is no room for is counted, never cut off.
 * @throws Error where not even the least of it fits
 */
export async function digestPdf(content: DigestContent, place: DigestPlace): Promise<Buffer> {
  const charts = await printedCharts(content);
  const blocks = fitting(content, charts);
  const spare = room - heightOf(blocks);
  const gap = Math.min(widest, least + spare / Math.max(1, blocks.length - 1));
  const document = new PdfDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: legible(`${content.name}: ${content.period.text}`),
      Author: legible(content.organisation),
      Subject: legible(content.headline[0]),
      Creator: 'Silverlining',
      // The same digest has the same bytes.
      CreationDate: new Date(content.asOf),
    },
  });
  const chunks: Buffer[] = [];
  const written = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  for (const [face, file] of Object.entries(fontFiles)) document.registerFont(face, file);
  document.addPage();
  stack(blocks, gap).draw(document, left, top);
  footBlock(content, place).draw(document, left, footTop);
  document.end();
  return written;
}

function heightOf(blocks: Block[]): number {
  return stack(blocks, least).height;
}

/** As much as a page holds: from the least it grows in turn by what an executive misses first. */
function fitting(content: DigestContent, charts: PrintedChart[]): Block[] {
  let detail: Detail = { signals: 1, charts: false, notes: 1, sections: 0, rows: [] };
  let blocks = pageBlocks(content, charts, detail);
  if (heightOf(blocks) > room) throw new Error('the digest does not fit a page, not even its headline, its figures and a note');
  const sections = sectionsOf(content);
  const grow = (more: Partial<Detail>): boolean => {
    const grown = { ...detail, ...more };
    const tried = pageBlocks(content, charts, grown);
    if (heightOf(tried) > room) return false;
    [detail, blocks] = [grown, tried];
    return true;
  };
  const signals = (most: number) => {
    while (detail.signals < Math.min(most, content.signals.length) && grow({ signals: detail.signals + 1 }));
  };
  const notes = (most: number) => {
    while (detail.notes < Math.min(most, content.notes.length) && grow({ notes: detail.notes + 1 }));
  };
  const rows = (most: number) =>
    sections.forEach(({ table }, i) => {
      const all = table?.rows.length ?? 0;
      // A table of a single row of many tells little.
      const next = () => Math.min(all, Math.max(2, (detail.rows[i] ?? 0) + 1));
      const withRows = () => sections.map((_, at) => (at === i ? next() : (detail.rows[at] ?? 0)));
      while ((detail.rows[i] ?? 0) < Math.min(most, all) && grow({ rows: withRows() }));
    });
  grow({ charts: true });
  // Every question is answered before one is answered at length.
  while (detail.sections < sections.length && grow({ sections: detail.sections + 1 }));
  signals(3);
  notes(4);
  rows(3);
  rows(6);
  signals(6);
  notes(Infinity);
  rows(12);
  return blocks;
}

const mostCharts = 2;
const gapPx = 24;

/** The first charts of a digest as they have room beside each other; of members the first few. */
async function printedCharts(content: DigestContent): Promise<PrintedChart[]> {
  const chosen = content.charts.filter(hasPicture).slice(0, mostCharts);
  // Names beside bars take their part of the width.
  const shares = chosen.map((chart) => (['bars', 'intervals', 'pareto', 'heat'].includes(reportOf(chart).chart.type) ? 1.4 : 1));
  const room = pageWidth / pictureScale - gapPx * (chosen.length - 1);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const charts: PrintedChart[] = [];
  for (const [i, chart] of chosen.entries()) {
    const width = Math.floor((room * (shares[i] ?? 1)) / whole);
    const drawing = await drawChart(chart, content.currency, { width, height: 88, most: 5 });
    charts.push({ question: chart.question, sentence: chart.sentence, drawing });
  }
  return charts;
}

function footBlock({ asOfText, zone }: DigestContent, { dashboard, archive }: DigestPlace): Block {
  const accent = colour('accent', 'light');
  const style = { width: pageWidth, size: 8, color: quiet, most: 1 };
  return stack([
    rule(pageWidth, 4),
    beside([
      { block: words(`Known until ${asOfText} (${zone})`, { ...style, width: 300 }), x: 0 },
      { block: words('Open in the dashboard', { ...style, width: 95, color: accent, href: dashboard }), x: 305 },
      {
        block: words('This digest in the archive', { ...style, width: 110, color: accent, href: archive, align: 'right' }),
        x: pageWidth - 110,
      },
    ]),
  ]);
}
