import { budgetOf } from './budget.ts';
import { businessAgeOf } from './business.ts';
import { otherCode } from './catalog.ts';
import { sqlExecutor } from './executor.ts';
import { figuresOf } from './finish.ts';
import type { MeasureName } from './model/measures.ts';
import { talliesOf, type Frame, type Tally, type TallyRow, type Through } from './model/tally.ts';
import { atQuery, type Prepared, type QueryDeps } from './prepare.ts';
import type { MeasureFigures } from './table.ts';
import { everything } from './sight.ts';
import { withSmallTeams } from './small-teams.ts';
import { laggingOf, lagOf, lagTally } from './lag.ts';
import type { WindowPlan } from './windows.ts';

/** A query to be tallied, and the members a limit keeps of it. */
export interface Asked {
  prepared: Prepared;
  keep: number[][] | null;
}

/**
 * Runs the tallies of several queries together and finishes each measure of each; nothing for null.
 * @throws BadInput when there would be too many figures, beginning with the position of the query
 */
export async function figuresOfAll(deps: QueryDeps, asked: readonly (Asked | null)[], store: TallyStore): Promise<MeasureFigures[][]> {
  const plans = asked.map((one) => (one ? planOf(one) : []));
  const tallies = plans.flatMap((plan) => plan.flatMap(talliesIn));
  await tallyOnce(deps, tallies, store);
  const rowsOf = (planned: Tally[]): TallyRow[][] => planned.map((tally) => store.get(JSON.stringify(tally)) ?? []);
  const budget = budgetOf(deps);
  const answers: MeasureFigures[][] = [];
  for (const [i, plan] of plans.entries()) {
    const figures = await atQuery(i, plans.length, async () => {
      const list: MeasureFigures[] = [];
      for (const { prepared: p, name, isMissing, current, before, lag } of plan) {
        list.push({
          name,
          isMissing,
          current: await figuresOf(name, rowsOf(current), p.current, p.minorUnits, budget),
          before: p.before && (await figuresOf(name, rowsOf(before), p.before, p.minorUnits, budget)),
          lag: p.before && lag ? lagOf(rowsOf([lag])[0] ?? [], p.current, p.before, laggingOf(p)) : null,
        });
        await budget.rest();
      }
      return list;
    });
    answers.push(figures);
  }
  return answers;
}

/** Reads the tallies of queries into the store of a request, all at once: what is asked later finds them there. */
export async function readAhead(deps: QueryDeps, asked: readonly Asked[], store: TallyStore): Promise<void> {
  await tallyOnce(deps, asked.flatMap(planOf).flatMap(talliesIn), store);
}

function planOf({ prepared, keep }: Asked) {
  return prepared.measures.map(({ name, through, isMissing }) => {
    const over = (window: WindowPlan | null): Tally[] =>
      !window || isMissing || window.stretches.length === 0 ? [] : measureTallies(prepared, name, through, window, keep);
    const before = over(prepared.before);
    return { prepared, name, isMissing, current: over(prepared.current), before, lag: lagTally(prepared, name, before) };
  });
}

function talliesIn({ current, before, lag }: ReturnType<typeof planOf>[number]): Tally[] {
  return [...current, ...before, ...(lag ? [lag] : [])];
}

/** The rows of tallies, each read once in a request. */
export async function readTallies(deps: QueryDeps, tallies: readonly Tally[], store: TallyStore): Promise<TallyRow[][]> {
  await tallyOnce(deps, tallies, store);
  return tallies.map((tally) => store.get(JSON.stringify(tally)) ?? []);
}

/** The rows of tallies that a request has already read. */
export type TallyStore = Map<string, TallyRow[]>;

/** Runs the tallies a request has not run yet. One that leaves members over is added up from the same tally of all members where that adds up. */
async function tallyOnce(deps: QueryDeps, tallies: readonly Tally[], store: TallyStore): Promise<void> {
  const missing = new Map<string, Tally>();
  for (const tally of tallies) {
    const key = JSON.stringify(tally);
    if (store.has(key)) continue;
    const whole = tally.keep && tally.fact !== 'case_issue' ? store.get(JSON.stringify({ ...tally, keep: null })) : undefined;
    if (whole) store.set(key, leaveOver(whole, tally.keep ?? []));
    else missing.set(key, tally);
  }
  const executor = withSmallTeams(deps.executor ?? sqlExecutor(deps.reader), deps.sight ?? everything);
  const found = await executor.tally([...missing.values()], budgetOf(deps));
  [...missing.keys()].forEach((key, i) => store.set(key, found[i] ?? []));
}

function leaveOver(rows: readonly TallyRow[], keep: readonly (readonly number[])[]): TallyRow[] {
  const kept = new Set(keep.map((codes) => codes.join(',')));
  return rows.map((row) => (kept.has(row.keys.join(',')) ? row : { ...row, keys: row.keys.map(() => otherCode) }));
}

/** The tallies of one measure over a window. */
export function measureTallies(p: Prepared, name: MeasureName, through: Through, window: WindowPlan, keep: number[][] | null): Tally[] {
  const { query, scope, currency } = p;
  const frame: Frame = {
    from: window.from,
    to: window.to,
    grain: window.grain,
    by: query.by,
    keep,
    filter: scope.filter,
    through,
    business: query.time === 'business' ? businessAgeOf(p.business.rules, through, p.catalog) : null,
    currency,
  };
  return talliesOf(name, frame);
}
