import type { Problem } from '../etl/errors.ts';

/**
 * What is wrong, by the path of the control it belongs to: the longest of `paths` that a problem's place lies in. What belongs to none is
 * `others`, to be said above the form.
 * @param paths dotted, as `auth.bearer`; a problem may stand below `sources[0]` or `source`
 */
export function problemsByPath(
  problems: readonly Problem[],
  paths: readonly string[],
): { errors: Partial<Record<string, string>>; others: Problem[] } {
  const errors: Partial<Record<string, string>> = {};
  const others: Problem[] = [];
  for (const { field, message } of problems) {
    const place = field.replace(/^(sources\[\d+\]|source)(\.|$)/, '');
    const path = paths
      .filter((one) => place === one || place.startsWith(`${one}.`) || place.startsWith(`${one}[`) || place.startsWith(`${one}:`))
      .sort((one, other) => other.length - one.length)[0];
    const rest = path === undefined ? '' : place.slice(path.length).replace(/^[.:]\s*/, '');
    if (path === undefined) others.push({ field: place, message });
    else errors[path] = [errors[path], rest ? `${rest}: ${message}` : message].filter(Boolean).join('; ');
  }
  return { errors, others };
}
