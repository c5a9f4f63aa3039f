import { countInWords } from '../queries/model/describe.ts';
import type { Unit } from '../queries/model/measure.ts';
import { measureOf, type MeasureName } from '../queries/model/measures.ts';
import { formatChange, formatCount, formatValue } from '../queries/model/number.ts';
import { isBeyondChance } from '../queries/model/reading.ts';
import { fewestOfRate } from '../queries/model/beside-all.ts';
import type { Row, TableJson, Value } from '../queries/model/wire.ts';

/**
 * The first sentence of the overview: how many came, whether that is more than before, how long they wait, how satisfied they are.
 * A median or a rate that rests on fewer than ten is left out.
 * @param totals the table of the tiles, over the whole period
 * @param kind the one kind of case looked at; null for several
 */
export function headline(totals: TableJson, kind: string | null, currency: string): string {
  const row = totals.rows[0] ?? {};
  const received = number(row.received);
  if (received === null) return '';
  const [one, many] = nounsOf(kind);
  if (received === 0) return `No ${many} match in this period.`;
  const half = resting(row, 'resolution_days_p50');
  const satisfied = resting(row, 'csat_rate');
  const parts = [
    ...(half === null ? [] : [`half are resolved within ${formatValue(half.value, 'days')}`]),
    ...(satisfied === null
      ? []
      : [`${formatValue(satisfied.value, 'share', { n: 0 })} of the ${formatCount(satisfied.n)} who answered are satisfied`]),
  ];
  const change = changeOf(totals, 'received', currency);
  const isReason = typeof row.received_before !== 'number';
  const against = change && (isReason ? ` (${change})` : `, ${change}`);
  const rest = parts.length ? `; ${parts.join(', and ')}` : '';
  return `${countInWords(received, one, many)} came in${against}${rest}.`;
}

/**
 * How a figure of the tiles changed, in words, unless either rests on too few; where the window before is not known, the reason the table gives.
 * @param totals a table with one row
 */
export function changeOf(totals: TableJson, measure: MeasureName, currency: string): string {
  const row = totals.rows[0] ?? {};
  const before = row[`${measure}_before`];
  if (typeof row[measure] !== 'number' || before === undefined) return '';
  const { unit } = measureOf(measure);
  const rests = [row[`${measure}_n`], row[`${measure}_before_n`]].map(number);
  if (before !== null && rests.some((n) => n !== null && n < fewestOfRate)) return 'too few to compare';
  if (before !== null) return changeInWords(row[measure], before, unit, currency);
  const reason = totals.notes.find(
    (note) => (note.measure === measure || note.measure === null) && /\bbefore\b|\bcompar/.test(note.message),
  );
  // What it means for the figures follows after a semicolon; the reason is enough here.
  return reason?.message.split(';')[0] ?? '';
}

/**
 * A change in words: "13% fewer than before", "11 points higher than before". Counts that differ by no more than chance allows are about as many.
 * @returns empty where either figure is unknown, or both are nought
 */
export function changeInWords(value: Value | undefined, before: Value | undefined, unit: Unit, currency: string): string {
  if (typeof value !== 'number' || typeof before !== 'number') return '';
  if (value === 0 && before === 0) return '';
  const isCount = unit === 'cases' || unit === 'surveys';
  if (value === before) return isCount ? 'as many as before' : 'as before';
  if (before === 0 && unit !== 'share' && unit !== 'points') return 'none before';
  if (isCount && !isBeyondChance(value, before)) return 'about as many as before';
  const isMore = value > before;
  const words: Partial<Record<Unit, [more: string, less: string, times: string]>> = {
    cases: ['more', 'fewer', 'many'],
    surveys: ['more', 'fewer', 'many'],
    days: ['longer', 'shorter', 'long'],
    hours: ['longer', 'shorter', 'long'],
    money: ['more', 'less', 'much'],
  };
  const [more, less, much] = words[unit] ?? ['higher', 'lower'];
  const times = value / before;
  // Beyond that a percentage has to be worked out before it can be pictured.
  if (isCount && times >= 3 && before < fewestToMultiply) return `against ${formatCount(before)} before`;
  if (much && times >= 3) return `${formatTimes(times)} times as ${much} as before`;
  const share = Math.round((Math.abs(value - before) / before) * 100);
  const size = words[unit] ? `${share}%` : formatChange(value, before, unit, { currency }).replace(/^[+−]/, '');
  if (size === '0%' || size.startsWith('0 ')) return isCount ? 'about as many as before' : 'about as before';
  return `${size} ${isMore ? more : less} than before`;
}

// That many times a handful says nothing of the handful.
const fewestToMultiply = 10;

/** "3.4", "17". */
function formatTimes(times: number): string {
  return times < 9.95 ? times.toFixed(1).replace(/\.0$/, '') : formatCount(Math.round(times));
}

/** A figure that rests on enough to be told, with what it rests on. */
function resting(row: Row, measure: MeasureName): { value: number; n: number } | null {
  const [value, n] = [number(row[measure]), number(row[`${measure}_n`])];
  return value !== null && n !== null && n >= fewestOfRate ? { value, n } : null;
}

/** What cases of a kind are called; null: of several. */
export function nounsOf(kind: string | null): [one: string, many: string] {
  if (kind === null) return ['case', 'cases'];
  return [kind, kind === 'enquiry' ? 'enquiries' : `${kind}s`];
}

function number(value: Value | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
