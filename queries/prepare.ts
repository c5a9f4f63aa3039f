import type { Knex } from 'knex';
import { BadInput } from '../etl/errors.ts';
import { budgetOf, type Bounds, type Budget } from './budget.ts';
import { readBusiness, type BusinessState } from './business.ts';
import type { Cube } from './cube/cube.ts';
import type { Executor } from './executor.ts';
import { readCatalog, readSources, type Catalog, type SourceInfo } from './catalog.ts';
import { readCurrency } from './currency.ts';
import { isOfDuration } from './model/measure.ts';
import { measureOf, type MeasureName } from './model/measures.ts';
import type { Query } from './model/query.ts';
import type { Through } from './model/tally.ts';
import { businessDay, type Note, type Window } from './model/wire.ts';
import { everything, refuseHidden, rowCodes, seenCatalog, type Sight } from './sight.ts';
import { scopeOf, throughOf, type Organisation, type Scope } from './scope.ts';
import { currentWindow, windowBefore, type Known, type WindowPlan } from './windows.ts';

/** What answering needs: a read-only Knex over the store, who asks, and the clock in seconds UTC. */
export interface QueryDeps {
  reader: Knex;
  organisation: Organisation;
  now: () => number;
  bounds?: Bounds;
  /** What of the facts who asks may see; absent: everything. */
  sight?: Sight;
  /** What is left to the request; absent: all that the bounds allow. */
  budget?: Budget;
  /** The facts in memory, where they are kept. */
  cube?: Pick<Cube, 'executor'> | undefined;
  /** What answers the tallies of the request; absent: the store. */
  executor?: Executor;
}

/** A query made ready: its scope, its windows, and how each measure is read. */
export interface Prepared {
  query: Query;
  scope: Scope;
  catalog: Catalog;
  business: BusinessState;
  current: WindowPlan;
  before: WindowPlan | null;
  measures: { name: MeasureName; through: Through; isMissing: boolean; notes: Note[] }[];
  currency: string | null;
  minorUnits: number;
}

/** Makes queries ready, all over one reading of labels and sources. */
export async function prepareAll(deps: QueryDeps, queries: readonly Query[]): Promise<Prepared[]> {
  const [catalog, sources, business] = await Promise.all([
    readCatalog(deps.reader),
    readSources(deps.reader, deps.now()),
    readBusiness(deps.reader),
  ]);
  const isMoneyAsked = queries.some((q) => q.measures.includes('redress_amount'));
  const { currency, minorUnits } = await readCurrency(
    deps.reader,
    deps.organisation.currency,
    isMoneyAsked,
    rowCodes(deps.sight ?? everything, catalog),
  );
  const budget = budgetOf(deps);
  const prepared: Prepared[] = [];
  for (const [i, query] of queries.entries()) {
    const one = await atQuery(i, queries.length, () => prepare(deps, query, catalog, sources, business, { currency, minorUnits }));
    await atQuery(i, queries.length, () => budget.spend('periods', one.current.stretches.length));
    prepared.push(one);
    await budget.rest();
  }
  return prepared;
}

/** The same query over the whole window. */
export function ungrained(p: Prepared): Prepared {
  const query = { ...p.query, grain: null };
  const today = knownOf(p.scope);
  const current = currentWindow(query, today);
  return { ...p, query, current, before: windowBefore(query, current, today) };
}

/** The same query over a longer window, compared with nothing. */
export function widened(p: Prepared, { from, to }: Window): Prepared {
  const query = { ...p.query, from, to, compare: null };
  const mature = Math.max(0, ...query.measures.map((name) => matureDays(name)));
  return { ...p, query, current: currentWindow(query, knownOf(p.scope), mature), before: null };
}

/** Runs `work` for one of several queries: the fields of a problem then begin with which one. */
export async function atQuery<T>(index: number, count: number, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BadInput) || count === 1) throw error;
    throw new BadInput(
      error.problems.map((p) => ({ ...p, field: `queries[${index}]${p.field ? `.${p.field}` : ''}` })),
      error.isTooMuch,
    );
  }
}

function prepare(
  deps: QueryDeps,
  query: Query,
  catalog: Catalog,
  sources: readonly SourceInfo[],
  business: BusinessState,
  money: { currency: string | null; minorUnits: number },
): Prepared {
  const { sight = everything } = deps;
  refuseHidden(query, sight);
  const scope = scopeOf(query, catalog, sources, { zone: deps.organisation.zone, now: deps.now(), sight });
  const today = knownOf(scope);
  const mature = Math.max(0, ...query.measures.map((name) => matureDays(name)));
  const current = currentWindow(query, today, mature);
  const measures = query.measures.map((name) => {
    const read = throughOf(name, scope);
    if (query.time !== 'business' || !isOfDuration(measureOf(name))) return { name, ...read };
    const note = (message: string): Note => ({ measure: name, source: null, message });
    if (business.why !== null) return { name, ...read, isMissing: true, notes: [note(business.why)] };
    const notes = [...read.notes, note(businessDay)];
    if (business.rules.calendar === null) notes.push(note('only cases under a policy with a calendar are counted'));
    return { name, ...read, notes };
  });
  return {
    query,
    scope,
    catalog: seenCatalog(catalog, sight),
    business,
    current,
    before: windowBefore(query, current, today),
    measures,
    ...money,
  };
}

/** Only sources with cases can make a period incomplete. */
function knownOf({ today, sources }: Scope): Known {
  return { ...today, sources: sources.filter((s) => s.hasCases).map((s) => s.known) };
}

function matureDays(name: MeasureName): number {
  const measure = measureOf(name);
  return measure.kind === 'ratio' ? (measure.matureDays ?? 0) : 0;
}
