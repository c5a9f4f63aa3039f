/** One thing wrong with an input: `field` names the place (a key, a column, a line), `message` says what was found, what was expected and what is near. */
export interface Problem {
  field: string;
  message: string;
}

/** The caller can mend this: HTTP 400 (422 for too much), exit code 2, or a rejected row. */
export class BadInput extends Error {
  readonly problems: Problem[];
  /** Whether it is understood, and only more than may be: the problems say what to narrow, or how far one may go. */
  readonly isTooMuch: boolean;

  /** @param problems at least one; the error's message joins them by "; " */
  constructor(problems: Problem[], isTooMuch = false) {
    super(problems.map((p) => (p.field ? `${p.field}: ${p.message}` : p.message)).join('; '));
    this.name = 'BadInput';
    this.problems = problems;
    this.isTooMuch = isTooMuch;
  }
}

/** The outside world failed us. `retriable` says whether trying again later can help. */
export class SourceFailed extends Error {
  readonly source: string;
  readonly retriable: boolean;

  constructor(source: string, message: string, options: { retriable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'SourceFailed';
    this.source = source;
    this.retriable = options.retriable;
  }
}

/**
 * The names most like `name`, best first, for "did you mean" in messages.
 * @returns at most `limit` names within an edit distance of a third of the longer name, or containing `name`
 */
export function nearest(name: string, names: Iterable<string>, limit = 3): string[] {
  const wanted = name.toLowerCase();
  const scored: { name: string; distance: number }[] = [];
  for (const candidate of names) {
    const other = candidate.toLowerCase();
    const reach = Math.max(2, Math.floor(Math.max(wanted.length, other.length) / 3));
    const contains = wanted.length > 2 && (other.includes(wanted) || wanted.includes(other));
    if (!contains && Math.abs(other.length - wanted.length) > reach) continue;
    const distance = contains ? 1 : editDistance(wanted, other);
    if (distance <= reach) scored.push({ name: candidate, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, limit).map((s) => s.name);
}

/** `"did you mean a or b?"` with a leading blank, or an empty text when nothing is near. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const near = nearest(name, names);
  return near.length ? ` (did you mean ${near.map((n) => `"${n}"`).join(' or ')}?)` : '';
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
