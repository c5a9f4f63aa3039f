import { hollow, isPartial, pointSize, timeAxis } from './chart-parts.ts';
import { colour, type ColourName, type Theme } from './colours.ts';
import type { MeasureName } from './measures.ts';

/**
 * The typical range of a measure as thin lines, and its usual level dashed; a step a period, since limits of shares follow n.
 * @param y the axis of its values
 */
export function limitLayers(measure: MeasureName, y: object, theme: Theme) {
  const line = (end: 'centre' | 'limit_low' | 'limit_high') => ({
    mark: {
      type: 'line',
      interpolate: 'step',
      strokeWidth: 1,
      strokeDash: end === 'centre' ? [4, 4] : [1, 0],
      color: colour('neutral', theme),
      opacity: 0.85,
      aria: false,
      tooltip: null,
    },
    encoding: { x: timeAxis, y: { ...y, field: `${measure}_${end}` } },
  });
  return [line('limit_low'), line('limit_high'), line('centre')];
}

/** Signals are coloured by what they mean; a part of a period is hollow. */
export function signalColour(measure: MeasureName, name: ColourName, isFill: boolean, theme: Theme) {
  const tone = (verdict: string) => `datum.${measure}_tone === '${verdict}'`;
  const tones = [
    { test: tone('concern'), value: colour('concern', theme) },
    { test: tone('improvement'), value: colour('improvement', theme) },
    { test: `${tone('high')} || ${tone('low')}`, value: colour('ink', theme) },
  ];
  const { condition, value } = hollow(name, theme);
  return { condition: isFill ? [condition, ...tones] : tones, value };
}

/** A signal is larger than the points beside it: colour alone would not do in grey print. */
export function signalSize(measure: MeasureName) {
  return { condition: { test: `isValid(datum.${measure}_tone) && !(${isPartial})`, value: 90 }, value: pointSize };
}
