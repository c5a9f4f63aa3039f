import type { DigestChart, DigestContent, DigestSection } from '../../../queries/model/digest.ts';
import { figuresOf, usualRoom } from './chart-table.ts';
import { hasPicture, type Drawing } from './draw.ts';
import { escaped } from './escaped.ts';
import { tilesHtml } from './html-tiles.ts';
import {
  columnsOf,
  contentIdOf,
  dataTable,
  face,
  hairline,
  heading,
  ink,
  link,
  narrowStyle,
  paper,
  paragraph,
  quiet,
  toneOf,
} from './markup.ts';
import { chartPart } from './part-names.ts';
import { unsubscribeHtml } from './personal.ts';
import type { DigestPlace } from './place.ts';

/** Beyond this many bytes some clients cut a mail and hide the rest behind a link. */
export const mostHtml = 102_000;

/** How much a mail tells; less of it until it fits. */
interface Room {
  signals: number;
  rows: number;
  notes: number;
  periods: number;
  members: number;
}
const rooms: Room[] = [
  { signals: 12, rows: 30, notes: 30, ...usualRoom },
  { signals: 12, rows: 15, notes: 15, ...usualRoom },
  { signals: 10, rows: 10, notes: 10, periods: 6, members: 6 },
  { signals: 8, rows: 5, notes: 8, periods: 3, members: 3 },
  { signals: 5, rows: 1, notes: 5, periods: 1, members: 1 },
];

/**
 * A digest as the HTML of a mail: tables and inline styles, pictures by `cid:`, explicit colours on white, from 360 px to 640 px wide. What a
 * mail has no room for is left out with a word of how much; {@link personalHtml} or {@link archiveHtml} make it ready to be shown.
 * @param drawings the pictures by report
 */
export function digestHtml(content: DigestContent, place: DigestPlace, drawings: ReadonlyMap<string, Drawing>): string {
  let html = '';
  for (const room of rooms) {
    html = documentOf(content, place, { drawings, room });
    if (Buffer.byteLength(html) < mostHtml) break;
  }
  return html;
}

interface Told {
  drawings: ReadonlyMap<string, Drawing>;
  room: Room;
}

function documentOf(content: DigestContent, place: DigestPlace, { drawings, room }: Told): string {
  const title = `${content.name}: ${content.period.text}`;
  const more = (all: unknown[], most: number) =>
    all.length > most ? [paragraph(`… and ${all.length - most} more in the dashboard`, { size: 13, color: quiet })] : [];
  const body = [
    headHtml(content, place),
    block(tilesHtml(content.tiles), '24px 0 0'),
    ...answered('What changed', [
      ...content.signals.slice(0, room.signals).map(signalHtml),
      ...more(content.signals, room.signals),
      ...(content.steady ? [paragraph(content.steady, { color: quiet, style: 'padding-top:8px;' })] : []),
    ]),
    ...content.charts.map((chart) => block(chartHtml(chart, content.currency, { drawings, room }))),
    ...content.sections.map((section) => block(sectionHtml(section, room.rows))),
    ...answered('About the data', [
      ...content.notes.slice(0, room.notes).map((note) => paragraph(note, { size: 13, color: quiet, style: 'padding-top:4px;' })),
      ...more(content.notes, room.notes),
    ]),
    footHtml(content, place),
  ];
  return `<!DOCTYPE html>
<html lang="en" style="color-scheme:light only">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light only">
<meta name="supported-color-schemes" content="light only">
<title>${escaped(title)}</title>
<style>${narrowStyle}</style>
</head>
<body bgcolor="${paper}" style="margin:0;padding:0;background-color:${paper};color:${ink};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escaped(content.headline[0])}</div>
<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%" bgcolor="${paper}" style="width:100%;background-color:${paper}"><tr><td align="center" style="font-family:${face};color:${ink}">
<!--[if mso]><table role="presentation" width="640"><tr><td><![endif]-->
<div style="max-width:640px;margin:0 auto;text-align:left;background-color:${paper}">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%" bgcolor="${paper}" style="width:100%;table-layout:fixed"><tr><td style="padding:24px 16px;font-family:${face};color:${ink};overflow-wrap:anywhere">
${body.join('\n')}
</td></tr></table>
</div>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</body>
</html>
`;
}

function headHtml(content: DigestContent, place: DigestPlace): string {
  const [first, ...rest] = content.headline;
  return [
    paragraph(content.organisation, { size: 13, color: quiet }),
    `<h1 style="margin:2px 0 2px;font-size:21px;line-height:26px;font-weight:600;color:${ink}">${escaped(content.name)}: ${escaped(content.period.text)}</h1>`,
    paragraph([content.audience, `known until ${content.asOfText}`].filter(Boolean).join(' · '), {
      size: 13,
      color: quiet,
      style: 'padding-bottom:20px;',
    }),
    paragraph(first, { size: 21, style: 'font-weight:600;letter-spacing:-0.01em;' }),
    ...rest.filter(Boolean).map((sentence) => paragraph(sentence, { size: 18, style: 'padding-top:10px;' })),
    `<p style="margin:16px 0 0;font-size:15px;line-height:32px">${anchor(place.dashboard, 'Open in the dashboard', 'font-weight:600;')}` +
      `<span style="color:${quiet}"> &nbsp;·&nbsp; </span>${anchor(place.archive, 'This digest in the archive')}</p>`,
  ].join('\n');
}

function signalHtml({ verdict, word, sentence, rule }: DigestContent['signals'][number]): string {
  const tone = `color:${toneOf(verdict)};font-weight:600`;
  return (
    `<p style="margin:0;padding-top:8px;font-size:15px;line-height:22px;color:${ink}"><span style="${tone}">${escaped(word)}.</span> ${escaped(sentence)}</p>` +
    (rule ? paragraph(rule, { size: 13, color: quiet }) : '')
  );
}

/** Size of a picture of a mail in px, so that its letters can be read on a phone without making it smaller; those of members are as high as they need. */
export const pictureSize = { width: 340, height: 220 };

function chartHtml(chart: DigestChart, currency: string, { drawings, room }: Told): string {
  const drawing = drawings.get(chart.report);
  const begin = heading(chart.question) + paragraph(chart.sentence, { style: 'padding-bottom:12px;' });
  if (!drawing || !hasPicture(chart)) return begin;
  const { width, height } = drawing;
  const picture =
    `<img src="cid:${contentIdOf(chartPart(chart.report))}" width="${width}" height="${height}" alt="${escaped(chart.sentence)}" ` +
    `style="display:block;border:0;width:100%;max-width:${width}px;height:auto;background-color:${paper}">` +
    (drawing.signs.length ? paragraph(drawing.signs.join('; '), { size: 13, color: quiet, style: 'padding-top:4px;' }) : '');
  const { table, left } = figuresOf(chart, currency, room);
  const figures = dataTable(table, Infinity, left);
  // Many columns need the whole width.
  if (table.columns.length > 3) return `${begin}${picture}<div style="padding-top:12px">${figures}</div>`;
  return (
    begin +
    columnsOf([
      { html: `<div style="padding:0 20px 12px 0">${picture}</div>`, width: pictureSize.width + 20 },
      { html: figures, width: 608 - pictureSize.width - 20 },
    ])
  );
}

function sectionHtml({ title, sentence, table, note }: DigestSection, rows: number): string {
  return [
    heading(title),
    paragraph(sentence),
    table && table.rows.length ? `<div style="padding-top:8px">${dataTable(table, rows)}</div>` : '',
    note ? paragraph(note, { size: 13, color: quiet, style: 'padding-top:6px;' }) : '',
  ].join('');
}

function footHtml(content: DigestContent, place: DigestPlace): string {
  const small = `margin:0;padding-top:8px;font-size:13px;line-height:19px;color:${quiet}`;
  return block(
    `<p style="${small}">All dates and times are those of ${escaped(content.zone)}. These figures are kept as they were told; ` +
      `${anchor(place.dashboard, 'the dashboard')} has them as they are now, and how each is computed.</p>${unsubscribeHtml(small)}`,
  );
}

function anchor(href: string, text: string, style = ''): string {
  return `<a href="${escaped(href)}" style="color:${link};${style}">${escaped(text)}</a>`;
}

/** A heading with what there is to say below it; nothing without that. */
function answered(title: string, parts: string[]): string[] {
  return parts.length ? [block(heading(title) + parts.join(''))] : [];
}

/** A part of the page below a line. */
function block(html: string, padding = '16px 0 0'): string {
  const line = padding === '16px 0 0' ? `margin-top:20px;border-top:1px solid ${hairline};` : '';
  return `<div style="${line}padding:${padding}">${html}</div>`;
}
