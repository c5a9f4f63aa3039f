import { colour } from '../../../queries/model/colours.ts';
import type { DigestTile } from '../../../queries/model/digest.ts';
import { sparkShape, sparkSize } from '../../../queries/model/sparkline.ts';

/** Whether a tile has a value to draw. */
export function hasSpark({ spark }: DigestTile): boolean {
  return spark.values.some((value) => value !== null);
}

/** The sparkline of a tile as an SVG document of 96 by 24, as client/components/Sparkline.svelte draws it on white. */
export function sparkSvg({ spark, standing }: DigestTile): string {
  const { bands, line, rest, last } = sparkShape(spark);
  const verdict = standing?.verdict;
  const tone = colour(verdict === 'concern' || verdict === 'improvement' ? verdict : 'accent', 'light');
  const paper = colour('raised', 'light');
  const stroke = `fill="none" stroke="${colour('ink-3', 'light')}" stroke-width="1.5" stroke-linejoin="round"`;
  const { width, height } = sparkSize;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="${paper}"/>`,
    ...bands.map(({ path }) => `<path d="${path}" fill="${colour('neutral-soft', 'light')}"/>`),
    ...(line ? [`<path d="${line}" ${stroke}/>`] : []),
    ...(rest ? [`<path d="${rest}" ${stroke} stroke-dasharray="1.5 2.5"/>`] : []),
    ...(last
      ? [`<circle cx="${last.x}" cy="${last.y}" r="2.5" fill="${spark.isLastPartial ? paper : tone}" stroke="${tone}" stroke-width="1.5"/>`]
      : []),
    '</svg>',
  ].join('');
}
