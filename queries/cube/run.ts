import type { Budget } from '../budget.ts';
import type { Tally, TallyRow } from '../model/tally.ts';
import { answerTallies, planStatements, type Statement, type StatementRow } from '../sql/statements.ts';
import { valueAt } from './chunk.ts';
import { Then, type Facts } from './facts.ts';
import { mergeRows } from './merge.ts';
import { openPass, passKey, select, type Room } from './pass.ts';
import { ThreadLost } from './thread-handle.ts';
import { between, testsOfScore, type FoundCases } from './tests.ts';
import type { Threads } from './threads.ts';

const ample: Room = { sums: 1_048_576, bins: 8_388_608 };

/** The cases that each list of search terms of a request finds, by its JSON. */
export type Texts = ReadonlyMap<string, ReadonlySet<number>>;

/** What tallies are answered with. */
export interface Means {
  texts: Texts;
  budget: Budget;
  /** Absent: ample. */
  room?: Room | undefined;
  /** Those that help; null: none. */
  threads: Threads | null;
}

/**
 * Answers tallies from facts in memory, with the same integers as SQL gives: one pass over the rows for all that ask for the same fact and filter.
 * @throws BadInput when there are more groups or rows than the budget has, or it takes too long
 */
export async function tallyFacts(facts: Facts, tallies: readonly Tally[], means: Means): Promise<TallyRow[][]> {
  const { budget } = means;
  const statements = planStatements(tallies, false);
  const found = new Map<Statement, StatementRow[]>();
  const passes = new Map<string, Statement[]>();
  for (const statement of statements) {
    const known = facts.rows.find(rowsKey(statement), facts.version);
    if (known) {
      budget.spend('groups', known.length);
      found.set(statement, known);
    } else {
      const key = passKey(statement);
      passes.set(key, [...(passes.get(key) ?? []), statement]);
    }
  }
  for (const together of passes.values()) {
    const { version, rows: all } = await passOver(facts, together, means);
    for (const [i, statement] of together.entries()) {
      const rows = all[i] ?? [];
      found.set(statement, rows);
      facts.rows.keep(rowsKey(statement), version, rows, sizeOf(rows));
    }
  }
  return answerTallies(tallies, statements, (statement) => found.get(statement) ?? [], budget);
}

/** Equal for statements with the same rows. */
function rowsKey(statement: Statement): string {
  return JSON.stringify({ ...statement, users: undefined });
}

function sizeOf(rows: readonly StatementRow[]): number {
  return rows.reduce((sum, { keys, bins, sums }) => sum + 1 + keys.length + sums.length + (bins?.length ?? 0), 0);
}

/** How often a pass begins anew because facts have changed while others had their turn; then it takes its turn to the end, alone. */
const mostRestarts = 3;

/** The rows of each statement, and the version of the facts they are of. */
async function passOver(
  facts: Facts,
  statements: readonly Statement[],
  { texts, budget, room = ample, threads }: Means,
): Promise<{ version: number; rows: StatementRow[][] }> {
  let helpers = threads;
  for (let restarts = 0; ; restarts++) {
    const isLast = restarts >= mostRestarts;
    const { version } = facts;
    const found = foundCases(facts, statements, texts);
    const pass = openPass(facts, statements, { found, budget, room });
    const shared = isLast ? null : (helpers?.share(facts, { pass, statements, found, room, budget }) ?? null);
    try {
      for (const index of shared?.chunks() ?? allChunks(facts, statements)) {
        pass.over(index);
        if (isLast) budget.check();
        else await budget.rest();
        if (facts.version !== version) break;
      }
      if (facts.version !== version) continue;
      const others = (await shared?.rows()) ?? [];
      // What is spent on rows is spent once.
      if (facts.version === version) return { version, rows: put(pass.rows(), others, budget) };
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      helpers = null;
    } finally {
      shared?.end();
    }
  }
}

/** The rows of each statement that this thread and others have added up. */
function put(own: StatementRow[][], others: readonly StatementRow[][][], budget: Budget): StatementRow[][] {
  if (others.length === 0) return own;
  return own.map((rows, i) => {
    const merged = mergeRows([rows, ...others.map((all) => all[i] ?? [])]);
    budget.spend('groups', merged.length - rows.length);
    return merged;
  });
}

function* allChunks(facts: Facts, [first]: readonly Statement[]): Generator<number> {
  const { chunks } = facts.view(first?.tally.fact ?? 'case');
  for (let index = 0; index < chunks; index++) yield index;
}

/** The cases that the filter of a pass finds by words, and by the score of their surveys. */
function foundCases(facts: Facts, [first]: readonly Statement[], texts: Texts): FoundCases {
  if (!first) return { text: null, score: null };
  const { fact, filter, through } = first.tally;
  const { score } = filter.range;
  return {
    text: filter.text.length ? (texts.get(JSON.stringify(filter.text)) ?? new Set()) : null,
    score: score && fact !== 'survey' ? casesWithScore(facts, score, new Then(through)) : null,
  };
}
function casesWithScore(facts: Facts, score: readonly [number | null, number | null], then: Then): ReadonlySet<number> {
  const view = facts.view('survey');
  const tests = [between(view.alive, 1, 1), ...testsOfScore(score, view, then)];
  const found = new Set<number>();
  for (let index = 0; index < view.chunks; index++) {
    const cases = view.column('case_id').chunk(index);
    const { places: met, count } = select(tests, view, index);
    for (let i = 0; i < count; i++) found.add(valueAt(cases, met ? (met[i] ?? 0) : i));
  }
  return found;
}
