import type { DigestContent, DigestSection, DigestTile } from '../../../queries/model/digest.ts';
import { sparkSize } from '../../../queries/model/sparkline.ts';
import { hasPicture, type Drawing } from './draw.ts';
import { textWidth } from './fonts.ts';
import { toneOf } from './markup.ts';
import { beside, ink, pdfTable, picture, quiet, rule, stack, words, type Block } from './pdf-blocks.ts';
import { hasSpark, sparkSvg } from './spark.ts';

/** Width of what is printed, in points. */
export const pageWidth = 523;
/** Points a px of a picture: its letters of 13 px are 8 points. */
export const pictureScale = 0.62;
const columnGap = 20;

/** How much of a digest a page tells; what it leaves out it counts. */
export interface Detail {
  signals: number;
  charts: boolean;
  notes: number;
  sections: number;
  /** Rows of the table of each section. */
  rows: number[];
}

/** A chart as it is printed. */
export interface PrintedChart {
  question: string;
  sentence: string;
  drawing: Drawing;
}

const headline: ((content: DigestContent) => Block)[] = [
  ({ headline: [first] }) => words(first, { width: pageWidth, size: 14, face: 'semibold', most: 3 }),
  ({ headline: [, second] }) => words(second, { width: pageWidth, size: 11, most: 3 }),
  ({ headline: [, , third] }) => words(third, { width: pageWidth, size: 11, most: 3 }),
];

/** The questions of a digest that have no picture: a chart without a figure is a sentence. */
export function sectionsOf({ charts, sections }: DigestContent): DigestSection[] {
  const told = charts.filter((chart) => !hasPicture(chart));
  return [
    ...told.map(({ report, question, sentence }) => ({ name: report, title: question, sentence, table: null, note: '' })),
    ...sections,
  ];
}

/** The blocks of a page from the top, which stand apart from each other. */
export function pageBlocks(content: DigestContent, charts: PrintedChart[], detail: Detail): Block[] {
  return [
    beside([
      { block: words(`${content.name}: ${content.period.text}`, { width: 300, size: 10, face: 'semibold', most: 2 }), x: 0 },
      {
        block: words([content.organisation, content.audience].filter(Boolean).join(' · '), {
          width: 205,
          color: quiet,
          most: 3,
          align: 'right',
        }),
        x: pageWidth - 205,
      },
    ]),
    stack(
      headline.map((sentence) => sentence(content)),
      3,
    ),
    tilesBlock(content.tiles),
    changesBlock(content, detail.signals),
    chartsBlock(detail.charts ? charts : [], content.charts.filter(hasPicture).length),
    sectionsBlock(sectionsOf(content), detail),
    notesBlock(content.notes, detail.notes),
  ].filter(({ height }) => height > 0);
}

function heading(text: string, width: number): Block {
  return words(text, { width, size: 9.5, face: 'semibold', most: 2 });
}

function more(count: number, width: number): Block {
  return words(moreText(count), { width, size: 8, color: quiet });
}

function moreText(count: number): string {
  return count > 0 ? `… and ${count} more in the mail` : '';
}

function leftText(count: number, what: string): string {
  return count > 0 ? `… and ${count} ${what}${count === 1 ? '' : 's'} in the mail` : '';
}

function tilesBlock(tiles: DigestTile[]): Block {
  const perRow = 3;
  const width = (pageWidth - (perRow - 1) * columnGap) / perRow;
  const rows = Array.from({ length: Math.ceil(tiles.length / perRow) }, (_, i) => tiles.slice(perRow * i, perRow * (i + 1)));
  return stack(
    rows.map((row) => {
      const blocks = row.map((tile, i) => ({ block: tileBlock(tile, width), x: i * (width + columnGap) }));
      return stack([rule(pageWidth), beside(blocks)]);
    }),
    7,
  );
}

function tileBlock(tile: DigestTile, width: number): Block {
  const { standing, target } = tile;
  const scale = 0.75;
  const sparkWidth = sparkSize.width * scale;
  const figureWidth = width - (hasSpark(tile) ? sparkWidth + 4 : 0);
  const line = (text: string, color: string, most = 2) => words(text, { width, size: 8, color, most });
  const stands =
    standing && standing.verdict !== 'common_cause'
      ? words(tile.change, { width, size: 8, most: 3, lead: { text: `${standing.words} ·`, color: toneOf(standing.verdict) } })
      : null;
  return stack([
    line(tile.title, quiet, 1),
    beside([
      {
        block: words(tile.text, {
          width: figureWidth,
          size: textWidth(tile.text, 18, 'semibold') > figureWidth ? 13 : 18,
          face: 'semibold',
          most: 2,
        }),
        x: 0,
      },
      ...(hasSpark(tile) ? [{ block: picture({ svg: sparkSvg(tile), ...sparkSize }, scale), x: width - sparkWidth }] : []),
    ]),
    stands ?? line([standing?.words, tile.change].filter(Boolean).join(' · '), standing ? quiet : ink, 3),
    target ? line([target.words, target.assurance].filter(Boolean).join('; '), ink, 3) : stack([]),
    line(tile.last, quiet),
    line(tile.basis.join(' · '), quiet),
  ]);
}

function changesBlock({ signals, steady }: DigestContent, most: number): Block {
  const told = signals.slice(0, most).map(
    ({ verdict, word, sentence }) =>
    words(sentence, { width: pageWidth, size: 9, most: 3, lead: { text: `${word}.`, color: toneOf(verdict) } }), // prettier-ignore
  );
  const usual = words(steady, { width: pageWidth, size: 9, color: quiet, most: 3 });
  if (told.length === 0 && usual.height === 0) return stack([]);
  return stack([rule(pageWidth), heading('What changed', pageWidth), ...told, more(signals.length - told.length, pageWidth), usual], 1);
}

function chartsBlock(charts: PrintedChart[], all: number): Block {
  const others = leftText(all - charts.length, 'chart');
  if (charts.length === 0) return words(others, { width: pageWidth, size: 8, color: quiet });
  const gap = (pageWidth - charts.reduce((sum, { drawing }) => sum + drawing.width * pictureScale, 0)) / Math.max(1, charts.length - 1);
  let x = 0;
  const columns = charts.map(({ question, sentence, drawing }) => {
    const width = drawing.width * pictureScale;
    const told = stack([heading(question, width), words(sentence, { width, size: 8, most: 6 })], 2);
    const column = { told: { block: told, x }, drawn: { block: picture(drawing, pictureScale), x } };
    x += width + gap;
    return column;
  });
  const signs = [...new Set(charts.flatMap(({ drawing }) => drawing.signs)), others].filter(Boolean).join('; ');
  return stack(
    [
      rule(pageWidth),
      beside(columns.map(({ told }) => told)),
      beside(columns.map(({ drawn }) => drawn)),
      words(signs, { width: pageWidth, size: 8, color: quiet, most: 2 }),
    ],
    2,
  );
}

function sectionsBlock(sections: DigestSection[], { sections: most, rows }: Detail): Block {
  const width = (pageWidth - columnGap) / 2;
  const columns: [Block[], Block[]] = [[], []];
  const heightOf = (blocks: Block[]) => stack(blocks, 7).height;
  sections.slice(0, most).forEach((section, i) => {
    const [left, right] = columns;
    (heightOf(right) < heightOf(left) ? right : left).push(sectionBlock(section, rows[i] ?? 0, width));
  });
  const others = words(leftText(sections.length - most, 'question'), { width: pageWidth, size: 8, color: quiet });
  if (columns[0].length === 0) return others;
  const side = columns.map((blocks, i) => ({ block: stack(blocks, 7), x: i * (width + columnGap) }));
  return stack([rule(pageWidth), beside(side), others]);
}

function sectionBlock({ title, sentence, table, note }: DigestSection, most: number, width: number): Block {
  const rows = table?.rows.slice(0, most) ?? [];
  return stack(
    [
      heading(title, width),
      words(sentence, { width, most: 3 }),
      table && rows.length ? pdfTable({ ...table, rows }, width) : stack([]),
      // Of a table that is not begun there is nothing to say.
      words(rows.length ? [moreText((table?.rows.length ?? 0) - rows.length), note].filter(Boolean).join('. ') : '', {
        width, size: 8, color: quiet, most: 2,
      }), // prettier-ignore
    ],
    1.5,
  );
}

function notesBlock(notes: string[], most: number): Block {
  if (notes.length === 0) return stack([]);
  const told = [...notes.slice(0, most), moreText(notes.length - most)];
  const lead = { text: 'About the data.', color: quiet };
  return stack([rule(pageWidth), words(told.join(' '), { width: pageWidth, size: 8, color: quiet, most: Math.max(3, 2 * most), lead })]);
}
