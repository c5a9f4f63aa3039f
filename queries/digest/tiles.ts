import type { DigestContent, DigestTile } from '../model/digest.ts';
import type { MeasureName } from '../model/measures.ts';
import { measureOf } from '../model/measures.ts';
import { formatInterval, formatValue, inOneUnit, unknownText } from '../model/number.ts';
import { tileFigure, type TileFigure } from '../model/tile.ts';
import type { Row } from '../model/wire.ts';
import { isTooFew } from './fold.ts';
import { digestTiles, type DigestTables } from './questions.ts';
import { targetOf, type Targets } from './target.ts';
import type { Grain } from '../model/buckets.ts';

/** What the tiles are made of beside the tables. */
export interface TileContext {
  grain: Grain;
  currency: string;
  sourceCount: number;
  targets: Targets;
  /** The digest before of the same series; null for none. */
  last: Pick<DigestContent, 'tiles' | 'period'> | null;
}

/** The six figures of a digest; one that rests on fewer than five cases is not told. */
export function tilesOf(tables: DigestTables, context: TileContext): DigestTile[] {
  return digestTiles.map(({ measure, title }) => tileOf(measure, title, tables, context));
}

function tileOf(measure: MeasureName, title: string, { totals, series }: DigestTables, context: TileContext): DigestTile {
  const { grain, currency, sourceCount, targets, last } = context;
  const figure = tileFigure({ totals, series, grain }, measure, { currency, sourceCount });
  const { change, standing, spark } = figure;
  const then = last?.tiles.find((tile) => tile.measure === measure);
  const told = { measure, title, last: then && last ? `${then.text} in the digest of ${last.period.text}` : '' };
  const { kind } = measureOf(measure);
  if (isTooFew(figure.n) || (kind === 'count' && isTooFew(figure.value)))
    return {
      ...told, value: null, n: null, low: null, high: null, text: kind === 'count' ? 'fewer than 5' : unknownText,
      basis: kind === 'count' ? [] : ['too few to tell: fewer than five'], change: '', standing: null, target: null,
      spark: { ...spark, values: spark.values.map(() => null) },
    }; // prettier-ignore
  const { value, n, low, high, text, basis } = figure;
  const target = targetOf(measure, targets, figure, currency);
  return { ...told, value, n, low, high, text, basis: [...basis, ...typically(figure, measure, currency), ...besides(measure, totals.rows[0] ?? {}, currency)], change, standing: standing && { ...standing }, target, spark }; // prettier-ignore
}

/** Of a figure without an interval of its own, what is usual. */
function typically({ low, spark }: TileFigure, measure: MeasureName, currency: string): string[] {
  const range = low === null ? spark.limits.findLast((limit) => limit !== null) : null;
  return range ? [`typically ${inOneUnit(formatInterval(range.low, range.high, measureOf(measure).unit, { currency }))}`] : [];
}

/** What belongs beside a figure: nine in ten beside a half, how many answered beside how satisfied they are. */
function besides(measure: MeasureName, row: Row, currency: string): string[] {
  const told = (name: MeasureName) => {
    const [value, n] = [row[name], row[`${name}_n`]];
    return typeof value === 'number' && !isTooFew(n)
      ? formatValue(value, measureOf(name).unit, { n: typeof n === 'number' ? n : null, currency })
      : null;
  };
  if (measure === 'resolution_days_p50') {
    const nine = told('resolution_days_p90');
    return [nine === null ? 'nine in ten: too early to tell' : `nine in ten within ${nine}`];
  }
  const answered = measure === 'csat_rate' ? told('response_rate') : null;
  return answered === null ? [] : [`${answered} of those asked have answered`];
}
