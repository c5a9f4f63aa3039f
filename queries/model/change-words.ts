import { formatTimes, toldChange, type ToldChange } from './change.ts';
import { countInWords } from './describe.ts';
import type { Unit } from './measure.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatChange, formatCount, formatValue } from './number.ts';
import { isBeyondChance } from './reading.ts';
import { fewestOfRate } from './beside-all.ts';
import type { Row, TableJson, Value } from './wire.ts';

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
  const rests = [row[`${measure}_n`], row[`${measure}_before_n`]].map(number);
  if (before !== null && rests.some((n) => n !== null && n < fewestOfRate)) return 'too few to compare';
  if (before !== null) return changeOfRow(row, measure, currency);
  const reason = totals.notes.find(
    (note) => (note.measure === measure || note.measure === null) && /\bbefore\b|\bcompar/.test(note.message),
  );
  // What it means for the figures follows after a semicolon; the reason is enough here.
  return reason?.message.split(';')[0] ?? '';
}

/** How a figure of a row changed, in words, with what is likely where the table says so. */
export function changeOfRow(row: Row, measure: MeasureName, currency: string): string {
  return changeInWords(row[measure], row[`${measure}_before`], measureOf(measure).unit, currency, toldChange(row, measure));
}

/**
 * A change in words: "13% fewer than before", "11 points higher than before (likely +6 to +16 points)". Counts that differ by no more than chance allows
 * are about as many; what could be chance is perhaps more or less, or no clear change.
 * @param told what the table says of it; null where it says nothing
 * @returns empty where either figure is unknown, or both are nought
 */
export function changeInWords(
  value: Value | undefined,
  before: Value | undefined,
  unit: Unit,
  currency: string,
  told: ToldChange | null = null,
): string {
  if (typeof value !== 'number' || typeof before !== 'number') return '';
  if (value === 0 && before === 0) return '';
  const isCount = unit === 'cases' || unit === 'surveys';
  const [more, less] = sidesOf[unit] ?? sides;
  const likely = told?.likely ? ` (likely ${told.likely})` : '';
  // Months and years are not all as long: counts are compared by the day.
  const day = told && !told.isEven ? ' a day' : '';
  if (before === 0 && unit !== 'share' && unit !== 'points') return 'none before';
  if (value === before && !day) return `${isCount ? 'as many as before' : 'as before'}${likely}`;
  if (told?.verdict === 'within chance') {
    if (told.side) return `perhaps ${told.side === 'more' ? more : less}${day} than before${likely}`;
    return `${isCount ? `about as many${day} as before` : 'no clear change from before'}${likely}`;
  }
  if (isCount && !told && !isBeyondChance(value, before)) return 'about as many as before';
  return `${beyondInWords(value, before, unit, currency, { told, times: told?.times ?? value / before, day })}${likely}`;
}

/** What is more and less of a unit, and how much is many times as much; differences have no times. */
const sidesOf: Partial<Record<Unit, [more: string, less: string, times: string]>> = {
  cases: ['more', 'fewer', 'many'],
  surveys: ['more', 'fewer', 'many'],
  days: ['longer', 'shorter', 'long'],
  hours: ['longer', 'shorter', 'long'],
  money: ['more', 'less', 'much'],
  per_case: ['higher', 'lower', 'high'],
};
const sides: [more: string, less: string, times?: undefined] = ['higher', 'lower'];

const fewestToMultiply = 10;

function beyondInWords(
  value: number,
  before: number,
  unit: Unit,
  currency: string,
  { told, times, day }: { told: ToldChange | null; times: number; day: string },
): string {
  const isCount = unit === 'cases' || unit === 'surveys';
  const isMore = unit === 'share' || unit === 'points' ? value > before : times > 1;
  const [more, less, much] = sidesOf[unit] ?? sides;
  // That many times a handful says nothing of the handful.
  if (isCount && times >= 3 && before < fewestToMultiply) return `against ${formatCount(before)} before`;
  // Beyond that a percentage has to be worked out before it can be pictured.
  if (much && times >= 3) return `${formatTimes(times)} times as ${much}${day} as before`;
  const share = Math.round(Math.abs(times - 1) * 100);
  const size = much ? `${share}%` : (told?.size ?? formatChange(value, before, unit, { currency })).replace(/^[+−]/, '');
  if ((size === '0%' || size.startsWith('0 ')) && told) return `slightly ${isMore ? more : less}${day} than before`;
  if (size === '0%' || size.startsWith('0 ')) return isCount ? 'about as many as before' : 'about as before';
  return `${size} ${isMore ? more : less}${day} than before`;
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
