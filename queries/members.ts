import { figuresOfAll, type Asked, type TallyStore } from './figures.ts';
import type { Figure } from './finish.ts';
import { isOfDuration } from './model/measure.ts';
import { measureOf, type MeasureName } from './model/measures.ts';
import type { Query } from './model/query.ts';
import { atQuery, ungrained, type Prepared, type QueryDeps } from './prepare.ts';
import { memberOrder, membersOf, orderOf, type MeasureFigures } from './table.ts';

/** The members a limit keeps, as tuples of codes; null where nothing has to be left over. */
export async function chooseMembers(deps: QueryDeps, prepared: readonly Prepared[], store: TallyStore = new Map()): Promise<Kept[]> {
  const figures = await figuresOfAll(
    deps,
    prepared.map((p) => (needsTotals(p.query) ? firstAsked(p) : null)),
    store,
  );
  const kept: Kept[] = [];
  for (const [i, p] of prepared.entries()) {
    kept.push(await atQuery(i, prepared.length, () => keptOf(p, i)));
  }
  return kept;

  async function keptOf(p: Prepared, i: number): Promise<Kept> {
    const { name } = orderOf(p.query);
    const totals = (figures[i]?.find((f) => f.name === name) ?? figures[i]?.[0])?.current.byMember ?? null;
    const all = needsTotals(p.query) ? (figures[i] ?? null) : null;
    const { limit } = p.query;
    if (limit === null || !totals) return { keep: null, totals, all };
    let members = membersOf(figures[i] ?? []);
    if (members.length < limit && !addsUp(p.query) && (p.query.measures.length > 1 || p.query.compare)) {
      // Members without the figure ordered by still have a place before the limit is reached.
      const [whole = []] = await figuresOfAll(deps, [{ prepared: ungrained(p), keep: null }], store);
      members = membersOf(whole);
    }
    if (members.length <= limit) return { keep: null, totals, all };
    const first = members.sort(memberOrder(p.query, totals, p.catalog.nameOf)).slice(0, limit);
    return { keep: first.map((member) => member.split(',').map(Number)), totals, all };
  }
}

export interface Kept {
  keep: number[][] | null;
  /** Figures of the measure ordered by over the whole window, by member. */
  totals: Map<string, Figure[]> | null;
  /** The figures of all members where they had to be known, in both windows where they add up. */
  all: MeasureFigures[] | null;
}

/** What has to be tallied of a query before its members are known: itself where nothing depends on them or its tallies add up, else what it is ordered by. */
export function firstAsked(p: Prepared): Asked {
  return { prepared: needsTotals(p.query) && !addsUp(p.query) ? totalsOf(p) : p, keep: null };
}

/** Whether the tallies of all members are few and can be added up to those of the members left over. */
function addsUp({ grain, measures }: Query): boolean {
  return grain === null && measures.every((name) => !isOfDuration(measureOf(name)) && measureOf(name).fact !== 'case_issue');
}

/** Whether members have to be known before the query itself is tallied. */
function needsTotals({ by, limit, grain, order, measures }: Query): boolean {
  if (by.length === 0) return false;
  return limit !== null || (grain !== null && measures.includes(orderOf({ order, measures }).name as MeasureName));
}

/** The same query for the figure ordered by, over the whole window. */
function totalsOf(p: Prepared): Prepared {
  const { name } = orderOf(p.query);
  const measure = p.measures.find((m) => m.name === name) ?? p.measures[0];
  const whole = ungrained(p);
  return { ...whole, query: { ...whole.query, compare: null }, before: null, measures: measure ? [measure] : [] };
}
