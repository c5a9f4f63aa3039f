import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { answer } from '../answer.ts';
import { addBuckets, type Grain, startOf } from '../model/buckets.ts';
import { noneLabel, otherLabel } from '../model/dimensions.ts';
import { measureOf, type MeasureName } from '../model/measures.ts';
import { queryOf, type Query } from '../model/query.ts';
import { signalOf, verdictOf, type SignalName } from '../model/signal.ts';
import type { FindingJson, FindingsJson, LimitsJson, Row, TableJson, Window } from '../model/wire.ts';
import type { QueryDeps } from '../prepare.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { describeBasis, describeFinding, describeRule } from './finding-words.ts';

/** The figures of the whole that are judged, each in a query of its own kind: one that needs time to mature would make the last periods of all unfinished. */
const judgedTogether = [
  ['received', 'resolution_days_p50', 'on_time_rate', 'csat_rate', 'open', 'overdue'],
  ['reopen_rate'],
] as const satisfies MeasureName[][];

/** Share of false findings among those told that is put up with, and how many are told at most. */
const falseDiscoveryRate = 0.1;
const mostFindings = 5;
/** Each series is looked at twice, by its last period and by all on its side, and the more telling counts. */
const looks = 2;
/** Issues judged at most, by number; and weeks they are looked at beside longer periods. */
const mostIssues = 40;
const weeksLookedAt = 13;
/** An issue with fewer cases in the last four periods is not judged (DOMAIN, alerting recipe). */
const fewestOfIssue = 5;

/** What of a series is judged: where it stands in its last period, and since when on the same side. */
interface Candidate {
  window: Window;
  measure: MeasureName;
  key: Record<string, string>;
  grain: Grain;
  signal: SignalName | null;
  /** From the first period on this side of the usual level to the last judged, ascending. */
  run: Row[];
  limits: LimitsJson;
  /** How many standard errors the run's mean lies from the usual level, and how likely that is by chance, two-sided. */
  z: number;
  p: number;
}

/** The queries whose tables {@link findingsOf} reads, over the period, filters, as-of and grain of a query; days are looked at by weeks. */
export function findingQueries(query: Query): Query[] {
  const grain = query.grain === null || query.grain === 'day' ? 'week' : query.grain;
  const { from, to, where, asOf, time } = query;
  const base = queryOf({ measures: [], from, to, where, asOf, time, grain, signals: true });
  const weeksFrom = addBuckets('week', startOf('week', query.to), 1 - weeksLookedAt);
  const issues = (over: Partial<Query>): Query => ({ ...base, ...over, measures: ['received'], by: ['issue'], limit: mostIssues });
  return [
    ...judgedTogether.map((measures): Query => ({ ...base, measures: [...measures] })),
    issues({}),
    ...(grain === 'week' ? [] : [issues({ grain: 'week', from: weeksFrom < query.from ? query.from : weeksFrom })]),
  ];
}

/** What changed beyond chance, most telling first, over the period, filters, as-of and grain of a query. */
export async function readFindings(deps: QueryDeps, query: Query): Promise<FindingsJson> {
  const queries = findingQueries(query);
  const { tables, asOf } = await answer(deps, queries);
  return { ...findingsOf(tables.map((table, i) => ({ table, grain: queries[i]?.grain ?? 'week' }))), asOf };
}

/**
 * What changed beyond chance in judged tables: of each series only what its last whole period shows, so that old news is none. Told is what breaks a rule
 * that names a lasting or a large change, and stays below a false discovery rate of 0.1 over everything judged.
 * @see Benjamini & Hochberg 1995; DOMAIN §4, alerting recipe
 */
export function findingsOf(answers: readonly { table: TableJson; grain: Grain }[]): Omit<FindingsJson, 'asOf'> {
  const judged = answers.flatMap(({ table, grain }) => candidatesOf(table, grain));
  const adjusted = benjaminiHochberg(judged.map(({ p }) => p));
  const isTold = (signal: SignalName | null) => signal !== null && !['seasonal', 'near_upper', 'near_lower'].includes(signal);
  const told = judged.filter(({ signal }, i) => isTold(signal) && (adjusted[i] ?? 1) <= falseDiscoveryRate);
  const isConcern = (c: Candidate) => verdictOf(c.signal, measureOf(c.measure).better) === 'concern';
  told.sort((a, b) => Math.abs(b.z) - Math.abs(a.z));
  const seen = new Set<string>();
  const distinct = told.filter(({ measure, key }) => {
    const what = JSON.stringify([measure, key]);
    return !seen.has(what) && seen.add(what);
  });
  // Concerns come first, but leave a place for what got better.
  const good = distinct.filter((c) => !isConcern(c));
  const concerns = distinct.filter(isConcern).slice(0, mostFindings - Math.min(1, good.length));
  const findings = [...concerns, ...good].slice(0, mostFindings).flatMap((candidate): FindingJson[] => {
    const { measure, key, grain, run, signal } = candidate;
    const last = run.at(-1);
    if (!signal || !last) return [];
    return [
      {
        sentence: describeFinding({ measure, key, grain, run, signal }),
        rule: describeRule(signal, candidate.limits, grain),
        basis: describeBasis(signal, candidate.limits, grain),
        verdict: verdictOf(signal, measureOf(measure).better),
        signal,
        measure,
        key,
        grain,
        period: String(last.period),
        window: candidate.window,
      },
    ];
  });
  const steady = judged.filter((c) => Object.keys(c.key).length === 0 && c.signal === null);
  return { findings, judged: judged.length, steady: steady.map((c) => c.measure) };
}

function candidatesOf(table: TableJson, grain: Grain): Candidate[] {
  const others = othersOf(table);
  const series = new Map<string, LimitsJson[]>();
  for (const limits of table.limits ?? []) {
    const name = JSON.stringify([limits.measure, limits.key]);
    series.set(name, [...(series.get(name) ?? []), limits]);
  }
  return [...series.values()].flatMap((made): Candidate[] => {
    const [{ measure, key }] = made as [LimitsJson]; // a series has limits
    if (Object.values(key).some((label) => label === otherLabel || label === noneLabel)) return [];
    const rows = table.rows.filter((row) => Object.entries(key).every(([name, label]) => row[name] === label));
    const whole = rows.filter((row) => row.complete === 1 && typeof row[measure] === 'number').sort(byPeriod);
    const last = whole.at(-1);
    const limits = last && made.findLast(({ since }) => since <= String(last.period));
    if (!last || !limits) return [];
    const recent = whole.slice(-4).reduce((sum, row) => sum + Number(row[measure]), 0);
    if (Object.keys(key).length && recent < fewestOfIssue) return [];
    const side = (row: Row) => Math.sign(Number(row[measure]) - Number(row[`${measure}_centre`]));
    // A run does not begin before limits were begun anew by decision.
    const begins = limits.rebase ? limits.since : '';
    const start = whole.findLastIndex((row) => side(row) !== side(last) || String(row.period) < begins) + 1;
    const signal = signalOf(last[`${measure}_signal`]);
    // A rise crosses the usual level: it is told by its six steps.
    // Of a stock, which carries over, a run says no more than its last period.
    const isStock = measureOf(measure).kind === 'stock';
    const run = signal === 'rising' || signal === 'falling' ? whole.slice(-7) : isStock ? whole.slice(-1) : whole.slice(start);
    const z = distanceOf(measure, run, limits.periods, (row) => others(row, measure));
    return z === null
      ? []
      : [
          {
            window: table.windows.current,
            measure,
            key,
            grain,
            signal,
            run,
            limits,
            z,
            p: Math.min(1, looks * 2 * normalCdf(-Math.abs(z), 0, 1)),
          },
        ];
  });
}

/**
 * How all other members of a table stood against their usual levels in the period of a row: 1.1 where they were a tenth above. What raised everything
 * is no news of one issue.
 */
function othersOf(table: TableJson): (row: Row, measure: MeasureName) => number {
  const isSplit = table.columns.some((column) => column.role === 'key' && column.type === 'label');
  if (!isSplit) return () => 1;
  const totals = new Map<string, { value: number; usual: number }>();
  const add = (row: Row, measure: MeasureName) => {
    const [value, usual] = [row[measure], row[`${measure}_centre`]];
    if (typeof value !== 'number' || typeof usual !== 'number') return;
    const total = totals.get(`${measure} ${row.period}`) ?? { value: 0, usual: 0 };
    totals.set(`${measure} ${row.period}`, { value: total.value + value, usual: total.usual + usual });
  };
  const measures = table.columns.flatMap((column) => (column.role === 'value' && column.measure ? [column.measure] : []));
  for (const row of table.rows) for (const measure of measures) add(row, measure);
  return (row, measure) => {
    const total = totals.get(`${measure} ${row.period}`) ?? { value: 0, usual: 0 };
    const [value, usual] = [total.value - Number(row[measure]), total.usual - Number(row[`${measure}_centre`])];
    return usual > 0 && value > 0 ? value / usual : 1;
  };
}

/**
 * How far the last of a run, or all of it where that says more, lies from what was to be expected, in standard errors that also count how well that is
 * known. Counts vary at least as those of Poisson do, at the larger of the two levels.
 * @param scaleOf by what the usual level of a row is multiplied
 */
function distanceOf(measure: MeasureName, run: readonly Row[], periods: number, scaleOf: (row: Row) => number): number | null {
  const scaled = run.flatMap((row) => {
    const [value, centre] = [Number(row[measure]), Number(row[`${measure}_centre`])];
    // Limits cut to what is possible tell the spread on the side that is not cut.
    const sides = [row[`${measure}_limit_high`], row[`${measure}_limit_low`]].map((end) =>
      typeof end === 'number' ? Math.abs(end - centre) : 0,
    );
    const scale = scaleOf(row);
    const chance = measureOf(measure).unit === 'cases' ? Math.sqrt(Math.max(centre * scale, value)) : 0;
    const sigma = Math.max((Math.max(...sides) / 3) * scale, chance);
    return sigma > 0 ? [(value - centre * scale) / sigma] : [];
  });
  if (scaled.length === 0) return null;
  const over = (distances: number[]) =>
    distances.reduce((sum, d) => sum + d, 0) / distances.length / Math.sqrt(1 / distances.length + 1 / periods);
  const [all, last] = [over(scaled), over(scaled.slice(-1))];
  return Math.abs(all) > Math.abs(last) ? all : last;
}

function byPeriod(a: Row, b: Row): number {
  return String(a.period) < String(b.period) ? -1 : 1;
}
