import type { DimensionName } from '../model/dimensions.ts';
import type { Condition } from '../model/measure.ts';
import type { Filter } from '../model/tally.ts';
import { wholeDayBit } from '../sql/whole-day.ts';
import { chunkOf, PassingColumn, valueAt, type Column } from './chunk.ts';
import type { FactView, Then } from './facts.ts';

/**
 * What is asked of a row, in the few forms that loops are made of: its value is one of some; it has one from `least` to `most`, both inclusive; its instant
 * is known and not after T of its source; or it meets all of one of several lists. With `isKept` false: it does not.
 */
export type Test =
  | { is: 'listed'; column: Column; codes: readonly number[]; isKept: boolean }
  | { is: 'between'; column: Column; least: number; most: number; isKept: boolean }
  | { is: 'by_then'; column: Column; sources: Column; then: Then; isKept: boolean }
  | { is: 'any'; of: readonly (readonly Test[])[] };

/** Whether a value is one of some. */
export function listed(column: Column, codes: readonly number[], isKept = true): Test {
  return { is: 'listed', column, codes, isKept };
}

/** Whether there is a value from `least` to `most`, both inclusive. */
export function between(column: Column, least: number, most: number, isKept = true): Test {
  return { is: 'between', column, least, most, isKept };
}

/** Whether an instant is known and not after T of its source. */
export function byThen(column: Column, view: FactView, then: Then, isKept = true): Test {
  return { is: 'by_then', column, sources: view.column('source'), then, isKept };
}

const known = (column: Column, isKept = true): Test => between(column, -Infinity, Infinity, isKept);

/** What conditions of the model (their meaning: queries/model/measure.ts) ask of a row. */
export function testsOf(conditions: readonly Condition[], view: FactView, then: Then): Test[] {
  return conditions.flatMap((condition) => testsOfOne(condition, view, then));
}

function testsOfOne(condition: Condition, view: FactView, then: Then): Test[] {
  if ('any' in condition) return [{ is: 'any', of: condition.any.map((all) => testsOf(all, view, then)) }];
  if (condition.column === 'ended_past_due') return [between(endedPastDue(view), 1, 1)];
  const column = view.column(condition.column);
  const codeOf = (value: number | string) => (typeof value === 'string' ? (view.wordIn(condition.column, value) ?? NaN) : value);
  switch (condition.op) {
    case 'is':
      return [listed(column, [codeOf(condition.value)])];
    case 'is_not':
      return [known(column), listed(column, [codeOf(condition.value)], false)];
    case 'at_least':
      return [between(column, Number(condition.value), Infinity)];
    case 'at_most':
      return [between(column, -Infinity, Number(condition.value))];
    case 'in':
      return [listed(column, condition.value.map(codeOf))];
    case 'known':
      return [known(column)];
    case 'unknown':
      return [known(column, false)];
    case 'by_then':
      return [byThen(column, view, then)];
    case 'not_by_then':
      return [byThen(column, view, then, false)];
    case 'passed':
      return [byThen(passing(condition.column, view), view, then)];
  }
}

/** A column worked out row by row, for what is seldom asked; NaN for none. */
export function worked(view: FactView, valuesOf: (index: number) => (row: number) => number): Column {
  return new PassingColumn((index) => {
    const valueOf = valuesOf(index);
    return chunkOf(Float64Array.from({ length: view.rowsIn(index) }, (_, row) => valueOf(row)));
  });
}

/** When a deadline passes: a date without a time of day at its end. */
function passing(name: string, view: FactView): Column {
  const bit = wholeDayBit(name.replace(/_at$/, ''));
  const [deadlines, wholeDay] = [view.column(name), view.column('whole_day')];
  const late = worked(view, (index) => {
    const [instants, bits] = [deadlines.chunk(index), wholeDay.chunk(index)];
    return (row) => valueAt(instants, row) + ((valueAt(bits, row) & bit) === 0 ? 0 : 86_399);
  });
  return {
    chunk(index) {
      const bits = wholeDay.chunk(index);
      return bits.most > 0 ? late.chunk(index) : deadlines.chunk(index);
    },
  };
}

// A date without a time of day is compared by dates, as the loader does.
const days = wholeDayBit('ended') | wholeDayBit('due');

/** 1 for what ended past its deadline. */
function endedPastDue(view: FactView): Column {
  return worked(view, (index) => {
    const at = (name: string) => view.column(name).chunk(index);
    const [endedAt, endedOn, dueAt, dueOn, wholeDay] = [at('ended_at'), at('ended_on'), at('due_at'), at('due_on'), at('whole_day')];
    return (row) => {
      const ended = valueAt(endedAt, row);
      if (Number.isNaN(ended)) return 0;
      const isByDate = (valueAt(wholeDay, row) & days) !== 0;
      return Number(isByDate ? valueAt(endedOn, row) > valueAt(dueOn, row) : ended > valueAt(dueAt, row));
    };
  });
}

/** The cases that a filter by words, and of cases by the score of a survey, leaves; null where it does not ask for it. */
export interface FoundCases {
  text: ReadonlySet<number> | null;
  score: ReadonlySet<number> | null;
}

/** What a query's filter asks of a row. */
export function testsOfFilter(
  filter: Filter,
  { view, then, codes, found }: { view: FactView; then: Then; codes: (name: DimensionName) => Column; found: FoundCases },
): Test[] {
  const { resolution_days: days, open_age_days: age, score } = filter.range;
  const tests: Test[] = [
    // prettier-ignore
    ...Object.entries(filter.members).map(([name, members]) => listed(codes(name as DimensionName), members)),
    ...Object.entries(filter.not).map(([name, members]) => listed(codes(name as DimensionName), members, false)),
  ];
  if (days) tests.push(byThen(view.column('resolved_at'), view, then), ...edges(view.column('resolution_minutes'), days, 1440));
  if (age) {
    const waiting = worked(view, (index) => {
      const [sources, received] = [view.column('source').chunk(index), view.column('received_at').chunk(index)];
      return (row) => then.of(valueAt(sources, row)) - valueAt(received, row);
    });
    tests.push(listed(view.column('is_ended_on_unknown_date'), [0]), byThen(view.column('ended_at'), view, then, false));
    tests.push(...edges(waiting, age, 86_400));
  }
  if (score && !found.score) tests.push(...testsOfScore(score, view, then));
  for (const cases of [found.score, found.text]) if (cases) tests.push(isOf(view, cases));
  return tests;
}

/** Whether a survey was answered with a score from the first edge, inclusive, to the second, exclusive. */
export function testsOfScore(score: readonly [number | null, number | null], view: FactView, then: Then): Test[] {
  return [byThen(view.column('answered_at'), view, then), ...edges(view.column('score'), score, 1)];
}

function edges(column: Column, [from, below]: readonly [number | null, number | null], unit: number): Test[] {
  return [
    ...(from === null ? [] : [between(column, from * unit, Infinity)]),
    ...(below === null ? [] : [known(column), between(column, below * unit, Infinity, false)]),
  ];
}

function isOf(view: FactView, cases: ReadonlySet<number>): Test {
  const marks = worked(view, (index) => {
    const ids = view.column('case_id').chunk(index);
    return (row) => Number(cases.has(valueAt(ids, row)));
  });
  return between(marks, 1, 1);
}
