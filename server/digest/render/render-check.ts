import type { DigestContent } from '../../../queries/model/digest.ts';
import { hasPicture, pictureScale } from './draw.ts';
import { escaped } from './escaped.ts';
import { mostHtml } from './html.ts';
import { contentIdOf } from './markup.ts';
import { chartPart, fixedParts, sparkPart } from './part-names.ts';
import { personalHtml, personalText } from './personal.ts';
import { readPng } from './png.ts';
import type { DigestPart } from './render.ts';
import { hasSpark } from './spark.ts';

/**
 * What is wrong with the files of a digest, a sentence each; nothing may be sent while there is one.
 * @returns empty when all is right
 */
export function faultsOfParts(parts: readonly DigestPart[], content: DigestContent): string[] {
  const part = new Map(parts.map((one) => [one.name, one.bytes]));
  const charts = content.charts.filter(hasPicture).map(({ report }) => chartPart(report));
  const sparks = content.tiles.filter(hasSpark).map(({ measure }) => sparkPart(measure));
  const expected = [...Object.values(fixedParts), ...charts, ...sparks];
  const html = part.get(fixedParts.html)?.toString() ?? '';
  const text = part.get(fixedParts.text)?.toString() ?? '';
  return [
    ...expected.filter((name) => !part.has(name)).map((name) => `${name} is missing.`),
    ...parts.filter(({ bytes }) => bytes.length === 0).map(({ name }) => `${name} is empty.`),
    ...charts.flatMap((name) => pictureFaults(name, part.get(name), true)),
    ...sparks.flatMap((name) => pictureFaults(name, part.get(name), false)),
    ...(html ? htmlFaults(html, content, [...charts, ...sparks]) : []),
    ...(text ? wordFaults(fixedParts.text, personalText(text, null), content, { between: ':', written: (words) => words }) : []),
    ...pdfFaults(part.get(fixedParts.pdf)),
    ...(part.has(fixedParts.content) && part.get(fixedParts.content)?.toString() !== JSON.stringify(content)
      ? [`${fixedParts.content} is not the content.`]
      : []),
  ];
}

// Left of what a chart draws there is room for the numbers of its axis or the names of its members, and nothing else; in px of a drawing.
const namesWidth = 24;
/** Pixels that even a single figure has many more of. */
const fewestDark = 12;

function pictureFaults(name: string, file: Buffer | undefined, hasNames: boolean): string[] {
  if (!file || file.length === 0) return [];
  const pixels = readPng(file);
  if (!pixels) return [`${name} is no picture.`];
  const { width, height, data } = pixels;
  let [drawn, letters] = [0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const light = (data[at] ?? 0) * 0.299 + (data[at + 1] ?? 0) * 0.587 + (data[at + 2] ?? 0) * 0.114;
      if (light < 200) drawn++;
      if (light < 140 && x < namesWidth * pictureScale) letters++;
    }
  if (drawn < fewestDark) return [`${name} shows nothing.`];
  return hasNames && letters < fewestDark ? [`${name} has no letters: the fonts are missing.`] : [];
}

function htmlFaults(html: string, content: DigestContent, pictures: string[]): string[] {
  const shown = personalHtml(html, null);
  const visible = shown
    .replace(/<(style|title)>[\s\S]*?<\/\1>/g, ' ')
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<[^>]*>/g, ' ');
  const size = Buffer.byteLength(html);
  return [
    ...(size >= mostHtml ? [`${fixedParts.html} has ${size} bytes, of which mail clients show ${mostHtml}.`] : []),
    ...pictures.filter((name) => !shown.includes(`"cid:${contentIdOf(name)}"`)).map((name) => `${fixedParts.html} does not show ${name}.`),
    ...wordFaults(fixedParts.html, visible, content, { between: '', written: escaped }),
  ];
}

/** Words that no reader is meant to see: a figure was not computed or not written. */
const broken = ['NaN', 'undefined', 'null', 'Infinity', '[object Object]'];

interface Form {
  /** What stands between the title of a tile and its figure. */
  between: string;
  /** How the form writes a text. */
  written: (text: string) => string;
}

function wordFaults(name: string, visible: string, content: DigestContent, { between, written }: Form): string[] {
  const named = labelsOf(content);
  const told = joinedUp(visible);
  const has = (text: string) => told.includes(joinedUp(written(text)));
  return [
    ...broken
      .filter((word) => hasWord(visible, word) && !named.some((label) => hasWord(label, word)))
      .map((word) => `${name} says “${word}” where a figure or a name belongs; look at the preview, and tell who runs Silverlining.`),
    ...content.tiles
      .filter(({ title, text }) => !has(`${title}${between}${text}`))
      .map(({ title, text }) => `${name} lacks the figure “${text}” of “${title}”.`),
    ...content.headline.filter((sentence) => !has(sentence)).map((sentence) => `${name} lacks the sentence “${sentence}”`),
  ];
}

/** A text without what lines are broken by. */
function joinedUp(text: string): string {
  return text.replace(/[ \p{Cc}]+/gu, '');
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{N}])${word.replace(/[[\]]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'u').test(text);
}

/** What people and sources have named: that may be called anything. */
function labelsOf({ charts, sections, name, organisation, audience, notes }: DigestContent): string[] {
  const members = sections.flatMap(({ table }) => table?.rows.flatMap(([first]) => first ?? []) ?? []);
  const inCharts = charts.flatMap(({ table: { columns, rows } }) => {
    const keys = columns.filter(({ role, type }) => role === 'key' && type === 'label');
    return rows.flatMap((row) => keys.flatMap(({ name: key }) => (typeof row[key] === 'string' ? [row[key]] : [])));
  });
  return [...members, ...inCharts, ...notes, name, organisation, audience];
}

function pdfFaults(file: Buffer | undefined): string[] {
  if (!file || file.length === 0) return [];
  const text = file.toString('latin1');
  if (!text.startsWith('%PDF-') || !text.trimEnd().endsWith('%%EOF')) return [`${fixedParts.pdf} is no whole PDF.`];
  const pages = text.match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;
  return pages === 1 ? [] : [`${fixedParts.pdf} has ${pages} pages instead of one.`];
}
