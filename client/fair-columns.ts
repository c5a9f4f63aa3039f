import { fairText, toneOf } from '../queries/model/chart-funnel.ts';
import { dimensionOf, type DimensionName } from '../queries/model/dimensions.ts';
import { measureOf, type MeasureName } from '../queries/model/measures.ts';
import { formatCount, formatInterval, formatValue } from '../queries/model/number.ts';
import type { Row } from '../queries/model/wire.ts';
import type { TableColumn } from './table-column.ts';

/**
 * The columns of a measure in a fair table: the figure, what is expected, what chance allows, the likely level, n, and what follows from it.
 * @param isNarrow whether there is room for the figure and what is expected only; what follows then stands with {@link fairKeyColumn}
 */
export function fairColumnsOf<L extends { row: Row }>(name: MeasureName, isNarrow: boolean): TableColumn<L>[] {
  const { label, unit, kind } = measureOf(name);
  const numberAt = ({ row }: L, part: string) => (typeof row[name + part] === 'number' ? Number(row[name + part]) : null);
  const n = (line: L) => numberAt(line, '_n');
  const count = (line: L) => (n(line) === null ? '' : formatCount(n(line) ?? 0));
  const rounded = (value: number | null) =>
    value === null || unit === 'share' || unit === 'per_case' ? value : Math.round(value * 10) / 10;
  const between = (line: L, part: string) => {
    const [low, high] = ['low', 'high'].map((end) => rounded(numberAt(line, part + end)));
    return low === high ? fairText(name)(low ?? null) : formatInterval(low, high, unit, { n: 0 });
  };
  const verdict: TableColumn<L> = {
    name: `${name}_verdict`,
    label: 'Against expected',
    text: ({ row }) => String(row[`${name}_verdict`] ?? ''),
    isConcern: ({ row }) => toneOf(name, row) === 'concern',
  };
  const value: TableColumn<L> = {
    name,
    label,
    isNumber: true,
    text: (line) => formatValue(line.row[name], unit, { n: Math.min(n(line) ?? 0, 999) }),
    hint: ({ row }) => (row[name] === null ? 'Unknown: no case counts here' : undefined),
    ...(isNarrow && { note: (line: L) => `n ${count(line)}` }),
  };
  const expected: TableColumn<L> = {
    name: `${name}_expected`,
    label: 'Expected',
    isNumber: true,
    text: (line) => fairText(name)(numberAt(line, '_expected')),
  };
  if (isNarrow) return [value, expected];
  return [
    value,
    expected,
    { name: `${name}_limit_low`, label: 'Chance allows', isNumber: true, text: (line) => between(line, '_limit_') },
    {
      name: `${name}_shrunk`,
      label: 'Likely level',
      isNumber: true,
      text: (line) => between(line, '_shrunk_'),
    },
    { name: `${name}_n`, label: kind === 'count' ? 'Cases handled' : 'n', isNumber: true, text: count },
    verdict,
  ];
}

/** Who a row is about in one column of two lines, for a phone: the member, then the theme and what follows. */
export function fairKeyColumn<L extends { row: Row }>(name: MeasureName, keys: readonly DimensionName[]): TableColumn<L> {
  const member = keys.at(-1) ?? 'team';
  return {
    name: member,
    label: dimensionOf(member).label,
    text: ({ row }) => String(row[member]),
    note: ({ row }) => {
      const theme = keys.slice(0, -1).map((key) => String(row[key]));
      const verdict = String(row[`${name}_verdict`]);
      // There is no room for both, and most are as expected.
      return theme.length && verdict === 'within chance' ? theme.join() : [verdict, ...theme].join(': ');
    },
    isConcern: ({ row }) => toneOf(name, row) === 'concern',
    isWide: true,
    width: 0,
  };
}
