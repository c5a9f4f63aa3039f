import { BadInput, didYouMean, type SourceFailed } from '../../errors.ts';
import { kindOf, valueAt } from '../../json-rows.ts';
import { parseJson } from '../../json-text.ts';
import type { Faults } from './fault.ts';

/** An answer of the source that can be used. */
export interface Answer {
  url: URL;
  status: number;
  headers: Headers;
  /** The JSON document; undefined when the answer has no body. */
  value: unknown;
  /** Length of the body, unpacked. */
  bytes: number;
}

/** What a body turned out to be; `half` is a document that ends too early, so that asking again may help. */
export type Body = { kind: 'json'; value: unknown } | { kind: 'half'; fault: SourceFailed } | { kind: 'wrong'; fault: SourceFailed };

/** Reads the body of an answer with a good status. */
export function readBody(found: { url: URL; status: number; headers: Headers; text: string; bytes: number }, faults: Faults): Body {
  const { url, headers, text, bytes, status } = found;
  const type = (headers.get('content-type') ?? 'no content type').split(';')[0] ?? '';
  const size = `${bytes.toLocaleString('en')} bytes`;
  if (text.trim() === '') {
    if (status === 204) return { kind: 'json', value: undefined };
    return { kind: 'half', fault: faults.fail(url, `answered ${status} with an empty body; expected JSON`, { retriable: true }) };
  }
  if (/html/i.test(type) || /^\s*<(!doctype|html)/i.test(text)) {
    const hint =
      'check that `url` names the interface and not a page for people, and that nothing in between (a sign-in page, a proxy) answers instead';
    return {
      kind: 'wrong',
      fault: faults.fail(url, `answered ${status} with a web page (${type}, ${size}) instead of JSON; ${hint}`, { retriable: false }),
    };
  }
  try {
    return { kind: 'json', value: parseJson(text) };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const [problem] = error.problems;
    const reason = problem?.message ?? '';
    const where = `${problem?.field ?? ''}: ${reason}`;
    if (/found the end|is not closed/.test(reason))
      return {
        kind: 'half',
        fault: faults.fail(url, `sent half a JSON document (${size}; ${where}); the next run asks for it again`, { retriable: true }),
      };
    const hint = 'check that `url` names an interface that answers in JSON';
    return { kind: 'wrong', fault: faults.fail(url, `sent what is no JSON (${type}, ${size}; ${where}); ${hint}`, { retriable: false }) };
  }
}

/**
 * The list of rows in an answer.
 * @param path as option `rows`; null there is a list without rows
 * @throws SourceFailed when there is no list
 */
export function rowsOf(answer: Answer, path: string, faults: Faults): unknown[] {
  const found = answer.value === undefined ? [] : valueAt(answer.value, path);
  if (Array.isArray(found)) return found as unknown[];
  if (found === null) return [];
  const place = path === '' ? 'as its whole answer' : `at "${path}"`;
  const known = listsIn(answer.value);
  const near = known.length ? `; it has lists at ${known.map((k) => `"${k}"`).join(', ')}${didYouMean(path, known)}` : '';
  throw faults.fail(
    answer.url,
    `was expected to have a list of rows ${place}, but has ${kindOf(found)} there${near}${faults.says(answer.value)}; check \`rows\`, or whether the interface has changed`,
    { retriable: false },
  );
}

function listsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([, each]) => Array.isArray(each))
    .map(([key]) => key)
    .slice(0, 5);
}
