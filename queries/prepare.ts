import type { Knex } from 'knex';
import { BadInput } from '../etl/errors.ts';
import { readCatalog, readSources, type Catalog, type SourceInfo } from './catalog.ts';
import { readCurrency } from './currency.ts';
import { measureOf, type MeasureName } from './model/model.ts';
import type { Query } from './model/query.ts';
import type { Through } from './model/tally.ts';
import type { Note } from './model/wire.ts';
import { scopeOf, throughOf, type Organisation, type Scope } from './scope.ts';
import type { Bounds } from './sql/tallies.ts';
import { currentWindow, windowBefore, type WindowPlan } from './windows.ts';

/** What answering needs: a read-only Knex over the store, who asks, and the clock in seconds UTC. */
export interface QueryDeps {
  reader: Knex;
  organisation: Organisation;
  now: () => number;
  bounds?: Bounds;
}

/** A query made ready: its scope, its windows, and how each measure is read. */
export interface Prepared {
  query: Query;
  scope: Scope;
  catalog: Catalog;
  current: WindowPlan;
  before: WindowPlan | null;
  measures: { name: MeasureName; through: Through; isMissing: boolean; notes: Note[] }[];
  currency: string | null;
  minorUnits: number;
}

/** Makes queries ready, all over one reading of labels and sources. */
export async function prepareAll(deps: QueryDeps, queries: readonly Query[]): Promise<Prepared[]> {
  const [catalog, sources] = await Promise.all([readCatalog(deps.reader), readSources(deps.reader, deps.now())]);
  const isMoneyAsked = queries.some((q) => q.measures.includes('redress_amount'));
  const { currency, minorUnits } = await readCurrency(deps.reader, deps.organisation.currency, isMoneyAsked);
  return queries.map((query, i) => atQuery(i, queries.length, () => prepare(deps, query, catalog, sources, { currency, minorUnits })));
}

/** The same query over the whole window. */
export function ungrained(p: Prepared): Prepared {
  const query = { ...p.query, grain: null };
  const today = { date: p.scope.today, isOver: p.scope.isTodayOver };
  const current = currentWindow(query, today);
  return { ...p, query, current, before: windowBefore(query, current, today) };
}

/** Runs `work` for one of several queries: the fields of a problem then begin with which one. */
export function atQuery<T>(index: number, count: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BadInput) || count === 1) throw error;
    throw new BadInput(error.problems.map((p) => ({ ...p, field: `queries[${index}].${p.field}` })));
  }
}

function prepare(
  deps: QueryDeps,
  query: Query,
  catalog: Catalog,
  sources: readonly SourceInfo[],
  money: { currency: string | null; minorUnits: number },
): Prepared {
  const scope = scopeOf(query, catalog, sources, deps.organisation.zone, deps.now());
  const today = { date: scope.today, isOver: scope.isTodayOver };
  const mature = Math.max(0, ...query.measures.map((name) => matureDays(name)));
  const current = currentWindow(query, today, mature);
  const measures = query.measures.map((name) => {
    const read = throughOf(name, scope);
    if (query.time === 'business' && measureOf(name).kind === 'percentile') {
      return {
        name,
        ...read,
        isMissing: true,
        notes: [{ measure: name, source: null, message: 'business time needs a calendar, and none is set up' }],
      };
    }
    return { name, ...read };
  });
  return { query, scope, catalog, current, before: windowBefore(query, current, today), measures, ...money };
}

function matureDays(name: MeasureName): number {
  const measure = measureOf(name);
  return measure.kind === 'ratio' ? (measure.matureDays ?? 0) : 0;
}
