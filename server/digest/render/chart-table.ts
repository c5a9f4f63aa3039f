import { capital } from '../../../queries/model/describe.ts';
import type { Grain } from '../../../queries/model/buckets.ts';
import type { DigestChart, DigestTable } from '../../../queries/model/digest.ts';
import { measureOf, type MeasureName } from '../../../queries/model/measures.ts';
import { formatCount, formatTick, formatValue } from '../../../queries/model/number.ts';
import { drawnMeasures } from '../../../queries/model/reports.ts';
import type { Column, Row } from '../../../queries/model/wire.ts';
import { reportOf } from './draw.ts';

/** How many rows a table beside a picture has at most: the latest periods, the first members. */
export interface TableRoom {
  periods: number;
  members: number;
}
/** A year and a month; ten members and what they leave over. */
export const usualRoom: TableRoom = { periods: 13, members: 11 };

// Members over time are a line each, and a few periods of them are read.
const periodsBeside = 2;

/**
 * The figures of a picture as a table to read: a period or a member a line, the measures beside it and n where there is one; of members over
 * time the latest periods beside each other, of a curve an age a line.
 * @returns also how many lines there is no room for
 */
export function figuresOf(chart: DigestChart, currency: string, room: TableRoom = usualRoom): { table: DigestTable; left: number } {
  const { table, grain } = chart;
  const measures = drawnMeasures(reportOf(chart)).filter((name) => table.columns.some((c) => c.measure === name && c.role === 'value'));
  // Whether a period is whole is a key, too, and is told with its name.
  const keys = table.columns.filter((c) => c.role === 'key' && c.type !== 'flag');
  const [member] = keys.filter((c) => c.type === 'label');
  const [period] = keys.filter((c) => c.type === 'date');
  const cell = (row: Row | undefined, name: MeasureName) => figure(row, name, currency);
  if (member && period && grain) return acrossTime(table.rows, member, { measures, cell, grain, most: room.members });
  if (keys.length === 0)
    return {
      table: {
        columns: [{ label: 'Figure', isNumber: false }, { label: 'Value', isNumber: true }], // prettier-ignore
        rows: measures.map((name) => [measureOf(name).label, cell(table.rows[0], name)]),
      },
      left: 0,
    };
  const rows = period ? table.rows.slice(-room.periods) : table.rows.slice(0, room.members);
  const name = (row: Row, key: Column) => {
    const value = row[key.name];
    if (key !== period || !grain || typeof value !== 'string') return String(value ?? '–');
    return `${short(grain, value)}${row.complete === 0 ? ' (so far)' : ''}`;
  };
  const [only] = measures.length === 1 ? measures : [];
  const counted = only && table.columns.some((c) => c.measure === only && c.role === 'n') ? `${only}_n` : null;
  return {
    table: {
      columns: [
        ...keys.map((key) => ({ label: key === period && grain ? capital(grain) : key.label, isNumber: false })),
        ...measures.map((measure) => ({ label: measureOf(measure).label, isNumber: true })),
        ...(counted ? [{ label: 'n', isNumber: true }] : []),
      ],
      rows: rows.map((row) => [
        ...keys.map((key) => name(row, key)),
        ...measures.map((measure) => cell(row, measure)),
        ...(counted ? [typeof row[counted] === 'number' ? formatCount(row[counted]) : '–'] : []),
      ]),
    },
    left: table.rows.length - rows.length,
  };
}

interface Across {
  measures: readonly MeasureName[];
  cell: (row: Row | undefined, name: MeasureName) => string;
  grain: Grain;
  most: number;
}

function acrossTime(rows: Row[], member: Column, { measures, cell, grain, most }: Across): { table: DigestTable; left: number } {
  const periods = [...new Set(rows.map((row) => String(row.period)))].sort().slice(-periodsBeside);
  const members = [...new Set(rows.map((row) => row[member.name]))];
  const at = new Map(rows.map((row) => [JSON.stringify([row[member.name], row.period]), row]));
  const [measure] = measures;
  return {
    table: {
      columns: [{ label: member.label, isNumber: false }, ...periods.map((period) => ({ label: short(grain, period), isNumber: true }))],
      rows: members
        .slice(0, most)
        .map((name) => [
          String(name ?? '–'),
          ...periods.map((period) => (measure ? cell(at.get(JSON.stringify([name, period])), measure) : '–')),
        ]),
    },
    left: Math.max(0, members.length - most),
  };
}

function figure(row: Row | undefined, name: MeasureName, currency: string): string {
  const n = row?.[`${name}_n`];
  return formatValue(row?.[name], measureOf(name).unit, { n: typeof n === 'number' ? n : null, currency });
}

/** A period in little room; what it is a month or a week of stands above. */
function short(grain: Grain, period: string): string {
  const { tick, year } = formatTick(grain, period);
  return year === null ? tick : `${tick} ${year}`;
}
