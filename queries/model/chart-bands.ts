import { isNamedAtStart } from './band-labels.ts';
import { limitLayers, signalColour, signalSize } from './chart-limits.ts';
import { hollow, hover, isNarrow, pointSize, roomyAxis, strokes, timeAxis, valueAxis, type ChartStyle } from './chart-parts.ts';
import { colour, series, type ColourName, type Theme } from './colours.ts';
import { measureOf, type MeasureName } from './measures.ts';

interface Band {
  measure: MeasureName;
  name: ColourName;
  dash: number[];
  /** Where its name stands; null for none. */
  label: { isAtStart: boolean; /** An expression: when it is left out. */ hidden: string } | null;
  hasInterval: boolean;
  /** Whether it is judged beside its own past. */
  isJudged: boolean;
}

const dashes = [[1, 0], [6, 3], [3, 2]]; // prettier-ignore

/**
 * Measures over time, each with its interval as a band.
 * @param overlay measures drawn for contrast: grey, dotted and without a name in the picture
 * @param has whether the table has a column
 */
export function bands(
  measures: readonly MeasureName[],
  overlay: readonly MeasureName[],
  has: (column: string) => boolean,
  style: ChartStyle,
) {
  // Names of many lines have room in the picture only where it is wide; else they stand in a key below it.
  const isCrowded = measures.length > 2;
  const nameOf = (measure: MeasureName, index: number) =>
    overlay.includes(measure) ? ('neutral' as const) : (series[index % series.length] ?? 'series-1');
  return {
    ...(isCrowded && {
      usermeta: { key: measures.map((m, i) => ({ name: measureOf(m).label, colour: colour(nameOf(m, i), style.theme) })) },
    }),
    // An overlay lies below what it is held against.
    layer: [...overlay.filter((m) => measures.includes(m)), ...measures.filter((m) => !overlay.includes(m))].flatMap((measure) => {
      const index = measures.indexOf(measure);
      const isOverlay = overlay.includes(measure);
      const label = { isAtStart: isNamedAtStart(measure, index), hidden: isCrowded ? isNarrow(style.width) : 'false' };
      const drawn: Band = {
        measure,
        name: nameOf(measure, index),
        dash: isOverlay ? [1.5, 3] : (dashes[index] ?? [3, 2]),
        label: measures.length > 1 && !isOverlay ? label : null,
        hasInterval: has(`${measure}_low`),
        isJudged: has(`${measure}_signal`) && !isOverlay,
      };
      return band(drawn, style.theme);
    }),
  };
}

/** The layers of a measure over time: its interval, its line, its points and its name. */
function band({ measure, name, dash, label: place, hasInterval, isJudged }: Band, theme: Theme) {
  const color = colour(name, theme);
  const { unit, label } = measureOf(measure);
  const y = valueAxis(measure, unit);
  const x = timeAxis;
  const both = `isValid(datum.${measure}_low) && isValid(datum.${measure}_high)`;
  const tooltip = [
    { field: 'period_text', title: 'Period' },
    { field: `${measure}_text`, title: label },
    { field: `${measure}_n_text`, title: 'From' },
    ...(hasInterval ? [{ field: `${measure}_interval_text`, title: 'Likely' }] : []),
    { field: `${measure}_change_text`, title: 'Against before' },
    ...(isJudged
      ? [
          { field: `${measure}_typical_text`, title: 'Typical' },
          { field: `${measure}_signal_text`, title: 'Signal' },
        ]
      : []),
  ];
  return [
    // Limits of several lines would cross: those of the first are drawn, the table has all.
    ...(isJudged && name === 'series-1' ? limitLayers(measure, y, theme) : []),
    ...(hasInterval
      ? [
          {
            // An interval open at one end is not drawn: half a band would read as a whole one.
            transform: ['low', 'high'].map((end) => ({
              calculate: `${both} ? datum.${measure}_${end} : null`,
              as: `${measure}_${end}_drawn`,
            })),
            mark: { type: 'area', color, opacity: 0.16, aria: false, tooltip: null },
            encoding: { x, y: { ...y, field: `${measure}_low_drawn` }, y2: { field: `${measure}_high_drawn` } },
          },
        ]
      : []),
    ...strokes(measure, dash).map(({ transform, mark, y: { field } }) => ({
      transform,
      mark: { ...mark, color },
      encoding: { x, y: { ...y, field } },
    })),
    {
      ...(name === 'series-1' ? { params: [hover] } : {}),
      mark: { type: 'point', filled: true, color, stroke: color, opacity: 1, cursor: 'pointer', size: pointSize },
      encoding: {
        x,
        y: roomyAxis(measure, unit),
        ...(isJudged
          ? { fill: signalColour(measure, name, true, theme), stroke: signalColour(measure, name, false, theme), size: signalSize(measure) }
          : { fill: hollow(name, theme) }),
        tooltip,
        description: { field: 'spoken' },
      },
    },
    ...(place
      ? [
          {
            transform: [{ filter: `isValid(datum.${measure}_label_at)` }],
            mark: {
              type: 'text',
              align: place.isAtStart ? 'left' : 'right',
              dy: -10,
              color,
              fontWeight: 600,
              aria: false,
              text: { expr: `${place.hidden} ? '' : ${JSON.stringify(label)}` },
            },
            encoding: { x, y: { ...y, field: `${measure}_label_at` } },
          },
        ]
      : []),
  ];
}
