import type { EventRecord, When } from './record.ts';

/** Which rows of a case a field is taken from, and how; the rows are in the map's order. */
export const takes = {
  first: 'the first row, also when it has no value',
  last: 'the last row, also when it has no value',
  first_given: 'the first row that has a value',
  last_given: 'the last row that has a value',
  min: 'the lowest or earliest value',
  max: 'the highest or latest value',
  sum: 'all values added up',
  any: 'true if any row says true',
  distinct: 'every different value once: further issues, or texts one below the other',
} as const;
export type Take = keyof typeof takes;

type Folded = string | number | boolean;

/**
 * The value of one field over the rows of a case.
 * Sums are exact to any number of decimals; a sum of no values is no value.
 * @param read value of a row, null for none
 */
export function foldField<Row>(take: Take, rows: readonly Row[], read: (row: Row) => Folded | null): Folded | null {
  switch (take) {
    case 'first':
    case 'last': {
      const row = rows.at(take === 'first' ? 0 : -1);
      return row === undefined ? null : read(row);
    }
    case 'first_given':
    case 'last_given': {
      for (let i = 0; i < rows.length; i++) {
        const row = rows.at(take === 'first_given' ? i : -1 - i);
        const value = row === undefined ? null : read(row);
        if (value !== null) return value;
      }
      return null;
    }
    default:
      return combine(
        take,
        rows.map(read).filter((value) => value !== null),
      );
  }
}

function combine(take: 'min' | 'max' | 'sum' | 'any' | 'distinct', values: Folded[]): Folded | null {
  const [first, ...rest] = values;
  if (first === undefined) return null;
  switch (take) {
    case 'min':
      return rest.reduce((a, b) => (rank(b) < rank(a) ? b : a), first);
    case 'max':
      return rest.reduce((a, b) => (rank(b) > rank(a) ? b : a), first);
    case 'any':
      return values.includes(true);
    case 'distinct':
      return [...new Set(values)].join('\n');
    case 'sum':
      return typeof first === 'number' ? values.reduce<number>((a, b) => a + Number(b), 0) : addDecimals(values.map(String));
  }
}

/** A number that orders values of one field: a whole day counts as its midnight UTC. */
function rank(value: Folded): number {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return Date.parse(value) / 1000;
  return Number(value);
}

/** @param amounts decimal texts like `-12.50`; the sum has as many decimals as the one with most */
export function addDecimals(amounts: readonly string[]): string {
  const places = Math.max(...amounts.map((amount) => amount.split('.')[1]?.length ?? 0));
  let sum = 0n;
  for (const amount of amounts) {
    const [whole = '', decimals = ''] = amount.split('.');
    sum += BigInt(whole + decimals.padEnd(places, '0'));
  }
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, digits.length - places)}${places ? `.${digits.slice(-places)}` : ''}`;
}

/** One rule of a change: every condition given must hold. */
export interface ChangeRule<TimeField extends string> {
  from: ReadonlySet<string> | null;
  to: ReadonlySet<string> | null;
  direction: 'rises' | 'falls' | null;
  kind: EventRecord['kind'];
  /** The time field of the case that the first such change sets. */
  first: TimeField | null;
}

/** A row as far as changes are concerned. */
export interface Watched {
  value: string | null;
  at: When | null;
  actor: string | null;
}

/**
 * The events that the changes of a value between consecutive rows stand for; the first rule that holds decides, a change without one is none.
 * The first row counts as a change from nothing, and a counter as risen from 0.
 * @returns events in the order of the rows, and for each time field the time of its first change; a change without a time is left out
 */
export function changesOf<TimeField extends string>(
  rows: readonly Watched[],
  rules: readonly ChangeRule<TimeField>[],
): { events: EventRecord[]; firsts: Map<TimeField, When> } {
  const events: EventRecord[] = [];
  const firsts = new Map<TimeField, When>();
  let before: string | null = null;
  rows.forEach(({ value, at, actor }, i) => {
    const from = before;
    before = value;
    if (value === from) return;
    const rule = rules.find(
      (r) =>
        (!r.from || r.from.has(from ?? '')) &&
        (!r.to || r.to.has(value ?? '')) &&
        (!r.direction || moves(r.direction, from, value, i === 0)),
    );
    if (!rule || at === null) return;
    if (rule.first !== null && !firsts.has(rule.first)) firsts.set(rule.first, at);
    const event: EventRecord = { kind: rule.kind, at };
    if (actor !== null) event.actor = actor;
    if (from !== null) event.from = from;
    if (value !== null) event.to = value;
    events.push(event);
  });
  return { events, firsts };
}

function moves(direction: 'rises' | 'falls', from: string | null, to: string | null, isFirstRow: boolean): boolean {
  if (to === null || (from === null && !(isFirstRow && direction === 'rises'))) return false;
  const difference = Number(to) - Number(from ?? 0);
  return direction === 'rises' ? difference > 0 : difference < 0;
}
