import type { Knex } from 'knex';
import type { MeasureFigures } from './table.ts';
import { baselineLength, judgeSeries } from './insights/signals.ts';
import { addBuckets, type Grain, startOf } from './model/buckets.ts';
import { measureOf } from './model/measures.ts';
import type { LimitsJson, Row } from './model/wire.ts';
import { widened, type Prepared } from './prepare.ts';

/** How many periods of a grain a year has, where it has several of one season. */
const yearOf: Record<Grain, number | null> = { day: null, week: 52, month: 12, quarter: 4, year: null };

/** What a query with `signals` is judged by: its own measures over a window that begins early enough. */
export interface Judging {
  prepared: Prepared;
  /** Local date of the first case of the store; null for none. A period that began before it is not known whole. */
  earliest: string | null;
}

/** The wider windows of queries with `signals`, in the order given; null for those without, and for those by days. */
export async function judgingOf(reader: Knex, prepared: readonly Prepared[]): Promise<(Judging | null)[]> {
  const judged = prepared.map(({ query }) => query.signals && query.grain !== null && query.grain !== 'day');
  if (!judged.includes(true)) return prepared.map(() => null);
  const span = (await reader('case_fact').min({ earliest: 'received_on' }).first()) as { earliest: string | null } | undefined;
  const earliest = span?.earliest ?? null;
  return prepared.map((p, i) => {
    const { grain, from } = p.query;
    if (!judged[i] || !grain) return null;
    const start = addBuckets(grain, startOf(grain, from), -Math.max(baselineLength, yearOf[grain] ?? 0));
    // What lies before the first case is not looked for; a window that begins after T stays as it is.
    const first = earliest === null ? start : startOf(grain, earliest);
    return { prepared: widened(p, first > start && first < from ? first : start), earliest };
  });
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
  if (!judging || !query.grain) return [];
  const { stretches } = judging.prepared.current;
  const isWhole = stretches.map((s) => s.isComplete && (judging.earliest === null || s.period >= judging.earliest));
  const first = current.stretches[0]?.period;
  const shown = stretches.findIndex((s) => s.period === first);
  if (shown < 0) return [];
  const limits: LimitsJson[] = [];
  for (const [m, member] of members.entries()) {
    const codes = member === '' ? [] : member.split(',').map(Number);
    const key = Object.fromEntries(query.by.map((by, i) => [by, catalog.nameOf(by, codes[i] ?? 0)]));
    for (const { name, isMissing, current: found } of figures) {
      if (isMissing) continue;
      const measure = measureOf(name);
      const list = found.byMember.get(member) ?? [];
      const isCounted = measure.kind === 'count' || measure.kind === 'stock';
      // Before its first case a member may not have been there, and the period in which it came may be a part of one.
      const first = isCounted ? list.findIndex((figure) => (figure?.value ?? 0) > 0) : 0;
      const begins = first > 0 ? first + 1 : first < 0 ? stretches.length : 0;
      const series = stretches.map((_, i) => ({
        value: list[i] ? list[i].value : isCounted ? 0 : null,
        n: list[i]?.n ?? null,
        isWhole: (isWhole[i] ?? false) && i >= begins,
      }));
      const judged = judgeSeries(measure, series, shown, yearOf[query.grain]);
      if (!judged) continue;
      for (let i = 0; i < current.stretches.length; i++) {
        const row = rows[m * current.stretches.length + i];
        const point = judged.points[shown + i];
        if (!row || !point) continue;
        row[`${name}_centre`] = point.centre;
        row[`${name}_limit_low`] = point.low;
        row[`${name}_limit_high`] = point.high;
        row[`${name}_signal`] = point.signal;
      }
      const { from, to } = judged.baseline;
      const [begin, end] = [stretches[from], stretches[to - 1]];
      if (begin && end)
        limits.push({
          measure: name,
          key,
          method: judged.method,
          sigmaZ: judged.sigmaZ,
          from: begin.period,
          to: end.period,
          periods: isWhole.slice(from, to).filter(Boolean).length,
        });
    }
  }
  return limits;
}

function unjudged(name: string): Row {
  return { [`${name}_centre`]: null, [`${name}_limit_low`]: null, [`${name}_limit_high`]: null, [`${name}_signal`]: null };
}
