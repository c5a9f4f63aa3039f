import { dimmed, hover, isUnnamed, namesAxis } from './chart-parts.ts';
import { colour, type Theme } from './colours.ts';
import { dimensions } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatValue } from './number.ts';
import type { Row } from './wire.ts';

// Below this width of the drawing the column of shares is left out: it would leave nothing for the bars.
const roomForShares = 240;
const hasRoom = `width >= ${roomForShares}`;

/**
 * Horizontal bars in the order of the rows, the vital few filled and the others pale, each with its figure at its end and the share of it and of all
 * above it in a column at the right.
 */
export function paretoBars(measure: MeasureName, by: string, isCompared: boolean, theme: Theme) {
  const { label } = measureOf(measure);
  const color = { condition: { test: isUnnamed(by), value: colour('neutral', theme) }, value: colour('series-1', theme) };
  const range = [0, { expr: `width - (${hasRoom} ? 140 : 76)` }];
  const x = { field: measure, type: 'quantitative', title: null, axis: null, scale: { zero: true, nice: false, range } };
  const tooltip = [
    { field: by, title: dimensions[by as keyof typeof dimensions].label },
    { field: `${measure}_text`, title: label },
    { field: `${measure}_share_text`, title: 'Share' },
    { field: `${measure}_cumulative_text`, title: 'With all above' },
    { field: `${measure}_swaps_text`, title: 'By chance alone' },
    ...(isCompared ? [{ field: `${measure}_change_text`, title: 'Against before' }] : []),
  ];
  const labelled = isCompared ? `max(datum.${measure}, datum.${measure}_before)` : `datum.${measure}`;
  return {
    transform: [{ calculate: labelled, as: 'label_at' }],
    encoding: { y: namesAxis(by, theme), x, description: { field: 'spoken' } },
    layer: [
      {
        params: [hover],
        mark: { type: 'bar', height: { band: 0.62 }, cornerRadiusEnd: 2, cursor: 'pointer', strokeWidth: 1 },
        encoding: {
          fill: color,
          stroke: color,
          fillOpacity: { condition: { test: `datum.${measure}_vital === 0`, value: 0.28 }, value: 1 },
          opacity: dimmed,
          tooltip,
        },
      },
      ...(isCompared
        ? [
            {
              mark: { type: 'tick', thickness: 2, height: { band: 0.86 }, color: colour('ink', theme), aria: false, tooltip: null },
              encoding: { x: { field: `${measure}_before`, type: 'quantitative' } },
            },
          ]
        : []),
      {
        mark: { type: 'text', align: 'left', dx: 8, aria: false, tooltip: null },
        encoding: { text: { field: `${measure}_text` }, x: { field: 'label_at', type: 'quantitative' } },
      },
      {
        mark: {
          type: 'text',
          align: 'right',
          aria: false,
          tooltip: null,
          color: colour('ink-2', theme),
          text: { expr: `${hasRoom} ? datum.${measure}_cumulative_text : ''` },
        },
        encoding: { x: { value: { expr: 'width' } } },
      },
    ],
  };
}

/** What "How this is computed" says of it. */
export const paretoMethod =
  'A Pareto chart: the vital few are the shortest list from the top that makes four fifths or more of all that has a name; that is a convention, no law. Neighbours could change places by chance where their difference is at most 1.96 standard errors, √(a + b) for counts taken as Poisson; for sums the variance is the sum of the squares of what is added up (compound Poisson). Each pair is judged at 95% on its own.';

/** What the bars and their readers say of a row besides its figure. */
export function paretoTexts(row: Row, measure: MeasureName): Row {
  const swaps = row[`${measure}_swaps_with`];
  const share = (name: string) => {
    const value = row[`${measure}_${name}`];
    return typeof value === 'number' ? formatValue(value, 'share', { n: 0 }) : '–';
  };
  return {
    [`${measure}_share_text`]: share('share'),
    [`${measure}_cumulative_text`]: share('cumulative'),
    [`${measure}_swaps_text`]: typeof swaps === 'string' ? `could change places with ${swaps}` : '–',
  };
}
