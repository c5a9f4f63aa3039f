import { isoText } from '../etl/time.ts';
import { openBudget, type Budget } from './budget.ts';
import { sqlExecutor } from './executor.ts';
import { figuresOfAll, readAhead, type Asked, type TallyStore } from './figures.ts';
import { compareFairly, fairKeys, isNamed, writeFair, type FairFigures } from './insights/fair-table.ts';
import { chooseMembers, firstAsked, type Kept } from './members.ts';
import { wholeOf, writeVerdicts } from './insights/against-whole.ts';
import { writeChanges } from './insights/changes.ts';
import { addPareto } from './insights/pareto-table.ts';
import { measureOf, type MeasureName } from './model/measures.ts';
import { formatCount, formatDate } from './model/number.ts';
import type { Query } from './model/query.ts';
import type { AnswerJson, Note, TableJson } from './model/wire.ts';
import { judgeRows, judgingOf, type Judging } from './judge.ts';
import { atQuery, prepareAll, type Prepared, type QueryDeps } from './prepare.ts';
import { columnsOf, memberOrder, membersOf, orderOf, rowsOfTable, type MeasureFigures } from './table.ts';
import { comparedDates } from './windows.ts';

/**
 * Answers queries: tallies, figures, rows (DESIGN §6). Statements that several queries share run once.
 * @param clock milliseconds, for `elapsedMs`
 * @throws BadInput for unknown labels (with near names), and for answers too large, naming what to narrow; the field begins with the query's position
 */
export async function answer(
  given: QueryDeps,
  queries: readonly Query[],
  clock: () => number = () => performance.now(),
): Promise<AnswerJson> {
  const start = clock();
  const budget = given.budget ?? openBudget(given.bounds, clock);
  const prepared = await prepareAll({ ...given, budget }, queries);
  // Only now, so that no fact is older than the time until which they are said to be known.
  const executor = (await given.cube?.executor()) ?? sqlExecutor(given.reader);
  const deps = { ...given, budget, executor };
  const store: TallyStore = new Map();
  const judging = await judgingOf(deps.reader, prepared, deps.sight);
  const wholes = prepared.map((p) => (p.query.against ? wholeOf(p) : null));
  const ahead = [...judging.flatMap(judgedAhead), ...wholes.filter((whole) => whole !== null)];
  await readAhead(deps, [...prepared.map(firstAsked), ...ahead], store);
  const kept = await chooseMembers(deps, prepared, store);
  const tables = await finishAll(deps, prepared, kept, judging, store);
  const figuresOfWholes = await figuresOfAll(deps, wholes, store);
  tables.forEach((table, i) => writeVerdicts(table.rows, prepared[i]?.query, figuresOfWholes[i] ?? []));
  const asOf = tables.reduce((latest, table) => (table.asOf > latest ? table.asOf : latest), tables[0]?.asOf ?? isoText(deps.now()));
  return { tables, asOf, engine: executor.name, elapsedMs: Math.round((clock() - start) * 10) / 10 };
}

async function finishAll(
  deps: QueryDeps & { budget: Budget },
  prepared: readonly Prepared[],
  kept: readonly Kept[],
  judging: readonly (Judging | null)[],
  store: TallyStore,
): Promise<TableJson[]> {
  const keepOf = (i: number) => kept[i]?.keep ?? null;
  const all = await figuresOfAll(
    deps,
    [
      ...prepared.map((p, i) => ({ prepared: p, keep: keepOf(i) })),
      ...judging.map((j, i) => j && { prepared: j.prepared, keep: keepOf(i) }),
    ],
    store,
  );
  const tables: TableJson[] = [];
  for (const [i, p] of prepared.entries()) {
    tables.push(
      await atQuery(i, prepared.length, async () => {
        const judged = { judging: judging[i] ?? null, figures: all[prepared.length + i] ?? [] };
        const fair = p.query.fair ? await compareFairly(deps, p, store) : null;
        return finish(p, all[i] ?? [], kept[i] ?? null, { judged, fair }, deps.budget);
      }),
    );
  }
  return tables;
}

/** The wider window of a query is read with the query itself where its members need not be known first. */
function judgedAhead(judging: Judging | null): Asked[] {
  const first = judging && firstAsked(judging.prepared);
  return first && first.prepared === judging.prepared ? [first] : [];
}

async function finish(
  p: Prepared,
  figures: MeasureFigures[],
  kept: Kept | null,
  { judged, fair }: { judged: { judging: Judging | null; figures: MeasureFigures[] }; fair: FairFigures | null },
  budget: Budget,
): Promise<TableJson> {
  const { query, scope, catalog, current, before } = p;
  const named = query.by.length ? membersOf(figures) : [''];
  const members = fair ? [...new Set([...named, ...fairKeys(fair)])] : named;
  const columns = columnsOf(query);
  budget.spend('rows', members.length * current.stretches.length);
  budget.spend('values', members.length * current.stretches.length * columns.length);
  const { name } = orderOf(query);
  members.sort(memberOrder(query, kept?.totals ?? figures.find((f) => f.name === name)?.current.byMember ?? null, catalog.nameOf));
  let rows = await rowsOfTable(query, figures, members, current.stretches, catalog.nameOf, budget);
  await writeChanges(p, rows, members, figures, budget);
  const limits = query.signals ? judgeRows(p, rows, members, judged.judging, judged.figures) : null;
  if (fair) {
    // Without a grain there is one row a member.
    rows.forEach((row, i) => writeFair(row, query, members[i] ?? '', fair));
    rows = rows.filter((row) => isNamed(row, query));
  }
  if (name === 'period' && query.grain) {
    const sign = orderOf(query).isDescending ? -1 : 1;
    rows.sort((a, b) => sign * (String(a.period) < String(b.period) ? -1 : a.period === b.period ? 0 : 1));
  }
  const pareto = query.pareto ? addPareto(query, rows, kept?.all ?? figures, catalog.nameOf) : null;
  return {
    columns,
    rows,
    ...(pareto && { pareto }),
    windows: { current: { from: query.from, to: query.to }, ...(before && { before: comparedDates(query, before) }) },
    notes: [
      ...p.measures.flatMap((m) => m.notes),
      ...exclusionNotes(figures),
      ...lagNotes(figures),
      ...periodNotes(p),
      ...judgeNotes(query),
    ],
    ...(limits && { limits }),
    asOf: isoText(scope.at),
  };
}

function exclusionNotes(figures: readonly MeasureFigures[]): Note[] {
  return figures.flatMap(({ name, current }) => {
    const cases = (n: number) => `${formatCount(n)} ${n === 1 ? 'case' : 'cases'}`;
    return [
      ...(current.impossible
        ? [
            {
              measure: name,
              source: null,
              message: `${cases(current.impossible)} with times in an impossible order ${current.impossible === 1 ? 'is' : 'are'} left out`,
            },
          ]
        : []),
      ...(current.unknownEnds
        ? [
            {
              measure: name,
              source: null,
              message: `${cases(current.unknownEnds)} that ended on an unknown date ${leftOut(name, current.unknownEnds)}`,
            },
          ]
        : []),
    ];
  });
}

function leftOut(name: MeasureName, count: number): string {
  const be = count === 1 ? 'is' : 'are';
  return measureOf(name).kind === 'stock' ? `${be} counted neither as open nor as closed` : `${be} left out`;
}

/** One a source, whichever measures cannot be compared for it. */
function lagNotes(figures: readonly MeasureFigures[]): Note[] {
  const lagging = new Map(figures.flatMap((f) => f.lag?.sources ?? []).map((source) => [source.source, source]));
  // In one order, whatever finds them first.
  const inOrder = [...lagging.values()].sort((a, b) => a.source - b.source);
  return inOrder.map(({ name, known }) => ({
    measure: null,
    source: name,
    message: `${name} is known only until ${formatDate(known.date)}; what came after is not compared with before`,
  }));
}

function judgeNotes({ signals, grain }: Query): Note[] {
  if (!signals || grain !== 'day') return [];
  return [{ measure: null, source: null, message: 'by days no typical range is shown, since weekdays differ; by weeks there is one' }];
}

function periodNotes({ current, scope }: Prepared): Note[] {
  if (current.stretches.length > 0) return [];
  return [
    { measure: null, source: null, message: `nothing is known of this period yet: the sources end on ${formatDate(scope.today.date)}` },
  ];
}
