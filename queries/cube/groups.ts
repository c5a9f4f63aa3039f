import type { Budget } from '../budget.ts';
import { otherCode } from '../catalog.ts';
import type { Statement } from '../sql/statements.ts';
import type { RangedColumn } from './chunk.ts';
import { bucketOf, dateOf, dayOf } from './days.ts';
import type { Kernel } from './kernel.ts';

/** Where the rows of a statement are added up: groups by period and codes, each with a number. */
export interface Groups {
  /** Numbers there can be, from 0. */
  size: number;
  /** The source of what gives the number of the group of a row. */
  sourceIn: (kernel: Kernel) => string;
  /** What a number stands for. */
  at: (group: number) => { date: string; keys: number[] };
}

/** A part of a group's number: how many values it has, and the source of one. */
interface Part {
  width: number;
  sourceIn: (kernel: Kernel) => string;
}

/**
 * The groups of a statement.
 * @param keys the codes rows are split by
 * @param mostPlaces groups times sums up to which all groups there could be have a place; beyond it they get one when they are met
 * @throws BadInput, while rows are added, when there are more than the budget has
 */
export function groupsOf(
  statement: Statement,
  { dates, keys }: { dates: RangedColumn; keys: readonly RangedColumn[] },
  mostPlaces: number,
  budget: Pick<Budget, 'spend' | 'most'>,
): Groups {
  const { starts, part: period } = periodsOf(statement, dates);
  const { parts, codesAt } = keyParts(statement, keys);
  const all = [period, ...parts];
  const size = all.reduce((product, { width }) => product * width, 1);
  const dateAt = (place: number) => dateIn(statement, starts(place));
  if (size * (statement.sums.length + 1) <= mostPlaces)
    return {
      size,
      sourceIn: (kernel) =>
        all.reduce((source, { width, sourceIn }) => (source ? `(${source}) * ${kernel.number(width)} + ` : '') + sourceIn(kernel), ''),
      at(group) {
        const places: number[] = [];
        let rest = group;
        for (const { width } of all.toReversed()) {
          places.unshift(rest % width);
          rest = Math.floor(rest / width);
        }
        return { date: dateAt(places[0] ?? 0), keys: codesAt(places.slice(1)) };
      },
    };
  const most = budget.most('groups') + met;
  const finders = all.map((_, i) => finderOf(i === all.length - 1 ? budget : null));
  return {
    size: most,
    sourceIn: (kernel) =>
      all.reduce(
        (source, { width, sourceIn }, i) =>
          `${kernel.give(finders[i]?.find)}(${source ? `${source} * ${kernel.number(width)} + ` : ''}${sourceIn(kernel)})`,
        '',
      ),
    at(group) {
      const places: number[] = [];
      let number = group;
      for (const [i, { width }] of [...all.entries()].reverse()) {
        const found = finders[i]?.numbers[number] ?? 0;
        places.unshift(i === 0 ? found : found % width);
        number = Math.floor(found / width);
      }
      return { date: dateAt(places[0] ?? 0), keys: codesAt(places.slice(1)) };
    },
  };
}

/** Groups met before the budget is told of them. */
const met = 1024;

/** Numbers for numbers as they are met, so that they stay small; each can be looked up again. */
function finderOf(budget: Pick<Budget, 'spend'> | null): { find: (number: number) => number; numbers: number[] } {
  const known = new Map<number, number>();
  const numbers: number[] = [];
  return {
    numbers,
    find(number) {
      let own = known.get(number);
      if (own !== undefined) return own;
      own = numbers.length;
      known.set(number, own);
      numbers.push(number);
      if (budget && numbers.length % met === 0) budget.spend('groups', met);
      return own;
    },
  };
}

/** Periods by the day a row is dated on. */
function periodsOf(statement: Statement, dates: RangedColumn): { starts: (place: number) => number; part: Part } {
  const [first, last] = daysOf(statement, dates);
  const days = Math.max(1, last - first + 1);
  if (statement.grain === 'day')
    return {
      starts: (place) => first + place,
      part: { width: days, sourceIn: (kernel) => `(${kernel.at(dates.chunk(kernel.index))} - ${kernel.number(first)})` },
    };
  const places = new Int32Array(days);
  const starts: number[] = [];
  let name = '';
  for (let day = first; day < first + days; day++) {
    const date = dateIn(statement, day);
    if (date !== name || starts.length === 0) starts.push(day);
    name = date;
    places[day - first] = starts.length - 1;
  }
  const source = (kernel: Kernel) => `${kernel.give(places)}[${kernel.at(dates.chunk(kernel.index))} - ${kernel.number(first)}]`;
  return { starts: (place) => starts[place] ?? first, part: { width: starts.length, sourceIn: starts.length > 1 ? source : () => '0' } };
}

/** The first and the last day that a row of a statement can have. */
function daysOf({ from, to }: { from: string | null; to: string }, dates: RangedColumn): [number, number] {
  const { least, most } = dates.bounds();
  const first = Math.max(least, from === null ? -Infinity : dayOf(from));
  const last = Math.min(most, dayOf(to));
  return first <= last ? [first, last] : [0, -1];
}

/** The first date a row of a day can be about, as the rows of a statement have it. */
function dateIn({ from, grain, cuts }: Statement, day: number): string {
  const date = dateOf(day);
  const cut = cuts.findLast((c) => c <= date) ?? '';
  const bucket = grain ? bucketOf(day, grain) : '';
  const latest = cut > bucket ? cut : bucket;
  return from !== null && latest < from ? from : latest;
}

/** The codes of a row; where only some are kept, all others are one. */
function keyParts(
  { tally: { keep } }: Statement,
  keys: readonly RangedColumn[],
): { parts: Part[]; codesAt: (places: number[]) => number[] } {
  if (!keep)
    return {
      parts: keys.map((column) => ({
        width: Math.max(0, column.bounds().most) + 1,
        sourceIn: (kernel) => kernel.at(column.chunk(kernel.index)),
      })),
      codesAt: (places) => places,
    };
  const [only] = keys;
  const placeOf = placesOf(keep);
  const codesAt = ([place = 0]: number[]) => [...(keep[place - 1] ?? keys.map(() => otherCode))];
  const first = (code: number) => placeOf([code]);
  const sourceIn = (kernel: Kernel) =>
    keys.length === 1 && only
      ? kernel.standing(only, first)
      : `${kernel.give(placeOf)}([${keys.map((column) => kernel.at(column.chunk(kernel.index))).join()}])`;
  return { parts: [{ width: keep.length + 1, sourceIn }], codesAt };
}

/** Which of the kept some codes are, from 1; 0 for others. */
function placesOf(keep: readonly (readonly number[])[]): (codes: readonly number[]) => number {
  const places = new Map(keep.map((codes, i) => [codes.join(), i + 1]));
  return (codes) => places.get(codes.join()) ?? 0;
}
