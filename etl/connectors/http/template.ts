import { BadInput } from '../../errors.ts';
import { textOf, valueAt } from '../../json-rows.ts';
import { localDate } from '../../local-time.ts';
import { zoneClock } from '../../time.ts';

/** What the placeholders of a template stand for. */
export interface Scope {
  /** Seconds since 1970 UTC from which on rows are asked for; null while there is none. */
  watermark?: number | null;
  /** Zone in which `sql`, `local` and `date` write the watermark. */
  zone?: string;
  /** The last row of the page before. */
  last?: unknown;
  /** The row a further request is about. */
  row?: unknown;
  /** The row whose details are read. */
  parent?: unknown;
  /** The answer of the source. */
  answer?: unknown;
  /** The key of a record that may be gone. */
  key?: string;
}

const placeholder = /\{(watermark|key|(?:last|row|parent|answer)\.[^{}|]+)(?:\|([^{}|]*))?\}/g;
const formats = ['iso', 'unix', 'unix_ms', 'date', 'sql', 'local'] as const;

/** A way to write an instant into a request. */
export type WatermarkFormat = (typeof formats)[number];

/**
 * Fills a template, the one language in which requests are made from what is known.
 *
 * - `{watermark}` or `{watermark|FORMAT}`: from when on rows are asked for. Formats: `iso` (2024-02-03T04:05:06Z, the default),
 *   `unix`, `unix_ms`, and in the zone of the source `local` (2024-02-03T04:05:06), `sql` (2024-02-03 04:05:06), `date` (2024-02-03)
 * - `{last.PATH}`: a value of the last row of the page before, as `{last.sort.0}`
 * - `{row.PATH}`: a value of the row the request or the check is about
 * - `{parent.PATH}`: in `details`, a value of the row that has them
 * - `{answer.PATH}`: a value of the answer, in notices
 * - `{key}`: the key of a record that may be gone, in `confirm`
 *
 * Anything else in braces stands as it is (Request Tracker writes `CF.{Product}`).
 * @param encode applied to every value that is filled in, not to the text around it
 * @returns null when a placeholder has no value: the parameter is then left out
 * @throws BadInput for an unknown format
 */
export function fill(text: string, scope: Scope, encode: (value: string) => string = (value) => value): string | null {
  let isComplete = true;
  const filled = text.replace(placeholder, (_, name: string, format: string | undefined) => {
    const value = name === 'watermark' ? watermarkText(scope, format) : placeholderText(name, format, scope);
    if (value === '') isComplete = false;
    return encode(value);
  });
  return isComplete ? filled : null;
}

/** The paths after `last.` in the placeholders of a template. */
export function lastPaths(text: string): string[] {
  return [...text.matchAll(placeholder)].flatMap(([, name = '']) => (name.startsWith('last.') ? [name.slice(5)] : []));
}

/** An instant (seconds since 1970 UTC) in one of the formats of {@link fill}. */
export function writeWatermark(instant: number, format: WatermarkFormat, zone: string): string {
  if (format === 'unix') return String(instant);
  if (format === 'unix_ms') return String(instant * 1000);
  if (format === 'iso') return `${wallClock(instant, 'UTC')}Z`;
  if (format === 'date') return localDate(instant, zone);
  return format === 'sql' ? wallClock(instant, zone).replace('T', ' ') : wallClock(instant, zone);
}

function watermarkText({ watermark, zone = 'UTC' }: Scope, format = 'iso'): string {
  const known = formats.find((each) => each === format);
  if (!known) throw new BadInput([{ field: `{watermark|${format}}`, message: `unknown format; expected one of ${formats.join(', ')}` }]);
  return watermark === null || watermark === undefined ? '' : writeWatermark(watermark, known, zone);
}

function placeholderText(name: string, format: string | undefined, scope: Scope): string {
  if (format !== undefined) throw new BadInput([{ field: `{${name}|${format}}`, message: 'only {watermark} has a format' }]);
  if (name === 'key') return scope.key ?? '';
  const [root = '', ...path] = name.split('.');
  return textOf(valueAt(scope[root as 'last' | 'row' | 'parent' | 'answer'], path.join('.'))); // the pattern admits no other root
}

function wallClock(instant: number, zone: string): string {
  return new Date((instant + zoneClock(zone).offsetAt(instant)) * 1000).toISOString().slice(0, 19);
}
