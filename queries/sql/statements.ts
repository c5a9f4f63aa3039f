import { addDays, type Grain, startOf } from '../model/buckets.ts';
import type { Condition } from '../model/measure.ts';
import type { Sum, Tally, TallyRow } from '../model/tally.ts';
import type { Budget } from '../budget.ts';

/** One SELECT that several tallies read from: they differ only in dates, grain and sums. */
export interface Statement {
  tally: Omit<Tally, 'from' | 'to' | 'opening' | 'grain' | 'sums'>;
  /** First date, or null for everything up to `to`. */
  from: string | null;
  to: string;
  /** What rows are grouped by; null: only by the cuts. */
  grain: Grain | null;
  /** Dates at which a bucket is split where a window begins or ends inside it, ascending. */
  cuts: string[];
  sums: Sum[];
  /** Positions of the tallies that read from it. */
  users: number[];
}

/** A row as a statement gives it: `date` is the first date it can be about, "" where it is all before the first cut. */
export interface StatementRow {
  date: string;
  keys: number[];
  bins: ArrayLike<number> | null;
  sums: number[];
}

/**
 * Puts tallies together so that each stretch of rows is read once. Where rows are grouped by date alone they are grouped by day: the index on the date
 * gives them in order, which no other grain does, and days can be put together to any window. Others share a statement where their windows touch.
 * @param areBinsListed whether bins come as a list a group rather than as groups of their own
 */
export function planStatements(tallies: readonly Tally[], areBinsListed: boolean): Statement[] {
  const isByDay = (tally: Pick<Tally, 'by' | 'bin'>) => tally.by.length === 0 && (tally.bin === null || areBinsListed);
  const alike = new Map<string, number[]>();
  tallies.forEach((tally, index) => {
    const key = JSON.stringify(sharedOf(tally)) + (isByDay(tally) ? 'day' : family(tally.grain));
    alike.set(key, [...(alike.get(key) ?? []), index]);
  });
  return [...alike.values()].flatMap((users) => touching(tallies, users).map((group) => statementOf(tallies, group, isByDay)));
}

/**
 * The rows of each tally, in the order given, out of those of their statements; equal tallies share them.
 * @throws BadInput when they are more than the budget has
 */
export async function answerTallies(
  tallies: readonly Tally[],
  statements: readonly Statement[],
  rowsOf: (statement: Statement) => Promise<StatementRow[]> | StatementRow[],
  budget: Budget,
): Promise<TallyRow[][]> {
  const answers: TallyRow[][] = tallies.map(() => []);
  await Promise.all(
    statements.map(async (statement) => {
      const rows = await rowsOf(statement);
      const done = new Map<string, TallyRow[]>();
      for (const index of statement.users) {
        const tally = tallies[index];
        if (!tally) continue;
        const key = JSON.stringify(tally);
        let own = done.get(key);
        if (!own) {
          await budget.rest();
          done.set(key, (own = rowsFor(tally, statement, rows)));
          budget.spend('tallied', own.length);
        }
        answers[index] = own;
      }
    }),
  );
  return answers;
}

/** The rows of one tally out of those of its statement. Where a tally has keys or bins several rows may be about the same bucket. */
function rowsFor(tally: Tally, statement: Statement, rows: readonly StatementRow[]): TallyRow[] {
  const positions = tally.sums.map((sum) => positionOf(sum, statement.sums));
  const isPlain = tally.by.length === 0 && tally.bin === null;
  const buckets = new Map<string, string | null>();
  const plain = new Map<string, number[]>();
  const found: TallyRow[] = [];
  for (const row of rows) {
    let bucket = buckets.get(row.date);
    if (bucket === undefined) buckets.set(row.date, (bucket = bucketOf(tally, row.date)));
    if (bucket === null) continue;
    if (isPlain) {
      let sums = plain.get(bucket);
      if (!sums) plain.set(bucket, (sums = positions.map(() => 0)));
      for (const [i, p] of positions.entries()) sums[i] = (sums[i] ?? 0) + (row.sums[p] ?? 0);
    } else found.push({ bucket, keys: row.keys, bins: row.bins, sums: positions.map((p) => row.sums[p] ?? 0) });
  }
  for (const [bucket, sums] of plain) found.push({ bucket, keys: [], bins: null, sums });
  return found.filter((row) => row.sums.some((value) => value !== 0));
}

/** The bucket of a date, or null where the tally does not count it. */
function bucketOf({ from, to, opening, grain }: Tally, date: string): string | null {
  if (date > to) return null;
  if (date < from) return opening ? '' : null;
  return grain ? startOf(grain, date) : from;
}

/** Where a sum stands among others; −1 for nowhere. */
export function positionOf(sum: Sum, sums: readonly Sum[]): number {
  const wanted = JSON.stringify(sum);
  return sums.findIndex((other) => JSON.stringify(other) === wanted);
}

/** Weeks and months do not nest; a tally without grain goes with the months. */
function family(grain: Grain | null): 'day' | 'week' | 'month' {
  return grain === 'day' || grain === 'week' ? grain : 'month';
}

// Days read in vain that still cost less than a statement of its own.
const gap = 32;

/** Groups of tallies whose windows overlap or nearly follow each other. */
function touching(tallies: readonly Tally[], users: number[]): number[][] {
  const start = (index: number) => (tallies[index]?.opening ? '' : (tallies[index]?.from ?? ''));
  const end = (index: number) => tallies[index]?.to ?? '';
  const sorted = [...users].sort((a, b) => (start(a) < start(b) ? -1 : start(a) > start(b) ? 1 : a - b));
  const groups: number[][] = [];
  let reach = '';
  for (const index of sorted) {
    const group = groups.at(-1);
    if (group && start(index) <= addDays(reach, gap)) group.push(index);
    else groups.push([index]);
    if (groups.at(-1)?.length === 1 || end(index) > reach) reach = end(index);
  }
  return groups;
}

function statementOf(tallies: readonly Tally[], users: number[], isByDay: (tally: Tally) => boolean): Statement {
  const chosen = users.flatMap((index) => tallies[index] ?? []);
  const [first] = chosen;
  if (!first) throw new Error('a statement without tallies'); // groups are never empty
  const sums: Sum[] = [];
  for (const each of chosen) for (const sum of each.sums) if (positionOf(sum, sums) < 0) sums.push(sum);
  const from = chosen.some((t) => t.opening) ? null : chosen.reduce((least, t) => (t.from < least ? t.from : least), first.from);
  const to = chosen.reduce((most, t) => (t.to > most ? t.to : most), first.to);
  const grain = isByDay(first) ? 'day' : finest(chosen.map((t) => t.grain));
  const edges = new Set(chosen.flatMap((t) => [t.from, addDays(t.to, 1)]).filter((date) => date <= to && (from === null || date > from)));
  const cuts = [...edges].filter((date) => grain === null || startOf(grain, date) !== date).sort();
  return { tally: sharedOf(first), from, to, grain, cuts, sums, users };
}

function sharedOf({ fact, on, by, keep, bin, matureDays, where, filter, through }: Tally): Statement['tally'] {
  return { fact, on, by, keep, bin, matureDays, where, filter, through };
}

function finest(grains: (Grain | null)[]): Grain | null {
  return (['day', 'week', 'month', 'quarter', 'year'] as const).find((grain) => grains.includes(grain)) ?? null;
}

/** What all sums ask of a row can be asked of it before it is grouped. */
export function sharedConditions(sums: readonly Sum[]): readonly Condition[] {
  const [first, ...others] = sums;
  return first ? first.where.filter((c) => others.every((sum) => sum.where.some((other) => isSame(other, c)))) : [];
}

/** Whether two pieces of a tally say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
