import type { Knex } from 'knex';
import type { MeasureFigures } from './table.ts';
import { readBaselines, rebasesOf, type Baselines } from './baselines.ts';
import { limitsBegin, longestBaseline, lookedBack, spansOf, yearOf } from './insights/baseline.ts';
import { judgeSeries, type JudgedSpan } from './insights/signals.ts';
import { addBuckets, endOf, startOf } from './model/buckets.ts';
import { measureOf } from './model/measures.ts';
import { type Grain } from './model/buckets.ts';
import { mayBeIn } from './model/series-scope.ts';
import type { LimitsJson, Row, Window } from './model/wire.ts';
import type { Baseline } from './stats/control-chart.ts';
import { widened, type Prepared } from './prepare.ts';
import { firstReceived } from './first-received.ts';
import { readCatalog } from './catalog.ts';
import { everything, rowCodes, type Sight } from './sight.ts';

/** What a query with `signals` is judged by: its own measures over a window that begins early and ends late enough. */
export interface Judging {
  prepared: Prepared;
  /** Local date of the first case that who asks may see; null for none. A period that began before it is not known whole. */
  earliest: string | null;
  baselines: Baselines;
}

/** The wider windows of queries with `signals`, in the order given; null for those without, and for those by days. */
export async function judgingOf(reader: Knex, prepared: readonly Prepared[], sight: Sight = everything): Promise<(Judging | null)[]> {
  const judged = prepared.filter(({ query }) => query.signals && query.grain !== null && query.grain !== 'day');
  if (judged.length === 0) return prepared.map(() => null);
  const earliest = await firstReceived(reader, rowCodes(sight, await readCatalog(reader)));
  const baselines = await readBaselines(reader, [...new Set(judged.flatMap(({ query }) => query.measures))]);
  return prepared.map((p) => {
    const { grain } = p.query;
    if (!judged.includes(p) || !grain) return null;
    return { prepared: widened(p, judgedWindow(p, grain, earliest, baselines)), earliest, baselines };
  });
}

/** Everything the limits of the periods shown are made of, and what lies beside those periods: so that they are judged alike in whatever window they are shown. */
function judgedWindow({ query, scope }: Prepared, grain: Grain, earliest: string | null, baselines: Baselines): Window {
  const { from, to, measures } = query;
  const dates = baselines.filter((b) => measures.some((m) => m === b.measure && mayBeIn(b.scope, m, query))).map((b) => b.from_on);
  const begin = limitsBegin(grain, startOf(grain, from));
  const back = lookedBack(grain) + (dates.length ? (yearOf[grain] ?? 0) : 0);
  const start = begin && addBuckets(grain, begin, -back);
  const first = [start, ...dates.map((date) => startOf(grain, date))].reduce((a, b) => (b < a ? b : a));
  const end = endOf(grain, addBuckets(grain, startOf(grain, to), (yearOf[grain] ?? 0) + 1 + longestBaseline(grain)));
  return {
    // What lies before the first case is not looked for; a window that begins after T stays as it is.
    from: earliest === null || startOf(grain, earliest) >= from ? startOf(grain, from) : later(first, startOf(grain, earliest)),
    to: to >= scope.today.date ? to : end,
  };
}

/**
 * Writes limits and signals into the rows of a table.
 * @param rows every member with every stretch, as `rowsOfTable` gives them
 * @param figures of the wider window, in the order of the measures
 * @returns how the limits were made
 */
export function judgeRows(
  p: Prepared,
  rows: readonly Row[],
  members: readonly string[],
  judging: Judging | null,
  figures: readonly MeasureFigures[],
): LimitsJson[] {
  const { query, current, catalog } = p;
  for (const row of rows) for (const name of query.measures) Object.assign(row, unjudged(name));
  const { grain } = query;
  if (!judging || !grain) return [];
  const { stretches } = judging.prepared.current;
  const periods = stretches.map((s) => s.period);
  const begins = periods.map((period) => limitsBegin(grain, period));
  const isWhole = stretches.map((s) => s.isComplete && (judging.earliest === null || s.period >= judging.earliest));
  const shown = periods.indexOf(current.stretches[0]?.period ?? '');
  if (shown < 0) return [];
  const limits: LimitsJson[] = [];
  for (const [m, member] of members.entries()) {
    const codes = member === '' ? [] : member.split(',').map(Number);
    const key = Object.fromEntries(query.by.map((by, i) => [by, catalog.nameOf(by, codes[i] ?? 0)]));
    for (const { name, isMissing, current: figure } of figures) {
      if (isMissing) continue;
      const measure = measureOf(name);
      const list = figure.byMember.get(member) ?? [];
      const isCounted = measure.kind === 'count' || measure.kind === 'stock';
      const series = stretches.map((_, i) => ({
        value: list[i] ? list[i].value : isCounted ? 0 : null,
        n: list[i]?.n ?? null,
        isWhole: isWhole[i] ?? false,
      }));
      const rebases = rebasesOf(judging.baselines, name, query, key);
      const known = { grain, periods, begins, values: series.map((point) => point.value), isWhole, isCounted };
      const dates = rebases.map((rebase) => rebase.from);
      const { spans, waiting } = spansOf(known, dates);
      const judged = judgeSeries(measure, series, spans, yearOf[grain]);
      for (const [i, stretch] of current.stretches.entries()) {
        const row = rows[m * current.stretches.length + i];
        const point = judged.points[shown + i];
        if (!row || !point) continue;
        row[`${name}_centre`] = point.centre;
        row[`${name}_limit_low`] = point.low;
        row[`${name}_limit_high`] = point.high;
        // What is shown of a period may be a part of it though all of it is known.
        row[`${name}_signal`] = stretch.isComplete || !isWhole[shown + i] ? point.signal : null;
      }
      const last = waiting && rebases[waiting.rebase];
      const over = { from: shown, to: shown + current.stretches.length };
      for (const one of judged.spans) {
        const made = madeOf(one, { periods, isWhole, over });
        if (!made) continue;
        const rebase = one.span.rebase === null ? undefined : rebases[one.span.rebase];
        limits.push({
          measure: name,
          key,
          ...made,
          ...(rebase && { rebase }),
          ...(last && one.span.to === periods.length && { waiting: { ...last, missing: waiting.missing } }),
        });
      }
    }
  }
  return limits;
}

/** How the limits of a span were made; null where it is not shown. */
function madeOf(
  { span, method, sigmaZ }: JudgedSpan,
  { periods, isWhole, over }: { periods: readonly string[]; isWhole: readonly boolean[]; over: Baseline },
): Pick<LimitsJson, 'method' | 'sigmaZ' | 'from' | 'to' | 'periods' | 'since'> | null {
  if (span.from >= over.to || span.to <= over.from) return null;
  const { from, to } = span.baseline;
  const [begin, end, since] = [periods[from], periods[to - 1], periods[Math.max(over.from, span.from)]];
  if (!begin || !end || !since) return null;
  return { method, sigmaZ, from: begin, to: end, periods: isWhole.slice(from, to).filter(Boolean).length, since };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function unjudged(name: string): Row {
  return { [`${name}_centre`]: null, [`${name}_limit_low`]: null, [`${name}_limit_high`]: null, [`${name}_signal`]: null };
}
