import type { Unit } from '../queries/model/measure.ts';
import { formatChange, formatCount, formatValue } from '../queries/model/number.ts';
import type { Row, Value } from '../queries/model/wire.ts';

/**
 * The first sentence of the overview: how many came, whether that is more than before, how long they wait, how satisfied they are.
 * @param totals the row of the tiles, over the whole period
 * @param noun what is counted, plural: "complaints"
 */
export function headline(totals: Row, noun: string): string {
  const received = number(totals.received);
  if (received === null) return '';
  if (received === 0) return `No ${noun} match in this period.`;
  const half = number(totals.resolution_days_p50);
  const satisfied = number(totals.csat_rate);
  const parts = [
    ...(half === null ? [] : [`half are resolved within ${formatValue(half, 'days')}`]),
    ...(satisfied === null ? [] : [`${formatValue(satisfied, 'share', { n: 0 })} of those who answered are satisfied`]),
  ];
  const rest = parts.length ? `; ${parts.join(', and ')}` : '';
  return `${formatCount(received)} ${noun} came in${against(received, number(totals.received_before))}${rest}.`;
}

/**
 * A change in words: "13% fewer than before", "11 points higher than before".
 * @returns empty where either figure is unknown
 */
export function changeInWords(value: Value | undefined, before: Value | undefined, unit: Unit, currency: string): string {
  if (typeof value !== 'number' || typeof before !== 'number') return '';
  if (value === before) return 'as before';
  if (before === 0 && unit !== 'share' && unit !== 'points') return 'none before';
  const isMore = value > before;
  const words: Partial<Record<Unit, [string, string]>> = {
    cases: ['more', 'fewer'],
    surveys: ['more', 'fewer'],
    days: ['longer', 'shorter'],
    hours: ['longer', 'shorter'],
    money: ['more', 'less'],
  };
  const [more, less] = words[unit] ?? ['higher', 'lower'];
  const share = Math.round((Math.abs(value - before) / before) * 100);
  const size = words[unit] ? `${share}%` : formatChange(value, before, unit, { currency }).replace(/^[+−]/, '');
  return size === '0%' || size.startsWith('0 ') ? 'about as before' : `${size} ${isMore ? more : less} than before`;
}

/** Two counts differ beyond chance when the difference is more than twice its standard error, √(a + b) for Poisson counts. */
function against(now: number, before: number | null): string {
  if (before === null) return '';
  if (before === 0) return ', none before';
  if (Math.abs(now - before) <= 2 * Math.sqrt(now + before)) return ', about as many as before';
  const share = Math.round((Math.abs(now - before) / before) * 100);
  if (share < 1) return ', about as many as before';
  return now > before ? `, ${share}% more than before` : `, ${share}% fewer than before`;
}

function number(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
