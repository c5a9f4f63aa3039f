import type { DigestTile } from '../../../queries/model/digest.ts';
import { sparkSize } from '../../../queries/model/sparkline.ts';
import { escaped } from './escaped.ts';
import { columnsOf, contentIdOf, hairline, ink, paragraph, quiet, toneOf } from './markup.ts';
import { sparkPart } from './part-names.ts';
import { hasSpark } from './spark.ts';

const width = 304;

/** The figures of a digest, two beside each other where there is room. */
export function tilesHtml(tiles: DigestTile[]): string {
  const pairs = Array.from({ length: Math.ceil(tiles.length / 2) }, (_, i) => tiles.slice(2 * i, 2 * i + 2));
  return pairs.map((pair) => columnsOf(pair.map((tile) => ({ html: tileHtml(tile), width })))).join('');
}

function tileHtml(tile: DigestTile): string {
  const { standing, target } = tile;
  const { width: w, height: h } = sparkSize;
  const line = (text: string, color = quiet, style = '') => (text ? paragraph(text, { size: 13, color, style }) : '');
  const spark = hasSpark(tile)
    ? `<img src="cid:${contentIdOf(sparkPart(tile.measure))}" width="${w}" height="${h}" alt="" style="display:block;border:0;width:${w}px;height:${h}px">`
    : '';
  return (
    `<div style="padding:8px 16px 16px 0;border-top:1px solid ${hairline}">` +
    line(tile.title) +
    `<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%" style="width:100%"><tr>` +
    `<td style="padding:2px 0;font-size:28px;line-height:34px;font-weight:600;color:${ink};letter-spacing:-0.02em">${escaped(tile.text)}</td>` +
    `<td align="right" width="${w}" style="width:${w}px">${spark}</td></tr></table>` +
    (standing ? line(standing.words, toneOf(standing.verdict), standing.verdict === 'common_cause' ? '' : 'font-weight:600;') : '') +
    line(tile.change, ink) +
    (target ? line(target.words, ink) + line(target.assurance) : '') +
    line(tile.last) +
    line(tile.basis.join(' · ')) +
    '</div>'
  );
}
