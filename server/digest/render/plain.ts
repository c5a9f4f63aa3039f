import type { DigestChart, DigestContent, DigestSection, DigestTile } from '../../../queries/model/digest.ts';
import { figuresOf } from './chart-table.ts';
import { hasPicture } from './draw.ts';
import { unsubscribeLine } from './personal.ts';
import type { DigestPlace } from './place.ts';
import { plainTable, wrapped } from './plain-table.ts';

const width = 72;

/** A digest as plain text of at most 72 characters a line, addresses apart; `personalText` makes it ready to be sent. */
export function digestText(content: DigestContent, place: DigestPlace): string {
  const blocks: string[][] = [
    [
      ...wrapped(content.organisation, width),
      ...underlined(`${content.name}: ${content.period.text}`, '='),
      ...wrapped([content.audience, `known until ${content.asOfText}`].filter(Boolean).join(' · '), width),
    ],
    ...content.headline.filter(Boolean).map((sentence) => wrapped(sentence, width)),
    ['Open in the dashboard:', place.dashboard, '', 'This digest in the archive:', place.archive],
    underlined('Figures', '='),
    ...content.tiles.map(tileLines),
    content.signals.length || content.steady ? underlined('What changed', '=') : [],
    ...content.signals.map(({ word, sentence, rule }) => [
      ...wrapped(`${word}. ${sentence}`, width, { first: '* ', indent: '  ' }),
      ...(rule ? wrapped(`(${rule})`, width, { first: '  ', indent: '  ' }) : []),
    ]),
    ...(content.steady ? [wrapped(content.steady, width)] : []),
    ...content.charts.flatMap((chart) => chartBlocks(chart, content.currency)),
    ...content.sections.flatMap(sectionBlocks),
    content.notes.length ? underlined('About the data', '=') : [],
    content.notes.flatMap((note) => wrapped(note, width, { first: '* ', indent: '  ' })),
    wrapped(
      `All dates and times are those of ${content.zone}. These figures are kept as they were told; the dashboard has them as they are now, and how each is computed.`,
      width,
    ),
    [unsubscribeLine],
  ];
  const text = blocks.filter((lines) => lines.length).map((lines) => lines.join('\n'));
  // Other control characters have no place in a mail.
  return `${text.join('\n\n').replace(/[^\P{Cc}\n]/gu, '')}\n`;
}

function tileLines(tile: DigestTile): string[] {
  const { standing, target } = tile;
  const told = [tile.change, ...(target ? [target.words, target.assurance] : []), tile.last, tile.basis.join(' · ')].filter(Boolean);
  const standingWords = standing ? ` (${standing.words})` : '';
  return [
    ...wrapped(`${tile.title}: ${tile.text}${standingWords}`, width, { indent: '  ' }),
    ...told.flatMap((line) => wrapped(line, width, { first: '  ', indent: '  ' })),
  ];
}

function chartBlocks(chart: DigestChart, currency: string): string[][] {
  const begin = [...underlined(chart.question, '='), ...wrapped(chart.sentence, width)];
  if (!hasPicture(chart)) return [begin];
  const { table, left } = figuresOf(chart, currency);
  return [begin, [...plainTable(table, width), ...(left ? [`… and ${left} more in the dashboard`] : [])]];
}

function sectionBlocks({ title, sentence, table, note }: DigestSection): string[][] {
  return [
    [...underlined(title, '='), ...wrapped(sentence, width)],
    table && table.rows.length ? plainTable(table, width) : [],
    note ? wrapped(note, width) : [],
  ];
}

function underlined(text: string, sign: string): string[] {
  const lines = wrapped(text, width);
  return [...lines, sign.repeat(Math.max(...lines.map((line) => line.length)))];
}
