import { isRealDate, type When } from './record.ts';
import { zoneClock, type ZoneClock } from './time.ts';

/** Reads one text as a time; null when it does not have the form. */
export type TimeReader = (text: string) => When | null;

const tokenPattern = /YYYY|YY|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|fraction|A|Z/g;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const fourCenturies = 146_097 * 86_400;
const namedForms = ['iso', 'unix', 'unix_ms'];

type Parts = { year: number; month: number; day: number; hour: number; minute: number; second: number; afternoon: number; offset: number };
/** Reads one piece of a text from `at` into `parts`; the position after it, or -1. */
type Step = (text: string, at: number, parts: Parts) => number;

/**
 * What is wrong with a date format, or null. A format is `iso`, `unix`, `unix_ms`, or tokens with anything between them:
 * YYYY, YY, MM, M, MMM, DD, D, HH, H, hh or h with A (AM/PM), mm, ss, fraction, Z (an offset such as -05:00).
 */
export function formatProblem(format: string): string | null {
  if (namedForms.includes(format)) return null;
  const tokens: string[] = format.match(tokenPattern) ?? [];
  const rest = format.replace(tokenPattern, '').replace(/T/g, '');
  const has = (...names: string[]) => names.some((name) => tokens.includes(name));
  if (/[A-Za-z]/.test(rest))
    return `"${rest.trim()}" is no part of a date; use YYYY, YY, MM, M, MMM, DD, D, HH, H, hh, h, A, mm, ss, fraction, Z, or one of ${namedForms.join(', ')}`;
  if (!has('YYYY', 'YY') || !has('MM', 'M', 'MMM') || !has('DD', 'D'))
    return 'needs a year (YYYY or YY), a month (MM, M or MMM) and a day (DD or D)';
  if (has('hh', 'h') !== has('A')) return 'hours of a twelve-hour clock (hh or h) and A (AM/PM) go together';
  if (has('mm', 'ss', 'fraction', 'Z') && !has('HH', 'H', 'hh', 'h')) return 'has minutes, seconds or an offset without hours';
  return new Set(tokens).size === tokens.length ? null : 'names a part twice';
}

/**
 * Compiles a date format into a reader. A value without a time of day comes out as `YYYY-MM-DD`, never shifted;
 * a wall-clock time becomes an instant in `zone` by {@link ZoneClock.instantOf} unless it carries its own offset. Fractions of a second are dropped.
 * @param format without {@link formatProblem}
 */
export function timeReader(format: string, zone: string): TimeReader {
  const clock = zoneClock(zone);
  if (format === 'iso') return (text) => readIso(text, clock);
  if (format === 'unix') return (text) => (/^-?\d{1,11}$/.test(text) ? Number(text) : null);
  if (format === 'unix_ms') return (text) => (/^-?\d{1,14}$/.test(text) ? Math.floor(Number(text) / 1000) : null);
  const steps = compileSteps(format);
  const isWholeDay = !/H|h/.test(format);
  // One set of parts per reader: it is read before the next call, and a file has a value a row.
  const parts: Parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, afternoon: -1, offset: NaN };
  return (text) => {
    parts.hour = parts.minute = parts.second = 0;
    parts.afternoon = -1;
    parts.offset = NaN;
    let at = 0;
    for (const step of steps) {
      at = step(text, at, parts);
      if (at < 0) return null;
    }
    return at === text.length ? assemble(parts, isWholeDay, clock) : null;
  };
}

function compileSteps(format: string): Step[] {
  const steps: Step[] = [];
  let done = 0;
  const literal = (until: number) => {
    const between = format.slice(done, until);
    if (between) steps.push((text, at) => (text.startsWith(between, at) ? at + between.length : -1));
  };
  for (const match of format.matchAll(tokenPattern)) {
    literal(match.index);
    steps.push(stepOf(match[0]));
    done = match.index + match[0].length;
  }
  literal(format.length);
  return steps;
}

function stepOf(token: string): Step {
  switch (token) {
    case 'YYYY':
      return digits(4, 4, (p, n) => (p.year = n));
    case 'YY':
      return digits(2, 2, (p, n) => (p.year = n < 69 ? 2000 + n : 1900 + n));
    case 'MM':
      return digits(2, 2, (p, n) => (p.month = n));
    case 'M':
      return digits(1, 2, (p, n) => (p.month = n));
    case 'DD':
      return digits(2, 2, (p, n) => (p.day = n));
    case 'D':
      return digits(1, 2, (p, n) => (p.day = n));
    case 'HH':
    case 'hh':
      return digits(2, 2, (p, n) => (p.hour = n));
    case 'H':
    case 'h':
      return digits(1, 2, (p, n) => (p.hour = n));
    case 'mm':
      return digits(2, 2, (p, n) => (p.minute = n));
    case 'ss':
      return digits(2, 2, (p, n) => (p.second = n));
    case 'fraction':
      return digits(1, 9, () => undefined);
    case 'MMM':
      return (text, at, parts) => {
        parts.month = months.indexOf(text.slice(at, at + 3).toLowerCase()) + 1;
        return parts.month ? at + 3 : -1;
      };
    case 'A':
      return (text, at, parts) => {
        parts.afternoon = ['am', 'pm'].indexOf(text.slice(at, at + 2).toLowerCase());
        return parts.afternoon < 0 ? -1 : at + 2;
      };
    default:
      return (text, at, parts) => {
        const found = /^(?:Z|([+-])(\d\d):?(\d\d))/.exec(text.slice(at));
        if (!found) return -1;
        parts.offset = found[1] ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 3600 + Number(found[3]) * 60) : 0;
        return at + found[0].length;
      };
  }
}

function digits(least: number, most: number, set: (parts: Parts, value: number) => void): Step {
  return (text, at, parts) => {
    let value = 0;
    let read = 0;
    while (read < most) {
      const code = text.charCodeAt(at + read) - 48;
      if (!(code >= 0 && code <= 9)) break;
      value = value * 10 + code;
      read++;
    }
    if (read < least) return -1;
    set(parts, value);
    return at + read;
  };
}

function assemble(parts: Parts, isWholeDay: boolean, clock: ZoneClock): When | null {
  let { hour } = parts;
  const { year, month, day, minute, second, afternoon, offset } = parts;
  if (month < 1 || month > 12 || day < 1 || (day > 28 && day > new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate())) return null;
  if (isWholeDay) return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
  if (afternoon >= 0) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (afternoon ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return null;
  // Years below 100 would be taken as of the twentieth century, so the date is moved on by the 400 years after which the calendar repeats.
  const local = Date.UTC(year + 400, month - 1, day, hour, minute, second) / 1000 - fourCenturies;
  return Number.isNaN(offset) ? clock.instantOf(local) : local - offset;
}

const isoTail = /^[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;
const isoDates = new Map<string, number>();
const mostDates = 100_000;

function readIso(text: string, clock: ZoneClock): When | null {
  const date = text.slice(0, 10);
  const midnight = isoDates.get(date) ?? learnDate(date);
  if (Number.isNaN(midnight)) return null;
  if (text.length === 10) return date;
  const plain = plainTime(text);
  if (plain >= 0) return midnight + plain;
  const found = isoTail.exec(text.slice(10));
  if (!found) return null;
  const [hour, minute, second] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const local = midnight + hour * 3600 + minute * 60 + second;
  const zone = found[4];
  if (zone === undefined) return clock.instantOf(local);
  if (zone === 'Z') return local;
  return local - (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60);
}

/** Seconds of midnight UTC of a date, NaN of anything else. A file names the same dates again and again. */
function learnDate(date: string): number {
  const midnight = isRealDate(date) ? Date.parse(`${date}T00:00:00Z`) / 1000 : NaN;
  if (isoDates.size >= mostDates) isoDates.clear();
  isoDates.set(Buffer.from(date).toString(), midnight);
  return midnight;
}

/** Seconds of the day of the commonest form, `…T14:30:00Z`; -1 for every other. */
function plainTime(text: string): number {
  if (
    text.length !== 20 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(19) !== 90 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58
  )
    return -1;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : -1;
}

/** The number of two digits; 100 where they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 100;
}
