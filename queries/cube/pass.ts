import type { Budget } from '../budget.ts';
import type { DateName } from '../model/measure.ts';
import type { DimensionName } from '../model/dimensions.ts';
import type { Sum, Tally, Through } from '../model/tally.ts';
import { dateColumns } from '../sql/conditions.ts';
import { isSame, sharedConditions, type Statement, type StatementRow } from '../sql/statements.ts';
import { binLists, binReader, makeRoom, openBins, waitedSeconds, type BinCounts, type BinReader } from './bins.ts';
import { chunkRows, constantChunk, PassingColumn, valueAt, type RangedColumn } from './chunk.ts';
import { dayOf } from './days.ts';
import { bandCodes, isBand, Then, type Facts, type FactView, type Selection } from './facts.ts';
import { groupsOf, type Groups } from './groups.ts';
import { Kernel } from './kernel.ts';
import { packings } from './packed.ts';
import { between, byThen, listed, testsOf, testsOfFilter, type FoundCases, type Test } from './tests.ts';

/** Up to how many places sums and bins have tables of everything there could be; beyond it only what is met has a place. */
export interface Room {
  sums: number;
  bins: number;
}

/** Adds up the rows of some chunks for statements that look at the same rows, but for their dates and conditions. */
export interface Pass {
  /** How many groups its statements may have. */
  mostGroups: number;
  /** Adds up the rows of a chunk. */
  over: (index: number) => void;
  /**
   * What has been added up, of each statement.
   * @throws BadInput when there are more groups than the budget has
   */
  rows: () => StatementRow[][];
}

/** What a pass is told beside the statements. */
export interface Means {
  found: FoundCases;
  budget: Pick<Budget, 'spend' | 'most'>;
  room: Room;
}

/** Equal for statements that look at the same rows, but for their dates and conditions. */
export function passKey({ tally: { fact, filter, through } }: Statement): string {
  return JSON.stringify([fact, filter, through]);
}

/** Opens a pass over the facts as they are now, for statements with the same {@link passKey}. */
export function openPass(facts: Pick<Facts, 'view' | 'selections' | 'version'>, statements: readonly Statement[], means: Means): Pass {
  const [first] = statements;
  if (!first) return { mostGroups: 0, over: () => undefined, rows: () => [] };
  const { fact, filter, through } = first.tally;
  const key = passKey(first);
  const view = facts.view(fact);
  const then = new Then(through);
  const bands = new Map<DimensionName, RangedColumn>();
  const codes = (name: DimensionName): RangedColumn => {
    const column = view.codes(name) ?? bands.get(name);
    if (column) return column;
    const made = isBand(name) ? bandCodes(view, name, then) : new PassingColumn(() => constantChunk(0), { least: 0, most: 0 });
    bands.set(name, made);
    return made;
  };
  const tests = [...knownTests(fact, through, view, then), ...testsOfFilter(filter, { view, then, codes, found: means.found })];
  const selections = facts.selections.find(key, facts.version) ?? [];
  if (selections.length === 0) facts.selections.keep(key, facts.version, selections, 0);
  const keep = ({ places: found, count }: Selection): Selection => {
    // The places found are written over by the next to ask.
    const selection = { places: found && found.slice(0, count), count };
    facts.selections.grow(key, selection.places?.byteLength ?? 0);
    return selection;
  };
  const adders = statements.map((statement) => adderOf(statement, view, codes, means));
  return {
    mostGroups: adders.reduce((sum, { size }) => sum + size, 0),
    over(index) {
      const selection = (selections[index] ??= keep(select(tests, view, index)));
      if (selection.count > 0) for (const adder of adders) adder.add(index, selection);
    },
    rows: () => adders.map(({ rows }) => rows()),
  };
}

const places = new Uint16Array(chunkRows + 1);

/** The rows of a chunk that meet all of some tests; their places are written over by the next to ask. */
export function select(tests: readonly Test[], view: FactView, index: number): Selection {
  const rows = view.rowsIn(index);
  const kernel = new Kernel(index);
  const meets = kernel.meets(tests);
  if (meets === false) return { places: null, count: 0 };
  if (meets === true) return { places: null, count: rows };
  const [found, count] = [kernel.give(places), kernel.number(rows)];
  // Without a branch: which rows are kept is hard to foresee.
  const kept = kernel.run(`let n = 0;\nfor (let r = 0; r < ${count}; r++) {\n${found}[n] = r;\nn += ${meets};\n}\nreturn n;`);
  return { places, count: Number(kept) };
}

/** Rows that count, of the sources known. */
function knownTests(fact: Tally['fact'], { sources, isAll }: Through, view: FactView, then: Then): Test[] {
  return [
    between(view.alive, 1, 1),
    ...(isAll ? [] : [listed(view.column('source'), sources.map((s) => s.source))]),
    ...(fact === 'survey' ? [] : [byThen(view.column('received_at'), view, then)]),
  ]; // prettier-ignore
}

function columnsOfDate(name: DateName): { on: string; at: string | null } {
  const { on, at } = dateColumns[name];
  const bare = (column: string) => column.replace(/^f\./, '');
  return { on: bare(on), at: at && bare(at) };
}

/** Adds up rows for one statement. */
interface Adder {
  /** Groups there can be. */
  size: number;
  add: (index: number, selection: Selection) => void;
  rows: () => StatementRow[];
}

function adderOf(statement: Statement, view: FactView, codes: (name: DimensionName) => RangedColumn, { budget, room }: Means): Adder {
  const { tally, from, to } = statement;
  const then = new Then(tally.through);
  const { on, at } = columnsOfDate(tally.on);
  const dates = view.column(on);
  const shared = sharedConditions(statement.sums);
  const tests = [
    between(dates, from === null ? -Infinity : dayOf(from), dayOf(to)),
    ...(at && (at !== 'received_at' || tally.matureDays > 0)
      ? [byThen(view.column(at), view, new Then(tally.through, tally.matureDays))]
      : []),
    ...testsOf([...tally.where, ...shared], view, then),
  ];
  const groups = groupsOf(statement, { dates, keys: tally.by.map(codes) }, room.sums, budget);
  const sums = statement.sums.map((sum) => sumOf(sum, shared, groups, view, then));
  const reader = tally.bin && binReader(tally.bin, view, then);
  const bins = reader && openBins(reader, groups.size, room.bins);
  return {
    size: groups.size,
    add(index, { places: selected, count }) {
      const kernel = new Kernel(index);
      const meets = kernel.meets(tests);
      if (meets === false) return;
      const group = groups.sourceIn(kernel);
      const added = sums.map((sum) => sum.sourceIn(kernel)).join('');
      const binned = reader && bins ? binSource(kernel, reader, bins, count) : '';
      const row = selected ? `${kernel.give(selected)}[i]` : 'i';
      const kept = meets === true ? '' : `if ((${meets}) === 0) continue;\n`;
      const loop = `for (let i = 0; i < ${kernel.number(count)}; i++) {\nconst r = ${row};\n${kept}const g = ${group};\n${added}${binned}}`;
      const used = kernel.run(bins && !bins.table ? `let n = ${kernel.number(bins.count)};\n${loop}\nreturn n;` : loop);
      if (bins && !bins.table) bins.count = Number(used);
    },
    rows() {
      const lists = bins && binLists(bins, groups.size);
      const rows: StatementRow[] = [];
      for (let group = 0; group < groups.size; group++) {
        const values = sums.map(({ totals }) => totals[group] ?? 0);
        if (values.every((value) => value === 0)) continue;
        rows.push({ ...groups.at(group), bins: lists ? (lists[group] ?? []) : null, sums: values });
      }
      budget.spend('groups', rows.length);
      return rows;
    },
  };
}

interface Adding {
  totals: Int32Array | Float64Array;
  /** The source of what adds a row to its group `g`. */
  sourceIn: (kernel: Kernel) => string;
}

function sumOf(sum: Sum, shared: readonly Tally['where'][number][], { size }: Groups, view: FactView, then: Then): Adding {
  const tests = testsOf(sum.where.filter((own) => !shared.some((other) => isSame(other, own))), view, then); // prettier-ignore
  const isCount = sum.column === 1 || sum.column === 'case';
  const totals = isCount ? new Int32Array(size) : new Float64Array(size);
  const last = sum.column === 'case' ? new Float64Array(size).fill(NaN) : null;
  return {
    totals,
    sourceIn(kernel) {
      const meets = kernel.meets(tests);
      if (meets === false) return '';
      const total = `${kernel.give(totals)}[g]`;
      if (sum.column === 1) return meets === true ? `${total}++;\n` : `${total} += ${meets};\n`;
      const when = meets === true ? '' : `if (${meets}) `;
      if (last) {
        // The issues of a case stand side by side, so that a case is new where it is not the last one of its group.
        const [before, id] = [`${kernel.give(last)}[g]`, kernel.at(view.column('case_id').chunk(kernel.index))];
        return `${when}if (${before} !== ${id}) { ${before} = ${id}; ${total}++; }\n`;
      }
      return `${when}{ ${valueSource(kernel, String(sum.column), view, then, (value) => `${total} += ${value};`)} }\n`;
    },
  };
}

/** The source of what is done with the value that a sum adds up (`Sum.column`), where there is one. */
function valueSource(kernel: Kernel, name: string, view: FactView, then: Then, use: (value: string) => string): string {
  const valueOf = workedValue(name, view, then, kernel.index);
  if (valueOf) return `const v = ${kernel.give(valueOf)}(r); if (v === v) { ${use('v')} }`;
  const chunk = view.column(name).chunk(kernel.index);
  const value = kernel.at(chunk);
  if (!chunk.hasNone) return use(value);
  return `const v = ${value}; if (${chunk.bits === 64 ? 'v === v' : `v !== ${packings[chunk.bits].none}`}) { ${use('v')} }`;
}

/** What sums add up that is no column; NaN for nothing. */
function workedValue(name: string, view: FactView, then: Then, index: number): ((row: number) => number) | null {
  if (name === 'waited_minutes' || name === 'waited_hours_squared') {
    const waited = waitedSeconds(view, then)(index);
    return name === 'waited_minutes' ? (row) => Math.trunc(waited(row) / 60) : (row) => Math.trunc(waited(row) / 3600) ** 2;
  }
  if (name === 'redress_hundreds_squared') {
    const amounts = view.column('redress_minor').chunk(index);
    return (row) => Math.trunc(valueAt(amounts, row) / 100) ** 2;
  }
  if (!name.endsWith('_squared')) return null;
  const column = view.column(name.slice(0, -'_squared'.length)).chunk(index);
  return (row) => valueAt(column, row) ** 2;
}

/** The source of what counts a row under its bin. */
function binSource(kernel: Kernel, reader: BinReader, bins: BinCounts, count: number): string {
  const isKnown = kernel.meets(reader.isKnown);
  if (isKnown === false) return '';
  makeRoom(bins, count);
  const { table, groups, places: found, ended, slots } = bins;
  const put = (place: string) =>
    table
      ? `${kernel.give(table)}[g * ${kernel.number(slots)} + ${place}]++;`
      : `${kernel.give(groups)}[n] = g; ${kernel.give(found)}[n++] = ${place};`;
  const hasReached = kernel.meets([reader.hasReached]);
  const chunk = reader.reached.chunk(kernel.index);
  const atEnd = chunk.least > chunk.most ? '' : `const b = ${kernel.at(chunk)};${chunk.hasNone ? ' if (b >= 0)' : ''} { ${put('b')} }`;
  const atAge = () => `const h = ${kernel.give(reader.hours(kernel.index))}(r); if (h === h) { ${put(`${kernel.number(ended)} + h`)} }`;
  const body = hasReached === true ? atEnd : hasReached === false ? atAge() : `if (${hasReached}) { ${atEnd} } else { ${atAge()} }`;
  return isKnown === true ? `{ ${body} }\n` : `if (${isKnown}) { ${body} }\n`;
}
