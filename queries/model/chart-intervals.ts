import { dimmed, hover, namesAxis, valueAxis } from './chart-parts.ts';
import { colour, type Theme } from './colours.ts';
import { dimensions, otherLabel, type DimensionName } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatCount, unknownText } from './number.ts';
import { fewestOfRate, besideAllWords } from './beside-all.ts';
import type { Row } from './wire.ts';

/**
 * What a row of members drawn as intervals has beside the figures: `dot` and its ends `dot_low` and `dot_high`, null for too few; `few_text`, what
 * stands in their place; `beside`, improvement or concern beyond chance, else plain; `beside_text`, the same in words.
 */
export function intervalParts(row: Row, measure: MeasureName): Row {
  const n = row[`${measure}_n`];
  const isFew = typeof n !== 'number' || n < fewestOfRate;
  const { better } = measureOf(measure);
  const verdict = row[`${measure}_verdict`];
  const isOut = verdict === 'above' || verdict === 'below';
  const isGood = (verdict === 'above') === (better === 'higher');
  return {
    dot: isFew ? null : (row[measure] ?? null),
    dot_low: isFew ? null : (row[`${measure}_low`] ?? null),
    dot_high: isFew ? null : (row[`${measure}_high`] ?? null),
    n_text: typeof n === 'number' ? formatCount(n) : unknownText,
    few_text: isFew ? `too few (${formatCount(Number(n ?? 0))})` : '',
    beside: isOut && better !== 'neither' ? (isGood ? 'improvement' : 'concern') : 'plain',
    beside_text: besideAllWords(verdict) || unknownText,
    ...(isFew && { [`${measure}_text`]: 'too few to tell', [`${measure}_interval_text`]: unknownText }),
  };
}

/** The layers of members as intervals; the whole line of a member can be picked. */
export function intervals(measure: MeasureName, by: string, theme: Theme) {
  const { unit, label } = measureOf(measure);
  const y = namesAxis(by, theme);
  const value = valueAxis(measure, unit);
  // The counts at the right need room of their own.
  const x = { ...value, field: 'dot', title: null, scale: { ...value.scale, range: [0, { expr: 'width - 52' }] } };
  const isLeftOver = `datum[${JSON.stringify(by)}] === ${JSON.stringify(otherLabel)}`;
  const paint = {
    condition: [
      { test: `datum.beside === 'improvement'`, value: colour('improvement', theme) },
      { test: `datum.beside === 'concern'`, value: colour('concern', theme) },
      { test: isLeftOver, value: colour('neutral', theme) },
    ],
    value: colour('ink-2', theme),
  };
  // Shape tells what colour tells: which way, where it is more than chance allows.
  const shape = {
    condition: ['above', 'below'].map((verdict) => ({
      test: `datum.${measure}_verdict === '${verdict}'`,
      value: verdict === 'above' ? 'triangle-right' : 'triangle-left',
    })),
    value: 'circle',
  };
  const quiet = { aria: false, tooltip: null };
  const tooltip = [
    { field: by, title: dimensions[by as DimensionName].label },
    { field: `${measure}_text`, title: label },
    { field: 'n_text', title: 'From' },
    { field: `${measure}_interval_text`, title: 'Likely' },
    { field: 'beside_text', title: 'Beside all' },
  ];
  return {
    layer: [
      {
        transform: [{ aggregate: [{ op: 'max', field: `${measure}_overall`, as: 'overall' }] }],
        mark: { type: 'rule', strokeWidth: 1, color: colour('ink-3', theme), ...quiet },
        encoding: { x: { ...x, field: 'overall' } },
      },
      {
        params: [hover],
        // Unseen, not unpainted: what is not painted is not met by the pointer.
        mark: {
          type: 'bar',
          height: { band: 1 },
          color: colour('ink', theme),
          fillOpacity: 0,
          cursor: 'pointer',
          x: 0,
          x2: { expr: 'width' },
        },
        encoding: { y, tooltip, description: { field: 'spoken' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 2, ...quiet },
        encoding: { y, x: { ...x, field: 'dot_low' }, x2: { field: 'dot_high' }, color: paint, opacity: dimmed },
      },
      {
        mark: { type: 'point', filled: true, size: 90, ...quiet },
        encoding: { y, x, color: paint, shape, opacity: dimmed },
      },
      {
        mark: { type: 'text', align: 'left', x: 4, color: colour('ink-2', theme), ...quiet },
        encoding: { y, text: { field: 'few_text' } },
      },
      {
        mark: { type: 'text', align: 'right', x: { expr: 'width' }, color: colour('ink-2', theme), ...quiet },
        encoding: { y, text: { condition: { test: `datum.few_text !== ''`, value: '' }, field: 'n_text' } },
      },
    ],
  };
}
