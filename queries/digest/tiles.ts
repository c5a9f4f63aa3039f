import type { DigestContent, DigestTile } from '../model/digest.ts';
import type { MeasureName } from '../model/measures.ts';
import { measureOf } from '../model/measures.ts';
import { formatInterval, formatValue, inOneUnit, unknownText } from '../model/number.ts';
import { tileFigure, type TileFigure } from '../model/tile.ts';
import type { Standing } from '../model/standing.ts';
import type { Row, TableJson } from '../model/wire.ts';
import { isCount } from './fold.ts';
import { isTooFew } from '../small-groups.ts';
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
  const then = last?.tiles.find((tile) => tile.measure === measure);
  const told = { measure, title, last: then && last ? `${then.text} in the digest of ${last.period.text}` : '' };
  const spark = withoutFewPoints(measure, figure.spark, series);
  const row = totals.rows[0] ?? {};
  if (isTooFew(figure.n) || (isCount(measure) && isTooFew(figure.value)))
    return {
      ...told, value: null, n: null, low: null, high: null, text: isCount(measure) ? fewText : unknownText,
      basis: isCount(measure) ? [] : ['too few to tell: fewer than five'], change: '', standing: null, target: null, spark,
    }; // prettier-ignore
  const { value, n, low, high, text, basis } = figure;
  const change = isTooFew(row[`${measure}_before`]) && isCount(measure) ? 'few before' : figure.change;
  return {
    ...told, value, n, low, high, text, change, spark,
    basis: [...basis, ...typically(figure, measure, currency), ...besides(measure, row, currency)],
    standing: figure.standing && standingNow(measure, figure.standing, series),
    target: targetOf(measure, targets, figure, currency),
  }; // prettier-ignore
}

/** What a count of fewer than five is told as. */
export const fewText = 'fewer than 5';

/** Periods of too few are not told either, as in the charts. */
function withoutFewPoints(measure: MeasureName, spark: TileFigure['spark'], series: TableJson): TileFigure['spark'] {
  const isFew = (i: number) => isTooFew(series.rows[i]?.[`${measure}_n`]) || (isCount(measure) && isTooFew(series.rows[i]?.[measure]));
  return { ...spark, values: spark.values.map((value, i) => (isFew(i) ? null : value)) };
}

/** How a figure stands is told of the period itself: where that cannot be judged, an earlier one says nothing of it. */
function standingNow(measure: MeasureName, standing: Standing, series: TableJson): Standing {
  const last = series.rows.at(-1);
  const isJudged = last?.complete === 1 && typeof last[measure] === 'number' && typeof last[`${measure}_limit_high`] === 'number';
  return isJudged ? { ...standing } : { verdict: 'common_cause', words: 'too early to tell', hint: 'The period cannot be judged yet.' };
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
