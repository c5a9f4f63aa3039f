import type { Problem } from '../etl/errors.ts';
import { sentence } from './case-words.ts';
import { ApiFailed } from './transport.ts';

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

/**
 * What the server refused of a form: by control, and in sentences for above the form what belongs to none.
 * @param fields the names of its controls
 * @throws the error itself where it is no refusal
 */
export function problemsIn(error: unknown, fields: readonly string[]): { errors: Partial<Record<string, string>>; problem: string } {
  if (!(error instanceof ApiFailed)) throw error;
  if (error.status === 0)
    return { errors: {}, problem: 'The server did not answer. What you typed is kept here: save again when it is back.' };
  const isAsked = ({ field }: Problem) => fields.includes(field);
  const others = error.problems.filter((problem) => !isAsked(problem));
  return {
    errors: Object.fromEntries(error.problems.filter(isAsked).map(({ field, message }) => [field, sentence(message)])),
    problem: others.map(({ message }) => `${sentence(message)}.`).join(' '),
  };
}
