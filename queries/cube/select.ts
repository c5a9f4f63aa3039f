import { wholeDayBit } from '../sql/whole-day.ts';
import type { Condition } from '../model/measure.ts';
import type { Filter } from '../model/tally.ts';
import type { DimensionName } from '../model/dimensions.ts';
import { nothing, type Held } from './columns.ts';
import type { FactView, Then } from './facts.ts';

/** Positions of rows, ascending: the first `count` of `rows`. */
export interface Selection {
  rows: Int32Array;
  count: number;
}

/** The codes of a dimension by position, bands among them. */
export type CodesOf = (name: DimensionName) => Held;

/** Another selection of the same rows, which may be narrowed on its own. */
export function copyOf({ rows, count }: Selection): Selection {
  return { rows: rows.slice(0, count), count };
}

/** Every row of a fact that counts. */
export function allRows({ size, alive }: FactView): Selection {
  const rows = new Int32Array(size);
  let count = 0;
  for (let row = 0; row < size; row++) if (alive[row] === 1) rows[count++] = row;
  return { rows, count };
}

/** Keeps the rows whose value is one of some codes, or is none of them. */
export function keepCodes(selection: Selection, column: Held, codes: readonly number[], isKept: boolean): void {
  const [only] = codes;
  if (isKept && codes.length === 1 && only !== undefined) return keepEqual(selection, column, only);
  const least = Math.min(...codes);
  const listed = new Uint8Array(codes.length ? Math.max(...codes) - least + 1 : 0);
  for (const code of codes) listed[code - least] = 1;
  const { rows, count } = selection;
  const wanted = isKept ? 1 : 0;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    if ((listed[(column[row] ?? 0) - least] ?? 0) === wanted) rows[kept++] = row;
  }
  selection.count = kept;
}

function keepEqual(selection: Selection, column: Held, value: number): void {
  const { rows, count } = selection;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    if (column[row] === value) rows[kept++] = row;
  }
  selection.count = kept;
}

/** Keeps the rows whose value lies from `least` to `most`, both inclusive; none without a value. */
export function keepBetween(selection: Selection, column: Held, least: number, most: number): void {
  const { rows, count } = selection;
  const isReal = column instanceof Float64Array;
  const from = !isReal && least <= nothing ? nothing + 1 : least;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    const value = column[row] ?? NaN;
    if (value >= from && value <= most) rows[kept++] = row;
  }
  selection.count = kept;
}

/** Keeps the rows whose instant is known and not after T of their source; with `isOver` false, all others. */
export function keepByThen(selection: Selection, column: Held, sources: Held, then: Then, isOver = true): void {
  const { rows, count } = selection;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    if ((column[row] ?? NaN) <= then.of(sources[row] ?? 0) === isOver) rows[kept++] = row;
  }
  selection.count = kept;
}

/** Keeps what a test of positions finds. For what is seldom asked: the loops above are faster. */
export function keepWhere(selection: Selection, isKept: (row: number) => boolean): void {
  const { rows, count } = selection;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    if (isKept(row)) rows[kept++] = row;
  }
  selection.count = kept;
}

/** Keeps the rows that meet conditions of the model (their meaning: queries/model/measure.ts). */
export function keepConditions(selection: Selection, conditions: readonly Condition[], view: FactView, then: Then): void {
  for (const condition of conditions) keepCondition(selection, condition, view, then);
}

function keepCondition(selection: Selection, condition: Condition, view: FactView, then: Then): void {
  if ('any' in condition) return keepAny(selection, condition.any, view, then);
  if (condition.column === 'ended_past_due') return keepWhere(selection, endedPastDue(view));
  const column = view.column(condition.column);
  const codeOf = (value: number | string) => (typeof value === 'string' ? (view.wordIn(condition.column, value) ?? NaN) : value);
  switch (condition.op) {
    case 'is':
      return keepEqual(selection, column, codeOf(condition.value));
    case 'is_not': {
      const value = codeOf(condition.value);
      return keepWhere(selection, (row) => isKnown(column, row) && column[row] !== value);
    }
    case 'at_least':
      return keepBetween(selection, column, Number(condition.value), Infinity);
    case 'at_most':
      return keepBetween(selection, column, -Infinity, Number(condition.value));
    case 'in': {
      const codes = condition.value.map(codeOf).filter((code) => !Number.isNaN(code));
      return keepCodes(selection, column, codes, true);
    }
    case 'known':
      return keepWhere(selection, (row) => isKnown(column, row));
    case 'unknown':
      return keepWhere(selection, (row) => !isKnown(column, row));
    case 'by_then':
      return keepByThen(selection, column, view.column('source'), then);
    case 'not_by_then':
      return keepByThen(selection, column, view.column('source'), then, false);
    case 'passed': {
      const bit = wholeDayBit(condition.column.replace(/_at$/, ''));
      const [wholeDay, sources] = [view.column('whole_day'), view.column('source')];
      return keepWhere(selection, (row) => {
        const lasts = ((wholeDay[row] ?? 0) & bit) === 0 ? 0 : 86_399;
        return (column[row] ?? NaN) + lasts <= then.of(sources[row] ?? 0);
      });
    }
  }
}

function keepAny(selection: Selection, any: readonly (readonly Condition[])[], view: FactView, then: Then): void {
  const marks = new Uint8Array(view.size);
  for (const all of any) {
    const met = copyOf(selection);
    keepConditions(met, all, view, then);
    for (let i = 0; i < met.count; i++) marks[met.rows[i] ?? 0] = 1;
  }
  keepWhere(selection, (row) => marks[row] === 1);
}

// A date without a time of day is compared by dates, as the loader does.
const days = wholeDayBit('ended') | wholeDayBit('due');

function endedPastDue(view: FactView): (row: number) => boolean {
  const [endedAt, endedOn, dueAt, dueOn] = ['ended_at', 'ended_on', 'due_at', 'due_on'].map((name) => view.column(name));
  const wholeDay = view.column('whole_day');
  return (row) => {
    if (Number.isNaN(endedAt?.[row])) return false;
    if (((wholeDay[row] ?? 0) & days) === 0) return (endedAt?.[row] ?? NaN) > (dueAt?.[row] ?? NaN);
    const due = dueOn?.[row] ?? nothing;
    return due !== nothing && (endedOn?.[row] ?? nothing) > due;
  };
}

function isKnown(column: Held, row: number): boolean {
  const value = column[row] ?? NaN;
  return column instanceof Float64Array ? !Number.isNaN(value) : value !== nothing;
}

/**
 * Keeps the rows of a query's filter.
 * @param casesOf cases that a filter by words, or of cases by the score of a survey, leaves
 */
export function keepFilter(
  selection: Selection,
  filter: Filter,
  {
    view,
    then,
    codes,
    isSurvey,
    casesOf,
  }: {
    view: FactView;
    then: Then;
    codes: CodesOf;
    isSurvey: boolean;
    casesOf: { text: ReadonlySet<number> | null; score: () => ReadonlySet<number> };
  },
): void {
  // prettier-ignore
  for (const [name, members] of Object.entries(filter.members)) keepCodes(selection, codes(name as DimensionName), members, true);
  for (const [name, members] of Object.entries(filter.not)) keepCodes(selection, codes(name as DimensionName), members, false);
  const { resolution_days: days, open_age_days: age, score } = filter.range;
  const sources = view.column('source');
  if (days) {
    keepByThen(selection, view.column('resolved_at'), sources, then);
    keepEdges(selection, view.column('resolution_minutes'), days, 1440);
  }
  if (age) {
    const [from, below] = age;
    const received = view.column('received_at');
    keepEqual(selection, view.column('is_ended_on_unknown_date'), 0);
    keepByThen(selection, view.column('ended_at'), sources, then, false);
    keepWhere(selection, (row) => {
      const seconds = then.of(sources[row] ?? 0) - (received[row] ?? NaN);
      return (from === null || seconds >= from * 86_400) && (below === null || seconds < below * 86_400);
    });
  }
  const cases = view.column('case_id');
  if (score && isSurvey) keepScores(selection, score, view, then);
  else if (score) {
    const found = casesOf.score();
    keepWhere(selection, (row) => found.has(cases[row] ?? NaN));
  }
  const { text } = casesOf;
  if (text) keepWhere(selection, (row) => text.has(cases[row] ?? NaN));
}

/** Keeps the answered surveys with a score from the first edge, inclusive, to the second, exclusive. */
export function keepScores(selection: Selection, score: readonly [number | null, number | null], view: FactView, then: Then): void {
  keepByThen(selection, view.column('answered_at'), view.column('source'), then);
  keepEdges(selection, view.column('score'), score, 1);
}

function keepEdges(selection: Selection, column: Held, [from, below]: readonly [number | null, number | null], unit: number): void {
  if (from === null && below === null) return;
  keepWhere(selection, (row) => {
    const value = column[row] ?? nothing;
    if (value === nothing) return false;
    return (from === null || value >= from * unit) && (below === null || value < below * unit);
  });
}
