import { median } from 'd3-array';
import { parseRecord, type CaseRecord } from '../../../etl/record.ts';
import { answer } from '../../../queries/answer.ts';
import { exportCases, listCases } from '../../../queries/cases.ts';
import type { MeasureName } from '../../../queries/model/measures.ts';
import { parseQuery } from '../../../queries/model/query.ts';
import type { CaseRow, Row } from '../../../queries/model/wire.ts';
import type { QueryDeps } from '../../../queries/prepare.ts';
import { poissonRate } from '../../../queries/stats/poisson-rate.ts';
import { loadRecords, tempStore } from '../../support/store.ts';

interface KpiRecord {
  id: string;
  kind: string;
  receivedAt: string;
  acknowledgedAt?: string | null;
  firstResolvedAt?: string | null;
  reopenedAt?: string | null;
  resolvedAt?: string | null;
  withdrawnAt?: string | null;
  outcome?: string | null;
  csat?: number | null;
  redress?: number | null;
  duplicateOf?: string | null;
}

export interface KpiInput {
  records: KpiRecord[];
  periodStart: string;
  periodEnd: string;
  slaDays: number;
  ackHours: number;
  contacts: number;
}

const day = 86_400;
const outcomes: Record<string, string> = { partially_upheld: 'partly upheld', not_upheld: 'not upheld' };
const seconds = (text: string) => Math.floor(Date.parse(text) / 1000);
const isoOf = (at: number) => new Date(at * 1000).toISOString();

/** Loads the records into a store of their own, as any source's, and asks what the screens ask, as of the end of the period. */
export async function kpi(input: KpiInput): Promise<unknown> {
  const temp = await tempStore();
  try {
    const end = seconds(input.periodEnd);
    const records = input.records.map((record) => recordOf(record, input));
    await loadRecords(temp.store, records, { currency: 'EUR', throughAt: end + 31 * day });
    const organisation = { name: 'test', zone: 'UTC', currency: 'EUR' };
    return await figuresOf({ reader: temp.store.reader, organisation, now: () => end + 31 * day }, input);
  } finally {
    await temp.close();
  }
}

async function figuresOf(deps: QueryDeps, { periodStart, periodEnd, contacts }: KpiInput): Promise<unknown> {
  const period = { from: periodStart.slice(0, 10), to: periodEnd.slice(0, 10), asOf: periodEnd };
  const dayBefore = isoOf(seconds(periodStart) - day).slice(0, 10);
  const complaints = { kind: ['complaint'] };
  const ask = async (measures: MeasureName[], given: object = {}): Promise<Row> =>
    (await answer(deps, [parseQuery({ measures, ...period, where: complaints, ...given })])).tables[0]?.rows[0] ?? {};
  const behind = (measure: MeasureName, given: object = {}) => ({
    measure,
    query: { measures: [measure], ...period, where: complaints, ...given },
  });
  const numerator = async (measure: MeasureName, given: object = {}) =>
    (await listCases(deps, { ...behind(measure, given), part: 'numerator' })).total;
  const all = async (measure: MeasureName) => {
    const found: CaseRow[] = [];
    for await (const block of await exportCases(deps, behind(measure))) found.push(...block);
    return found;
  };

  const row = await ask(['received', 'closed', 'open', 'overdue', 'redress_amount', 'resolution_days_p50']);
  const rates = await ask(['on_time_rate', 'uphold_rate', 'acknowledged_on_time_rate', 'csat_rate', 'response_rate']);
  // A case counts once its 30 days have passed; the reference counts all and calls the last ones immature.
  const mature = { asOf: isoOf(seconds(periodEnd) + 31 * day) };
  const reopening = await ask(['reopen_rate'], mature);
  const resolved = await all('resolved');
  const days = resolved.flatMap(({ resolution_minutes: minutes }) => (minutes === null ? [] : [minutes / (24 * 60)]));
  const inTime = resolved.filter(({ ended_at: ended, due_at: due }) => ended !== null && due !== null && ended <= due);
  const ages = (await all('open')).flatMap(({ received_at: at }) => (at === null ? [] : [(seconds(periodEnd) - seconds(at)) / day]));
  const upheld = await numerator('uphold_rate');
  const redress = typeof row.redress_amount === 'number' ? row.redress_amount : null;

  return {
    received: row.received,
    openAtStart: (await ask(['open'], { from: dayBefore, to: dayBefore })).open,
    closedInPeriod: row.closed,
    openAtEnd: row.open,
    compliments: (await ask(['compliments'], { where: {} })).compliments,
    onTime: {
      dueInPeriod: rates.on_time_rate_n,
      onTime: await numerator('on_time_rate'),
      rate: rates.on_time_rate,
      lower: rates.on_time_rate_low,
      upper: rates.on_time_rate_high,
    },
    onTimeNaiveClosedOnly: resolved.length ? inTime.length / resolved.length : null,
    resolutionDays: {
      kaplanMeierMedian: row.resolution_days_p50,
      naiveMedianClosedOnly: median(days) ?? null,
      naiveMeanClosedOnly: days.length ? days.reduce((sum, d) => sum + d, 0) / days.length : null,
    },
    upholdRate: { decided: rates.uphold_rate_n, upheldOrPartly: upheld, rate: rates.uphold_rate },
    reopenRate: {
      firstResolvedInPeriod: reopening.reopen_rate_n,
      reopenedWithin30Days: await numerator('reopen_rate', mature),
      rate: reopening.reopen_rate,
    },
    acknowledgedOnTime: {
      denominator: rates.acknowledged_on_time_rate_n,
      onTime: await numerator('acknowledged_on_time_rate'),
      rate: rates.acknowledged_on_time_rate,
    },
    csatTopTwoBox: {
      responses: rates.csat_rate_n,
      rate: rates.csat_rate,
      lower: rates.csat_rate_low,
      upper: rates.csat_rate_high,
      responseRate: rates.response_rate,
    },
    complaintsPer1000Contacts: poissonRate(Number(row.received), contacts / 1000).rate,
    redress: { total: redress, cases: row.redress_amount_n, meanPerUpheld: redress !== null && upheld > 0 ? redress / upheld : null },
    openAge: { medianDays: median(ages) ?? null, overdue: row.overdue },
  };
}

/** Every resolved case was asked for its satisfaction when it was resolved; those with a score answered at once. */
function recordOf(given: KpiRecord, { slaDays, ackHours }: KpiInput): CaseRecord {
  const received = seconds(given.receivedAt);
  const asked = given.resolvedAt ?? null;
  const survey = { kind: 'csat', scale: '1-5', asked_at: asked, ...(given.csat && { answered_at: asked, score: given.csat }) };
  const parsed = parseRecord({
    source_id: given.id,
    kind: given.kind,
    received_at: received,
    due_at: received + slaDays * day,
    acknowledgement_due_at: received + ackHours * 3600,
    acknowledged_at: given.acknowledgedAt,
    first_resolved_at: given.firstResolvedAt,
    first_reopened_at: given.reopenedAt,
    resolved_at: given.resolvedAt,
    withdrawn_at: given.withdrawnAt,
    outcome: outcomes[given.outcome ?? ''] ?? given.outcome,
    redress_amount: given.redress,
    duplicate: Boolean(given.duplicateOf),
    surveys: asked && given.kind === 'complaint' ? [survey] : [],
  });
  if (!parsed.ok) throw new Error(parsed.problems.map((p) => `${given.id}: ${p.field} ${p.message}`).join('; '));
  return parsed.record;
}
