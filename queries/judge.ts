import type { Knex } from 'knex';
import type { MeasureFigures } from './table.ts';
import { readBaselines, rebasesOf, type Baselines } from './baselines.ts';
import { limitsBegin, longestBaseline, lookedBack, spansOf, yearOf } from './insights/baseline.ts';
import { judgeSeries } from './insights/signals.ts';
import { addBuckets, endOf, startOf, type Grain } from './model/buckets.ts';
import { measureOf } from './model/measures.ts';
import { mayBeIn } from './model/series-scope.ts';
import type { LimitsJson, Row, Window } from './model/wire.ts';
import { widened, type Prepared } from './prepare.ts';

/** What a query with `signals` is judged by: its own measures over a window that begins early and ends late enough. */
export interface Judging {
  prepared: Prepared;
  /** Local date of the first case of the store; null for none. A period that began before it is not known whole. */
  earliest: string | null;
  baselines: Baselines;
}

/** The wider windows of queries with `signals`, in the order given; null for those without, and for those by days. */
export async function judgingOf(reader: Knex, prepared: readonly Prepared[]): Promise<(Judging | null)[]> {
  const judged = prepared.filter(({ query }) => query.signals && query.grain !== null && query.grain !== 'day');
  if (judged.length === 0) return prepared.map(() => null);
  const span = (await reader('case_fact').min({ earliest: 'received_on' }).first()) as { earliest: string | null } | undefined;
  const earliest = span?.earliest ?? null;
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
      const known = { grain, periods, values: series.map((point) => point.value), isWhole, isCounted };
      const found = spansOf(known, rebases.map((rebase) => rebase.from)); // prettier-ignore
      const { points, spans } = judgeSeries(measure, series, found.spans, yearOf[grain]);
      for (const [i, stretch] of current.stretches.entries()) {
        const row = rows[m * current.stretches.length + i];
        const point = points[shown + i];
        if (!row || !point) continue;
        row[`${name}_centre`] = point.centre;
        row[`${name}_limit_low`] = point.low;
        row[`${name}_limit_high`] = point.high;
        // What is shown of a period may be a part of it though all of it is known.
        row[`${name}_signal`] = stretch.isComplete || !isWhole[shown + i] ? point.signal : null;
      }
      const end = shown + current.stretches.length;
      const own = spans.filter(({ span }) => span.from < end && span.to > shown);
      for (const { span, method, sigmaZ } of own) {
        const { from, to } = span.baseline;
        const [begin, last, since] = [periods[from], periods[to - 1], periods[Math.max(shown, span.from)]];
        if (!begin || !last || !since) continue;
        const rebase = span.rebase === null ? undefined : rebases[span.rebase];
        const waiting = found.waiting && span.to === periods.length ? rebases[found.waiting.rebase] : undefined;
        limits.push({
          measure: name,
          key,
          method,
          sigmaZ,
          from: begin,
          to: last,
          periods: isWhole.slice(from, to).filter(Boolean).length,
          since,
          ...(rebase && { rebase }),
          ...(waiting && found.waiting && { waiting: { ...waiting, missing: found.waiting.missing } }),
        });
      }
    }
  }
  return limits;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function unjudged(name: string): Row {
  return { [`${name}_centre`]: null, [`${name}_limit_low`]: null, [`${name}_limit_high`]: null, [`${name}_signal`]: null };
}
