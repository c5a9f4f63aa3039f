import { otherCode } from './catalog.ts';
import { figuresOf } from './finish.ts';
import type { MeasureName } from './model/model.ts';
import { talliesOf, type Frame, type Tally, type TallyRow, type Through } from './model/tally.ts';
import type { Prepared, QueryDeps } from './prepare.ts';
import { runTallies } from './sql/tallies.ts';
import type { MeasureFigures } from './table.ts';
import type { WindowPlan } from './windows.ts';

/** Runs the tallies of several queries together and finishes each measure of each. */
export async function figuresOfAll(
  deps: QueryDeps,
  asked: readonly ({ prepared: Prepared; keep: number[][] | null } | null)[],
  store: TallyStore,
): Promise<MeasureFigures[][]> {
  const tallies: Tally[] = [];
  const take = (p: Prepared, m: Prepared['measures'][number], window: WindowPlan | null, keep: number[][] | null): number[] => {
    if (!window || m.isMissing || window.stretches.length === 0) return [];
    return measureTallies(p, m.name, m.through, window, keep).map((tally) => tallies.push(tally) - 1);
  };
  const plans = asked.map((one) =>
    one?.prepared.measures.map((m) => ({
      m,
      current: take(one.prepared, m, one.prepared.current, one.keep),
      before: take(one.prepared, m, one.prepared.before, one.keep),
    })),
  );
  const rows = await tallyOnce(deps, tallies, store);
  const pick = (positions: number[]): TallyRow[][] => positions.map((position) => rows[position] ?? []);
  return asked.map((one, i) =>
    (plans[i] ?? []).map(({ m, current, before }): MeasureFigures => {
      const p = one?.prepared;
      if (!p) throw new Error('figures without a query'); // plans exist only where a query does
      return {
        name: m.name,
        isMissing: m.isMissing,
        current: figuresOf(m.name, pick(current), p.current, p.minorUnits),
        before: p.before && figuresOf(m.name, pick(before), p.before, p.minorUnits),
      };
    }),
  );
}

/** The rows of tallies that a request has already read. */
export type TallyStore = Map<string, TallyRow[]>;

/** Runs the tallies a request has not run yet. One that leaves members over is added up from the same tally of all members where that adds up. */
async function tallyOnce(deps: QueryDeps, tallies: readonly Tally[], store: TallyStore): Promise<TallyRow[][]> {
  const wanted = tallies.map((tally) => ({
    tally,
    key: JSON.stringify(tally),
    whole: tally.keep && tally.fact !== 'case_issue' ? JSON.stringify({ ...tally, keep: null }) : '',
  }));
  for (const { tally, key, whole } of wanted) {
    const rows = store.get(whole);
    if (rows && !store.has(key)) store.set(key, leaveOver(rows, tally.keep ?? []));
  }
  const missing = wanted.filter(({ key }) => !store.has(key));
  const found = await runTallies(
    deps.reader,
    missing.map((m) => m.tally),
    deps.bounds,
  );
  missing.forEach(({ key }, i) => store.set(key, found[i] ?? []));
  return wanted.map(({ key }) => store.get(key) ?? []);
}

function leaveOver(rows: readonly TallyRow[], keep: readonly (readonly number[])[]): TallyRow[] {
  const kept = new Set(keep.map((codes) => codes.join(',')));
  return rows.map((row) => (kept.has(row.keys.join(',')) ? row : { ...row, keys: row.keys.map(() => otherCode) }));
}

/** The tallies of one measure over a window. */
function measureTallies(p: Prepared, name: MeasureName, through: Through, window: WindowPlan, keep: number[][] | null): Tally[] {
  const { query, scope, currency } = p;
  const frame: Frame = {
    from: window.from,
    to: window.to,
    grain: window.grain,
    by: query.by,
    keep,
    filter: scope.filter,
    through,
    business: query.time === 'business',
    currency,
  };
  return talliesOf(name, frame);
}

