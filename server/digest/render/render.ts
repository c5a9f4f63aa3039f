import { setImmediate } from 'node:timers/promises';
import type { DigestContent } from '../../../queries/model/digest.ts';
import { drawChart, hasPicture, pngOf, type Drawing } from './draw.ts';
import { digestHtml, pictureSize } from './html.ts';
import { chartPart, fixedParts, sparkPart } from './part-names.ts';
import { digestPdf } from './pdf.ts';
import { placeOf } from './place.ts';
import { digestText } from './plain.ts';
import { hasSpark, sparkSvg } from './spark.ts';

/** A file of a digest. */
export interface DigestPart {
  name: string;
  /** Media type. */
  type: string;
  bytes: Buffer;
}

/**
 * A digest in all its forms: the content itself, mail, plain text, PDF, a picture a chart and a sparkline a tile; what has no figure has no
 * picture. The same content has the same bytes. Others are let through between two pictures.
 * @param where.baseUrl of the server, to which the digest leads
 * @throws Error where a chart is of no report
 */
export async function renderDigest(content: DigestContent, where: { issueId: string; baseUrl: string }): Promise<DigestPart[]> {
  const place = placeOf(content.path, where);
  const drawings = new Map<string, Drawing>();
  const pictures: DigestPart[] = [];
  for (const chart of content.charts.filter(hasPicture)) {
    const drawing = await drawChart(chart, content.currency, pictureSize);
    drawings.set(chart.report, drawing);
    pictures.push({ name: chartPart(chart.report), type: 'image/png', bytes: pngOf(drawing) });
  }
  for (const tile of content.tiles.filter(hasSpark))
    pictures.push({ name: sparkPart(tile.measure), type: 'image/png', bytes: pngOf({ svg: sparkSvg(tile) }) });
  await setImmediate();
  const text = (name: string, type: string, body: string): DigestPart => ({ name, type, bytes: Buffer.from(body) });
  return [
    text(fixedParts.content, 'application/json', JSON.stringify(content)),
    text(fixedParts.html, 'text/html; charset=utf-8', digestHtml(content, place, drawings)),
    text(fixedParts.text, 'text/plain; charset=utf-8', digestText(content, place)),
    { name: fixedParts.pdf, type: 'application/pdf', bytes: await digestPdf(content, place) },
    ...pictures,
  ];
}
