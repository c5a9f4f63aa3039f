import { answer } from '../answer.ts';
import { addDays, endOf } from '../model/buckets.ts';
import { dimensionOf, otherLabel } from '../model/dimensions.ts';
import { queryOf, type Query } from '../model/query.ts';
import type { Row, TableJson } from '../model/wire.ts';
import {
  answererDimensions,
  type AnswerChange,
  type AnswererDimension,
  type ShareChange,
  type WhoAnswersJson,
} from '../model/who-answers.ts';
import type { QueryDeps } from '../prepare.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import type { Share } from '../stats/proportion-difference.ts';
import { proportionTrend } from '../stats/proportion-trend.ts';

const falseDiscoveries = 0.05;
/** A share that moved by less cannot move satisfaction by an amount anyone would see. */
const leastShift = 0.02;
/** Neither side may rest on fewer. */
const fewest = 30;
/** Members looked at in a dimension, those of most answers. */
const mostMembers = 20;
/** Who was asked within so many days may still answer. */
const answeringDays = 14;

/** Two shares that are compared, and where a difference between them would be told. */
interface Compared {
  now: Share;
  before: Share;
  put: (change: ShareChange) => void;
}

/**
 * Whether those who answer surveys have changed: how many of those asked answer, and what share of the answers each member has. The period is held
 * against the one compared with, and its last whole part against the earlier ones. A change is told where it is beyond chance (the test of Armitage for
 * two groups, after Benjamini and Hochberg over all that was looked at) and not too small to matter. Who was asked in the last fortnight is left out.
 * @param query its period, filters, comparison and grain count
 */
export async function whoAnswers(deps: QueryDeps, query: Query): Promise<WhoAnswersJson> {
  const { from, to, where, compare, asOf, time, grain } = query;
  const plain = queryOf({ measures: ['surveys_answered'], from, to, where, compare, asOf, time, grain });
  const byMember = (by: AnswererDimension, more: Partial<Query>): Query => ({ ...plain, by: [by], limit: mostMembers, ...more });
  const { tables } = await answer(deps, [
    { ...plain, measures: ['response_rate'], compare: null },
    ...answererDimensions.map((by) => byMember(by, { grain: null })),
    ...answererDimensions.map((by) => byMember(by, { compare: null })),
  ]);
  const [asked, ...rest] = tables;
  if (!asked) throw new Error('a query was lost'); // one in, one out
  const settled = addDays(asked.asOf.slice(0, 10), -answeringDays);
  const compared: Compared[] = [];
  const changes: AnswerChange[] = [];

  const windows = rest[0]?.windows;
  if (query.compare && windows?.before) {
    const change: AnswerChange = { against: 'before', period: null, response: null, members: [] };
    changes.push(change);
    const [now, before] = await Promise.all([windows.current, windows.before].map((window) => answeredOf(deps, plain, window, settled)));
    compared.push({ now: now ?? none, before: before ?? none, put: (response) => void (change.response = response) });
    answererDimensions.forEach((by, i) => compared.push(...membersBefore(by, rest[i], change)));
  }
  if (query.grain) {
    const last = wholePeriods(rest[answererDimensions.length]).at(-1);
    if (last !== undefined) {
      const change: AnswerChange = { against: 'earlier', period: last, response: null, members: [] };
      changes.push(change);
      if (endOf(query.grain, last) <= settled) {
        const put = (response: ShareChange) => void (change.response = response);
        compared.push({ ...splitAt(asked.rows, last, rateOf), put });
      }
      answererDimensions.forEach((by, i) => compared.push(...membersEarlier(by, rest[answererDimensions.length + i], last, change)));
    }
  }
  tell(compared);
  for (const change of changes) change.members.sort((a, b) => sizeOf(b) - sizeOf(a) || b.n * b.now - a.n * a.now);
  const missing = asked.notes.find((note) => note.measure === 'response_rate' && note.source === null);
  const isKnown = asked.rows.some((row) => typeof row.response_rate_n === 'number');
  return {
    asking: isKnown ? null : (missing?.message ?? null),
    changes: changes.filter((change) => change.response !== null || change.members.length > 0),
  };
}

const none: Share = { successes: 0, n: 0 };

/** By how much a share moved, in whole thousandths: what one gains another loses. */
function sizeOf({ now, before }: ShareChange): number {
  return Math.round(Math.abs(now - before) * 1000);
}

/** Puts what differs beyond chance where it is told. */
function tell(compared: readonly Compared[]): void {
  const isEnough = ({ now, before }: Compared) => now.n >= fewest && before.n >= fewest;
  const chance = benjaminiHochberg(compared.map((each) => (isEnough(each) ? proportionTrend([each.before, each.now]).p : null)));
  compared.forEach(({ now, before, put }, i) => {
    const p = chance[i] ?? null;
    const [is, was] = [now.successes / now.n, before.successes / before.n];
    if (p !== null && p <= falseDiscoveries && Math.abs(is - was) >= leastShift)
      put({ now: is, n: now.n, before: was, before_n: before.n });
  });
}

/** How many of those asked in a window, as far as they had time to, answered. */
async function answeredOf(deps: QueryDeps, plain: Query, { from, to }: { from: string; to: string }, settled: string): Promise<Share> {
  const end = to < settled ? to : settled;
  if (end < from) return none;
  const { tables } = await answer(deps, [{ ...plain, measures: ['response_rate'], grain: null, compare: null, from, to: end }]);
  return rateOf(tables[0]?.rows[0] ?? {});
}

function membersBefore(by: AnswererDimension, table: TableJson | undefined, change: AnswerChange): Compared[] {
  const rows = table?.rows ?? [];
  const total = (name: string) => rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0);
  const [now, before] = [total('surveys_answered'), total('surveys_answered_before')];
  return named(by, rows).map(([label, [row]]) => ({
    now: { successes: Number(row?.surveys_answered ?? 0), n: now },
    before: { successes: Number(row?.surveys_answered_before ?? 0), n: before },
    put: (moved) => change.members.push({ by, label, ...moved }),
  }));
}

function membersEarlier(by: AnswererDimension, table: TableJson | undefined, last: string, change: AnswerChange): Compared[] {
  const rows = table?.rows ?? [];
  const countOf = (row: Row): Share => ({ successes: Number(row.surveys_answered ?? 0), n: 0 });
  const all = splitAt(rows, last, countOf);
  return named(by, rows).map(([label, own]) => {
    const { now, before } = splitAt(own, last, countOf);
    return {
      now: { successes: now.successes, n: all.now.successes },
      before: { successes: before.successes, n: all.before.successes },
      put: (moved) => change.members.push({ by, label, ...moved }),
    };
  });
}

/** The rows of each member that is one; where nothing is recorded of a dimension there is none. */
function named(by: AnswererDimension, rows: readonly Row[]): [label: string, rows: Row[]][] {
  const members = new Map<string, Row[]>();
  for (const row of rows) {
    const label = String(row[by]);
    if (label === otherLabel) continue;
    const own = members.get(label) ?? [];
    own.push(row);
    members.set(label, own);
  }
  const order = dimensionOf(by).members;
  return order ? [...members].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)) : [...members];
}

/** First dates of the whole parts of a table over time, oldest first. */
function wholePeriods(table: TableJson | undefined): string[] {
  const whole = (table?.rows ?? []).flatMap((row) => (row.complete === 1 ? [String(row.period)] : []));
  return [...new Set(whole)].sort();
}

/** What the last whole part counts, and the whole ones before it together. */
function splitAt(rows: readonly Row[], last: string, countOf: (row: Row) => Share): { now: Share; before: Share } {
  const sum = (own: Row[]): Share =>
    own.map(countOf).reduce((all, one) => ({ successes: all.successes + one.successes, n: all.n + one.n }), none);
  return {
    now: sum(rows.filter((row) => row.period === last)),
    before: sum(rows.filter((row) => row.complete === 1 && String(row.period) < last)),
  };
}

function rateOf(row: Row): Share {
  const n = Number(row.response_rate_n ?? 0);
  return { successes: Math.round(Number(row.response_rate ?? 0) * n), n };
}
