import { quantileSorted } from 'd3-array';
import { deadline } from '../../../etl/deadline.ts';
import type { Calendar } from '../../../etl/opening-hours.ts';
import type { SlaLimit } from '../../../etl/sla.ts';
import { kaplanMeier, survivalAt, survivalLimits, survivalQuantile, type TimePoints } from '../../../queries/stats/kaplan-meier.ts';
import { netPromoterScore } from '../../../queries/stats/nps.ts';
import { weightedQuantile } from '../../../queries/stats/quantile.ts';
import { wilson } from '../../../queries/stats/wilson.ts';
import { kpi } from './kpi.ts';
import { chartMethods } from './reference-charts.ts';
import { comparisonMethods } from './reference-comparisons.ts';
import { groupMethods } from './reference-groups.ts';

interface SlaInput {
  received: string;
  timezone: string;
  unit: keyof SlaLimit;
  count: number;
  holidays: string[];
}

/**
 * The methods of `queries/stats/`, of `etl/` for deadlines and of the whole pipeline for figures, by the file names of the reference cases:
 * `npm run reference -- DIR` runs every file of a folder against them. A method may answer with a promise.
 */
export const referenceMethods: Record<string, (input: never) => unknown> = {
  ...chartMethods,
  ...comparisonMethods,
  ...groupMethods,
  kpi,

  wilson: ({ successes, n, confidence }: { successes: number; n: number; confidence: number }) => wilson(successes, n, confidence),

  nps: ({ promoters, passives, detractors, confidence }: { promoters: number; passives: number; detractors: number; confidence: number }) =>
    netPromoterScore(promoters, passives, detractors, confidence),

  quantiles: ({ x, p }: { x: number[]; p: number[] }) => {
    const sorted = [...x].sort((a, b) => a - b);
    const counted = sorted.map((value) => [value, 1] as const);
    return { type7: p.map((share) => weightedQuantile(counted, share)), d3: p.map((share) => quantileSorted(sorted, share)) };
  },

  weighted_quantiles: ({ x, weights, p }: { x: number[]; weights: number[]; p: number[] }) => ({
    quantiles: p.map((share) =>
      weightedQuantile(
        x.map((value, i) => [value, weights[i] ?? 0] as const),
        share,
      ),
    ),
  }),

  csat: ({ counts, topBox, invited, confidence }: { counts: number[]; topBox: number[]; invited: number; confidence: number }) => {
    const responses = counts.reduce((sum, count) => sum + count, 0);
    const satisfied = counts.reduce((sum, count, i) => sum + (topBox.includes(i + 1) ? count : 0), 0);
    const total = counts.reduce((sum, count, i) => sum + count * (i + 1), 0);
    const { estimate, lower, upper } = wilson(satisfied, responses, confidence);
    return {
      responses,
      topTwoBox: estimate,
      lower,
      upper,
      mean: responses ? total / responses : null,
      responseRate: wilson(responses, invited, confidence).estimate,
    };
  },

  sla_deadlines: ({ received, timezone, unit, count, holidays }: SlaInput) => {
    const limit: SlaLimit = { [unit]: count };
    const due = deadline(Date.parse(received) / 1000, limit, timezone, officeOf(timezone, holidays));
    return { due: typeof due === 'number' ? new Date(due * 1000).toISOString().replace('.000Z', 'Z') : due };
  },

  kaplan_meier: ({ time, event, at }: { time: number[]; event: number[]; at?: number[] }) => {
    const curve = kaplanMeier(pointsOf(time, event));
    const quantile = (p: number) => survivalQuantile(curve, p);
    const { value: median, lower, upper } = quantile(0.5);
    const log = survivalQuantile(curve, 0.5, 'log');
    return {
      n: curve.n,
      events: curve.events,
      median,
      q25: quantile(0.25).value,
      q75: quantile(0.75).value,
      medianCiLog: { lower: log.lower, upper: log.upper },
      medianCiLogLog: { lower, upper },
      at: at?.map((t) => {
        const found = survivalAt(curve, t);
        const step = found?.step ?? { survival: 1, greenwood: 0 };
        const logs = survivalLimits(step, 'log');
        const logLogs = survivalLimits(step, 'log-log');
        return {
          time: t,
          survival: step.survival,
          stdErr: step.survival > 0 ? step.survival * Math.sqrt(step.greenwood) : null,
          ciLogLower: logs.lower,
          ciLogUpper: logs.upper,
          ciLogLogLower: logLogs.lower,
          ciLogLogUpper: logLogs.upper,
          atRisk: found?.atRisk ?? curve.n,
        };
      }),
    };
  },
};

const allDay = ['00:00-24:00'];

/** Deadlines are counted in days that are worked, Monday to Friday but for the holidays. */
function officeOf(zone: string, holidays: string[]): Calendar {
  return { zone, hours: { monday: allDay, tuesday: allDay, wednesday: allDay, thursday: allDay, friday: allDay }, holidays };
}

function pointsOf(time: number[], event: number[]): TimePoints {
  const times = [...new Set(time)].sort((a, b) => a - b);
  const count = (kind: number) =>
    Float64Array.from(times, (t) => time.filter((other, i) => other === t && (event[i] === 1 ? 1 : 0) === kind).length);
  return { time: Float64Array.from(times), events: count(1), censored: count(0) };
}
