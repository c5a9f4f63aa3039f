import type { Grain } from './buckets.ts';
import type { Unit } from './measure.ts';
import type { Value } from './wire.ts';

/** Stands for an unknown value. */
export const unknownText = '–';
const thin = '\u202f';

/** How figures are written; `n` decides the decimals of a share. */
export interface NumberContext {
  n?: number | null;
  /** ISO 4217 code of money. */
  currency?: string;
}

/**
 * A figure as LOOK writes it: counts exact with separators; rates, durations and money with at most three significant figures; shares without decimals
 * while n is below 1,000; "–" for unknown.
 * @param value unrounded, in the unit of its measure; money in major units
 */
export function formatValue(value: Value | undefined, unit: Unit | null, context: NumberContext = {}): string {
  if (value === null || value === undefined) return unknownText;
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'share':
      return `${(value * 100).toFixed((context.n ?? 0) < 1000 ? 0 : 1)}%`;
    case 'days':
      return formatLength(value * 1440);
    case 'hours':
      return formatLength(value * 60);
    case 'money':
      return formatMoney(value, context.currency ?? 'USD', 3);
    case 'points':
      return signed(Math.round(value));
    case 'score':
      return significant(value);
    case 'per_case':
      return perCase(value);
    default:
      return formatCount(value);
  }
}

/** A whole number with thin separators: 12 345. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, thin);
}

/** An amount; with `figures` in short form (1.24m), without exact to its smallest unit. */
export function formatMoney(value: number, currency: string, figures?: number): string {
  const shape = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  const short = { ...shape, notation: 'compact', maximumSignificantDigits: figures } as const;
  return new Intl.NumberFormat('en-GB', figures ? short : shape).format(value).replaceAll(',', thin);
}

/** An interval as "58% to 70%"; empty where both ends are unknown. */
export function formatInterval(low: Value | undefined, high: Value | undefined, unit: Unit | null, context: NumberContext = {}): string {
  const unknown = (end: Value | undefined) => end === null || end === undefined;
  if (unknown(low) && unknown(high)) return '';
  if (unknown(high)) return `at least ${formatValue(low, unit, context)}`;
  if (unknown(low)) return `at most ${formatValue(high, unit, context)}`;
  return `${formatValue(low, unit, context)} to ${formatValue(high, unit, context)}`;
}

/** An interval with its unit once: "70% to 76%" as "70 to 76%". */
export function inOneUnit(interval: string): string {
  return interval.replace(/^(\S+?)(%| days?| hours?| minutes?) to (\S+)\2$/, '$1 to $3$2');
}

/** A change against an earlier value: "+12 (+8%)" for counts, "+3 points" for shares; empty where either is unknown. */
export function formatChange(value: Value | undefined, before: Value | undefined, unit: Unit | null, context: NumberContext = {}): string {
  if (typeof value !== 'number' || typeof before !== 'number') return '';
  const change = value - before;
  if (unit === 'share') return `${signed(Math.round(change * 100))} ${Math.abs(Math.round(change * 100)) === 1 ? 'point' : 'points'}`;
  if (unit === 'per_case') return change === 0 ? 'no change' : `${change > 0 ? '+' : '−'}${perCase(Math.abs(change))}`;
  if (unit === 'points' || unit === 'score') return change > 0 ? `+${significant(change)}` : significant(change).replace('-', '−');
  const size = formatValue(Math.abs(change), unit, context);
  const text = change === 0 ? 'no change' : `${change > 0 ? '+' : '−'}${size}`;
  return before > 0 && change !== 0 ? `${text} (${signed(Math.round((change / before) * 100))}%)` : text;
}

/** Minutes as "3 d 4 h", "4 h 10 min" or "25 min". */
export function formatElapsed(minutes: number | null): string {
  if (minutes === null) return unknownText;
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  if (days > 0) return hours > 0 ? `${formatCount(days)} d ${hours} h` : `${formatCount(days)} d`;
  if (hours > 0) return minutes % 60 > 0 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${minutes} min`;
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** A date as "9 November 2026", short "9 Nov 2026". */
export function formatDate(date: string, style: 'long' | 'short' = 'long'): string {
  const [year, month, day] = date.split('-').map(Number);
  const name = months[(month ?? 1) - 1] ?? '';
  return `${day} ${style === 'short' ? name.slice(0, 3) : name} ${year}`;
}

/** A bucket by its first date: "November 2026", "week of 9 Nov 2026", "Q4 2026", "2026". */
export function formatBucket(grain: Grain, date: string): string {
  const year = date.slice(0, 4);
  const month = Number(date.slice(5, 7));
  switch (grain) {
    case 'day':
      return formatDate(date);
    case 'week':
      return `week of ${formatDate(date, 'short')}`;
    case 'month':
      return `${months[month - 1]} ${year}`;
    case 'quarter':
      return `Q${Math.ceil(month / 3)} ${year}`;
    case 'year':
      return year;
  }
}

/**
 * A bucket as an axis writes it, the year apart because it stands only where it changes: "9 Nov", "Nov", "Q4", "2026".
 * @param date first date of the bucket
 */
export function formatTick(grain: Grain, date: string): { tick: string; year: string | null } {
  const year = date.slice(0, 4);
  const month = Number(date.slice(5, 7));
  const name = (months[month - 1] ?? '').slice(0, 3);
  switch (grain) {
    case 'day':
    case 'week':
      return { tick: `${Number(date.slice(8, 10))} ${name}`, year };
    case 'month':
      return { tick: name, year };
    case 'quarter':
      return { tick: `Q${Math.ceil(month / 3)}`, year };
    case 'year':
      return { tick: year, year: null };
  }
}

/** An instant or a date as people read it: "9 November 2026, 14:30" in the zone, or the date alone where there is no time of day. */
export function formatWhen(when: string | null, zone: string): string {
  if (when === null) return unknownText;
  if (!when.includes('T')) return formatDate(when);
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
    .format(new Date(when))
    .replace(' at ', ', ');
}

/** Minutes in the unit that reads best: "6.1 days", "9.6 hours", "25 minutes". */
function formatLength(minutes: number): string {
  const [size, unit] = minutes >= 1440 ? [minutes / 1440, 'day'] : minutes >= 60 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  const text = unit === 'minute' ? String(Math.round(size)) : significant(size);
  return `${text} ${unit}${text === '1' ? '' : 's'}`;
}

function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const [whole = '', decimals] = Math.abs(rounded).toString().split('.');
  return `${rounded < 0 ? '−' : ''}${formatCount(Number(whole))}${decimals ? `.${decimals}` : ''}`;
}

/** Events per case with two decimals, of fewer than one in ten cases with two figures. */
function perCase(value: number): string {
  return Math.abs(value) >= 0.1 || value === 0 ? value.toFixed(2).replace('-', '−') : significant(Number(value.toPrecision(2)));
}

/** A whole number with its sign: "+3", "−5", "0". */
export function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}
