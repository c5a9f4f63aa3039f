import type { Budget } from '../budget.ts';
import { otherCode } from '../catalog.ts';
import type { DateName } from '../model/measure.ts';
import type { DimensionName } from '../model/dimensions.ts';
import type { Sum, Tally, TallyRow, Through } from '../model/tally.ts';
import { dateColumns } from '../sql/conditions.ts';
import { planStatements, rowsFor, sharedConditions, type Statement, type StatementRow } from '../sql/statements.ts';
import { binsOf, waitedSeconds } from './bins.ts';
import { nothing, type Held } from './columns.ts';
import { bucketOf, dateOf, dayOf } from './days.ts';
import { bandCodes, isBand, Then, type Facts, type FactView } from './facts.ts';
import { allRows, copyOf, keepBetween, keepByThen, keepCodes, keepConditions, keepFilter, keepScores, type Selection } from './select.ts';

/** What a request finds once and uses in several statements. */
interface Pass {
  facts: Facts;
  /** The cases that each list of search terms finds, by its JSON. */
  texts: ReadonlyMap<string, ReadonlySet<number>>;
  filtered: Map<string, Selection>;
  bands: Map<string, Held>;
}

/**
 * Answers tallies from facts in memory, with the same integers as SQL gives.
 * @param texts the cases that each list of search terms of the tallies finds, by its JSON
 * @throws BadInput when there are more groups or rows than the budget has, or it takes too long
 */
export async function tallyFacts(
  facts: Facts,
  tallies: readonly Tally[],
  texts: ReadonlyMap<string, ReadonlySet<number>>,
  budget: Budget,
): Promise<TallyRow[][]> {
  const answers: TallyRow[][] = tallies.map(() => []);
  const pass: Pass = { facts, texts, filtered: new Map(), bands: new Map() };
  let { version } = facts;
  for (const statement of planStatements(tallies, true)) {
    await budget.rest();
    // Facts may have changed while others had their turn.
    if (version !== facts.version) {
      pass.filtered.clear();
      pass.bands.clear();
      ({ version } = facts);
    }
    const rows = run(pass, statement, budget);
    const done = new Map<string, TallyRow[]>();
    for (const index of statement.users) {
      const tally = tallies[index];
      if (!tally) continue;
      const key = JSON.stringify(tally);
      let own = done.get(key);
      if (!own) {
        done.set(key, (own = rowsFor(tally, statement, rows)));
        budget.spend('tallied', own.length);
      }
      answers[index] = own;
    }
  }
  return answers;
}

function run(pass: Pass, statement: Statement, budget: Budget): StatementRow[] {
  const { tally, sums, from, to } = statement;
  const view = pass.facts.view(tally.fact);
  const then = new Then(tally.through);
  const { on, at } = columnsOfDate(tally.on);
  const dates = view.column(on);
  const selection = copyOf(filtered(pass, tally, view, then));
  keepBetween(selection, dates, from === null ? -Infinity : dayOf(from), dayOf(to));
  if (at && (at !== 'received_at' || tally.matureDays > 0))
    keepByThen(selection, view.column(at), view.column('source'), new Then(tally.through, tally.matureDays));
  keepConditions(selection, [...tally.where, ...sharedConditions(sums)], view, then);

  const groups = groupRows(selection, statement, dates, keysOf(pass, tally, selection, view, then), budget);
  const found = groups.found.map(({ date, keys }): StatementRow => ({ date, keys, bins: null, sums: sums.map(() => 0) }));
  const parts = new Map<string, Selection>();
  sums.forEach((sum, s) => {
    const key = JSON.stringify(sum.where);
    let part = parts.get(key);
    if (!part) {
      part = sum.where.length ? copyOf(selection) : selection;
      if (sum.where.length) keepConditions(part, sum.where, view, then);
      parts.set(key, part);
    }
    const totals = totalsOf(sum, part, groups, view, then);
    found.forEach((row, g) => (row.sums[s] = totals[g] ?? 0));
  });
  if (tally.bin) {
    const lists = binLists(selection, binsOf(selection, tally.bin, view, then), groups);
    found.forEach((row, g) => (row.bins = lists[g] ?? []));
  }
  return found;
}

/** The rows of a fact that a request looks at: those known, of the sources and of the filter. */
function filtered(pass: Pass, tally: Statement['tally'], view: FactView, then: Then): Selection {
  const { fact, filter, through } = tally;
  const key = JSON.stringify([fact, filter, through]);
  let selection = pass.filtered.get(key);
  if (selection) return selection;
  selection = allRows(view);
  const { sources, isAll } = through;
  const known = sources.map((s) => s.source);
  if (!isAll) keepCodes(selection, view.column('source'), known, true);
  if (fact !== 'survey') keepByThen(selection, view.column('received_at'), view.column('source'), then);
  const casesOf = {
    text: filter.text.length ? (pass.texts.get(JSON.stringify(filter.text)) ?? new Set<number>()) : null,
    score: () => casesWithScore(pass.facts, filter.range.score ?? [null, null], then),
  };
  const codes = (name: DimensionName) => codesOf(pass, name, view, tally, then);
  keepFilter(selection, filter, { view, then, codes, isSurvey: fact === 'survey', casesOf });
  pass.filtered.set(key, selection);
  return selection;
}

function casesWithScore(facts: Facts, score: readonly [number | null, number | null], then: Then): ReadonlySet<number> {
  const view = facts.view('survey');
  const answered = allRows(view);
  keepScores(answered, score, view, then);
  const cases = view.column('case_id');
  const found = new Set<number>();
  for (let i = 0; i < answered.count; i++) found.add(cases[answered.rows[i] ?? 0] ?? NaN);
  return found;
}

function columnsOfDate(name: DateName): { on: string; at: string | null } {
  const { on, at } = dateColumns[name];
  const bare = (column: string) => column.replace(/^f\./, '');
  return { on: bare(on), at: at && bare(at) };
}

function codesOf(pass: Pass, name: DimensionName, view: FactView, { fact, through }: { fact: string; through: Through }, then: Then): Held {
  const column = view.codes(name);
  if (column || !isBand(name)) return column ?? new Int32Array(view.size);
  const key = JSON.stringify([fact, name, through]);
  let codes = pass.bands.get(key);
  if (!codes) pass.bands.set(key, (codes = bandCodes(view, name, then)));
  return codes;
}

/** The codes of what rows are split by, in the order of `by`; with `keep`, other codes than the kept ones are one. */
function keysOf(pass: Pass, tally: Statement['tally'], { rows, count }: Selection, view: FactView, then: Then): Held[] {
  const columns = tally.by.map((name) => codesOf(pass, name, view, tally, then));
  const { keep } = tally;
  if (!keep) return columns;
  const [first] = columns;
  if (columns.length === 1 && first) {
    const kept = new Set(keep.map((codes) => codes[0]));
    return [first.map((code) => (kept.has(code) ? code : otherCode))];
  }
  const kept = new Set(keep.map((codes) => codes.join(',')));
  const keys = columns.map(() => new Int32Array(view.size));
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    const isKept = kept.has(columns.map((column) => column[row]).join(','));
    for (const [k, column] of columns.entries()) (keys[k] ?? column)[row] = isKept ? (column[row] ?? 0) : otherCode;
  }
  return keys;
}

interface Groups {
  /** Which group each row of the fact is in, by position; only selected rows mean anything. */
  of: Int32Array;
  found: { date: string; keys: number[] }[];
}

/** Cells of a table of all dates and keys up to which one is kept; beyond it groups are looked up by what they are. */
const mostCells = 4_194_304;
/** Keys up to which cells have numbers, with dates of ten thousand years. */
const mostNumbered = 2 ** 31;

function groupRows({ rows, count }: Selection, statement: Statement, dates: Held, keys: readonly Held[], budget: Budget): Groups {
  const of = new Int32Array(dates.length);
  const found: Groups['found'] = [];
  const dateAt = datesOf(statement);
  const dateNames: string[] = [];
  const positions = new Map<string, number>();
  const byDay = new Map<number, number>();
  const positionOf = (day: number): number => {
    const date = dateAt(day);
    let position = positions.get(date);
    if (position === undefined) {
      positions.set(date, (position = dateNames.length));
      dateNames.push(date);
    }
    byDay.set(day, position);
    return position;
  };
  // A code may be -1 (other), so each has one place more than its largest.
  const widths = keys.map((column) => widest(column, rows, count) + 2);
  const width = widths.reduce((product, w) => product * w, 1);
  let cells = new Int32Array(0);
  const named = new Map<number | string, number>();
  // Numbers of cells beyond 2^53 would fall together.
  const isNumbered = width <= mostNumbered;
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    const day = dates[row] ?? 0;
    let cell = byDay.get(day) ?? positionOf(day);
    for (let k = 0; k < keys.length; k++) cell = cell * (widths[k] ?? 1) + (keys[k]?.[row] ?? 0) + 1;
    const isTabled = cell < mostCells && width <= mostCells;
    const name = isNumbered ? cell : [byDay.get(day), ...keys.map((column) => column[row])].join();
    if (isTabled && cell >= cells.length) cells = enlarged(cells, cell, width);
    let group = isTabled ? (cells[cell] ?? 0) - 1 : (named.get(name) ?? -1);
    if (group < 0) {
      group = found.length;
      if (isTabled) cells[cell] = group + 1;
      else named.set(name, group);
      found.push({ date: dateNames[byDay.get(day) ?? 0] ?? '', keys: keys.map((column) => column[row] ?? 0) });
      if ((found.length & 1023) === 0) budget.spend('groups', 1024);
    }
    of[row] = group;
  }
  budget.spend('groups', found.length & 1023);
  return { of, found };
}

function enlarged(cells: Int32Array, cell: number, width: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(cell + width, cells.length * 2));
  larger.set(cells);
  return larger;
}

function widest(column: Held, rows: Int32Array, count: number): number {
  let most = 0;
  for (let i = 0; i < count; i++) {
    const code = column[rows[i] ?? 0] ?? 0;
    if (code > most) most = code;
  }
  return most;
}

/** The first date a row of a day can be about, as the rows of a statement have it. */
function datesOf({ from, grain, cuts }: Statement): (day: number) => string {
  return (day) => {
    const date = dateOf(day);
    const cut = cuts.findLast((c) => c <= date) ?? '';
    const bucket = grain ? bucketOf(day, grain) : '';
    const latest = cut > bucket ? cut : bucket;
    return from !== null && latest < from ? from : latest;
  };
}

/** A sum of some rows by group. */
function totalsOf(sum: Sum, { rows, count }: Selection, { of, found }: Groups, view: FactView, then: Then): Float64Array {
  const totals = new Float64Array(found.length);
  if (sum.column === 1) {
    for (let i = 0; i < count; i++) {
      const group = of[rows[i] ?? 0] ?? 0;
      totals[group] = (totals[group] ?? 0) + 1;
    }
    return totals;
  }
  if (sum.column === 'case') {
    // The issues of a case stand side by side, so that a case is new where it is not the last one of its group.
    const cases = view.column('case_id');
    const last = new Float64Array(found.length).fill(NaN);
    for (let i = 0; i < count; i++) {
      const row = rows[i] ?? 0;
      const group = of[row] ?? 0;
      if (last[group] === cases[row]) continue;
      last[group] = cases[row] ?? NaN;
      totals[group] = (totals[group] ?? 0) + 1;
    }
    return totals;
  }
  const valueOf = valuesOf(sum.column, view, then);
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    const value = valueOf(row);
    const group = of[row] ?? 0;
    if (!Number.isNaN(value)) totals[group] = (totals[group] ?? 0) + value;
  }
  return totals;
}

/** What a sum adds up (`Sum.column`), by position; NaN for nothing. */
function valuesOf(name: string, view: FactView, then: Then): (row: number) => number {
  if (name === 'waited_minutes' || name === 'waited_hours_squared') {
    const waited = waitedSeconds(view, then);
    return name === 'waited_minutes' ? (row) => Math.trunc(waited(row) / 60) : (row) => Math.trunc(waited(row) / 3600) ** 2;
  }
  if (name === 'redress_hundreds_squared') {
    const amounts = view.column('redress_minor');
    return (row) => Math.trunc((amounts[row] ?? NaN) / 100) ** 2;
  }
  if (name.endsWith('_squared')) {
    const valueOf = valuesOf(name.slice(0, -'_squared'.length), view, then);
    return (row) => valueOf(row) ** 2;
  }
  const column = view.column(name);
  return (row) => (column[row] === nothing ? NaN : (column[row] ?? NaN));
}

/** The bins of each group as bin, count, bin, count, …, ascending. */
function binLists({ rows, count }: Selection, bins: Int32Array, { of, found }: Groups): number[][] {
  const sizes = new Int32Array(found.length + 1);
  for (let i = 0; i < count; i++) {
    if (bins[i] === nothing) continue;
    const next = (of[rows[i] ?? 0] ?? 0) + 1;
    sizes[next] = (sizes[next] ?? 0) + 1;
  }
  for (let g = 0; g < found.length; g++) sizes[g + 1] = (sizes[g + 1] ?? 0) + (sizes[g] ?? 0);
  const places = sizes.slice();
  const sorted = new Int32Array(sizes[found.length] ?? 0);
  for (let i = 0; i < count; i++) {
    const bin = bins[i] ?? nothing;
    if (bin === nothing) continue;
    const group = of[rows[i] ?? 0] ?? 0;
    const place = places[group] ?? 0;
    sorted[place] = bin;
    places[group] = place + 1;
  }
  return found.map((_, g) => counted(sorted.subarray(sizes[g], sizes[g + 1]).sort()));
}

function counted(bins: Int32Array): number[] {
  const list: number[] = [];
  for (let i = 0; i < bins.length;) {
    const bin = bins[i] ?? 0;
    let end = i + 1;
    while (end < bins.length && bins[end] === bin) end++;
    list.push(bin, end - i);
    i = end;
  }
  return list;
}
