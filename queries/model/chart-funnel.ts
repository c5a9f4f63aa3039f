import { dimmed, hover, isNarrow, type ChartStyle } from './chart-parts.ts';
import { colour } from './colours.ts';
import { memberText } from './fair.ts';
import { dimensionOf, type DimensionName } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatCount, formatInterval, formatValue, unknownText } from './number.ts';
import type { Column, Row } from './wire.ts';

/** Whether what a member is said to differ in is good, bad, neither, or nothing. */
export type Tone = 'improvement' | 'concern' | 'different' | 'plain';

/**
 * What a funnel writes beside a row of a fair table: `size`, the cases (of counts, those expected); `away`, `away_low` and `away_high`, how far the
 * value and the limits of chance lie from what is expected, in percentage points, events per case or cases; `tone`; `name_text`, and the figures as text. `away` is null
 * where too little is known.
 */
export function funnelPlace(measure: MeasureName, row: Row, columns: readonly Column[]): Row {
  const { unit, kind } = measureOf(measure);
  const [value, expected, low, high] = ['', '_expected', '_limit_low', '_limit_high'].map((part) => numberOf(row[measure + part]));
  const times = unit === 'share' ? 100 : 1;
  const away = (of: number | null | undefined) =>
    typeof of === 'number' && typeof expected === 'number' && typeof low === 'number' ? (of - expected) * times : null;
  const n = numberOf(row[`${measure}_n`]);
  const text = fairText(measure);
  const tone = toneOf(measure, row);
  return {
    size: kind === 'count' ? (expected ?? null) : n,
    away: away(value),
    away_low: away(low),
    away_high: away(high),
    tone,
    name_text: memberText(row, columns),
    label_text: tone === 'plain' ? '' : labelOf(row, columns),
    away_text: awayText(measure, value ?? null, expected ?? null),
    expected_text: text(expected ?? null),
    limits_text: formatInterval(low, high, unit, { n: 0 }) || unknownText,
    n_fair_text: n === null ? unknownText : formatCount(n),
    verdict_text: String(row[`${measure}_verdict`] ?? ''),
  };
}

/** How an expected figure is written: a share as any other, a count with one decimal. */
export function fairText(measure: MeasureName): (value: number | null) => string {
  const { unit } = measureOf(measure);
  return (value) => {
    if (value === null) return unknownText;
    if (unit === 'share' || unit === 'per_case') return formatValue(value, unit, { n: 0 });
    return value < 100 ? String(Math.round(value * 10) / 10) : formatCount(value);
  };
}

/** Whether what a row is said to differ in is good or bad. */
export function toneOf(measure: MeasureName, row: Row): Tone {
  const { better } = measureOf(measure);
  const verdict = row[`${measure}_verdict`];
  if (verdict !== 'more than expected' && verdict !== 'fewer than expected') return 'plain';
  if (better === 'neither') return 'different';
  return (verdict === 'more than expected') === (better === 'higher') ? 'improvement' : 'concern';
}

/** The layers of a funnel: what chance allows each member as an upright line about what is expected, and its value as a point. */
export function funnel(measure: MeasureName, by: string, { theme, width }: ChartStyle) {
  const { unit, kind, label } = measureOf(measure);
  const scale = unit === 'share' ? 'points' : unit === 'per_case' ? 'per case' : 'cases';
  const quiet = { aria: false, tooltip: null };
  const paint = (plain: string) => ({
    field: 'tone',
    type: 'nominal',
    legend: null,
    scale: {
      domain: ['plain', 'concern', 'improvement', 'different'],
      range: [plain, colour('concern', theme), colour('improvement', theme), colour('accent', theme)],
    },
  });
  const x = {
    field: 'size',
    type: 'quantitative',
    title: kind === 'count' ? 'expected cases' : `${isOfSurvey(measure) ? 'answers' : 'cases'} that count`,
    // Most pairs of a theme and a team have few cases.
    scale: kind === 'count' ? { type: 'sqrt', zero: true, nice: false, padding: 8 } : { zero: false, nice: false, padding: 16 },
    axis: { grid: false, tickCount: 5, tickMinStep: 1, format: ',~f', titlePadding: 8, labelOverlap: 'greedy' },
  };
  const sign = "(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '')";
  const y = {
    field: 'away',
    type: 'quantitative',
    title: `${scale} above or below expected`,
    scale: { zero: true, nice: true },
    axis: {
      labelExpr: `${sign} + format(abs(datum.value), ',~f')`,
      tickCount: 5,
      titleAngle: 0,
      titleAlign: 'left',
      titleAnchor: 'end',
      titleX: 0,
      titleY: -12,
    },
  };
  const tooltip = [
    { field: 'name_text', title: dimensionOf(by as DimensionName).label },
    { field: `${measure}_text`, title: label },
    { field: 'n_fair_text', title: kind === 'count' ? 'Of cases handled' : 'From' },
    { field: 'expected_text', title: 'Expected' },
    { field: 'limits_text', title: 'Chance allows' },
    { field: 'verdict_text', title: 'So' },
  ];
  return {
    transform: [{ filter: 'isValid(datum.away)' }],
    encoding: { x },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 3, opacity: 0.45, color: colour('neutral', theme), strokeCap: 'round', ...quiet },
        encoding: { y: { ...y, field: 'away_low' }, y2: { field: 'away_high' } },
      },
      { mark: { type: 'rule', strokeWidth: 1, color: colour('ink-2', theme), ...quiet }, encoding: { x: null, y: { datum: 0 } } },
      {
        params: [hover],
        mark: { type: 'point', filled: true, opacity: 1, cursor: 'pointer', size: 64 },
        encoding: {
          y,
          color: paint(colour('ink-2', theme)),
          shape: {
            field: 'tone',
            type: 'nominal',
            legend: null,
            scale: { domain: ['plain', 'concern', 'improvement', 'different'], range: ['circle', 'triangle-up', 'diamond', 'square'] },
          },
          opacity: dimmed,
          tooltip,
          description: { field: 'spoken' },
        },
      },
      {
        transform: [{ filter: "datum.label_text !== ''" }],
        mark: {
          type: 'text',
          align: { expr: "datum.size > domain('x')[1] / 2 ? 'right' : 'left'" },
          dx: { expr: "datum.size > domain('x')[1] / 2 ? -10 : 10" },
          limit: 420,
          ...quiet,
          text: { expr: `${isNarrow(width)} ? '' : datum.label_text` },
        },
        encoding: { y },
      },
    ],
  };
}

/** "+9 points", "39.6 cases more". */
function awayText(measure: MeasureName, value: number | null, expected: number | null): string {
  if (value === null || expected === null) return unknownText;
  const away = value - expected;
  const { unit } = measureOf(measure);
  if (unit !== 'share')
    return `${fairText(measure)(Math.abs(away))} ${unit === 'per_case' ? 'per case ' : ''}${away < 0 ? 'fewer' : 'more'}`;
  const points = Math.round(away * 100);
  return `${points > 0 ? '+' : points < 0 ? '−' : ''}${Math.abs(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
}

/** The name beside a point: of a theme by team "Team: theme". */
function labelOf(row: Row, columns: readonly Column[]): string {
  const names = columns.filter((c) => c.role === 'key' && c.type === 'label').map((c) => String(row[c.name]));
  return names.reverse().join(': ');
}

function isOfSurvey(name: MeasureName): boolean {
  const measure = measureOf(name);
  return measure.kind === 'ratio' && measure.fact === 'survey';
}

function numberOf(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
