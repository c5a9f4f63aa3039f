import { hover, valueAxis } from './chart-parts.ts';
import { colour, type Theme } from './colours.ts';
import { formatChange, formatCount, formatInterval, formatValue, unknownText } from './number.ts';
import { measureOf, type MeasureName } from './measures.ts';
import type { Row, TableJson } from './wire.ts';

/**
 * The rows of a curve: one a measure, youngest age first, out of a table's single row. Each has its `measure`, the `age` in days and `share` with what
 * travels with it, as figures and as text.
 */
export function curveRows(measures: readonly MeasureName[], { rows }: TableJson): Row[] {
  const row = rows[0];
  if (!row) return [];
  return measures.flatMap((name): Row[] => {
    const measure = measureOf(name);
    if (measure.kind !== 'survival') return [];
    const n = row[`${name}_n`] ?? null;
    const context = { n: typeof n === 'number' ? n : null };
    const before = row[`${name}_before`] ?? null;
    const share = row[name] ?? null;
    const text = formatValue(share, 'share', context);
    return [
      {
        measure: name,
        age: measure.days,
        age_text: measure.days === 1 ? '1 day' : `${measure.days} days`,
        share,
        low: row[`${name}_low`] ?? null,
        high: row[`${name}_high`] ?? null,
        n,
        before,
        share_text: text,
        interval_text: formatInterval(row[`${name}_low`], row[`${name}_high`], 'share', context) || unknownText,
        n_text: typeof n === 'number' ? formatCount(n) : unknownText,
        before_text: formatValue(before, 'share', context),
        change_text: formatChange(share, before, 'share', context) || unknownText,
        spoken: `${measure.label}: ${text}`,
      },
    ];
  });
}

/** The layers of a curve over ages, with its band and, dashed, the same of the window before; ages lie on a logarithmic axis. */
export function curve(measures: readonly MeasureName[], compared: boolean, theme: Theme) {
  const ages = measures.flatMap((name) => {
    const measure = measureOf(name);
    return measure.kind === 'survival' ? [measure.days] : [];
  });
  const first = measures[0] ?? 'open_after_1_day';
  const y = { ...valueAxis(first, 'share'), field: 'share' };
  // On a phone every age cannot be named.
  const named = 'width < 420 && indexof([2, 60, 180], datum.value) >= 0';
  const x = {
    field: 'age',
    type: 'quantitative',
    title: 'days since received',
    scale: { type: 'log', domain: [ages[0] ?? 1, ages.at(-1) ?? 365], nice: false },
    axis: {
      grid: false,
      values: ages,
      labelExpr: `${named} ? '' : datum.value`,
      tickCount: 12,
      labelOverlap: false,
      labelFlush: false,
      titlePadding: 8,
    },
  };
  const color = colour('series-1', theme);
  const quiet = { aria: false, tooltip: null };
  const tooltip = [
    { field: 'age_text', title: 'After' },
    { field: 'share_text', title: 'Still open' },
    { field: 'n_text', title: 'From' },
    { field: 'interval_text', title: 'Likely' },
    ...(compared ? [{ field: 'change_text', title: 'Against before' }] : []),
  ];
  return {
    encoding: { x },
    layer: [
      {
        transform: ['low', 'high'].map((end) => ({
          calculate: `isValid(datum.low) && isValid(datum.high) ? datum.${end} : null`,
          as: `${end}_drawn`,
        })),
        mark: { type: 'area', color, opacity: 0.16, ...quiet },
        encoding: { y: { ...y, field: 'low_drawn' }, y2: { field: 'high_drawn' } },
      },
      ...(compared
        ? [
            {
              mark: { type: 'line', strokeWidth: 1.5, strokeDash: [4, 3], color: colour('neutral', theme), ...quiet },
              encoding: { y: { ...y, field: 'before' } },
            },
          ]
        : []),
      { mark: { type: 'line', strokeWidth: 2, color, ...quiet }, encoding: { y } },
      {
        params: [hover],
        mark: { type: 'point', filled: true, color, opacity: 1, cursor: 'pointer', size: 50 },
        encoding: { y, tooltip, description: { field: 'spoken' } },
      },
    ],
  };
}
