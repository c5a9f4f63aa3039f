import type { CaseRecord, SurveyRecord, When } from '../../etl/record.ts';

/** A time as a record gives it: its instant, its local date, and whether it is only a date. */
export interface Time {
  at: number;
  on: string;
  isDate: boolean;
}

/** A survey as it counts: answered only with a score of its scale and a time. */
export interface NaiveSurvey {
  kind: string;
  scale: string;
  asked: Time | undefined;
  answered: Time | undefined;
  score: number | null;
  isSatisfied: boolean | null;
  agent: string | undefined;
}

/** A case read from its record and nothing else, by the definitions of DESIGN §4. */
export interface NaiveCase {
  record: CaseRecord;
  received: Time;
  resolved: Time | undefined;
  withdrawn: Time | undefined;
  ended: Time | undefined;
  firstResolved: Time | undefined;
  firstReopened: Time | undefined;
  firstEscalated: Time | undefined;
  due: Time | undefined;
  redress: Time | undefined;
  /** Whether it has ended, though nobody recorded when. */
  isUndated: boolean;
  isImpossible: boolean;
  /** Minutes to the resolution; null for none, and for one before receipt. */
  minutes: number | null;
  issues: { issue: string; sub: string | undefined }[];
  surveys: NaiveSurvey[];
  text: string;
}

/** Reads a record in the zone of the organisation. */
export function naiveCase(record: CaseRecord, zone: string): NaiveCase {
  const time = (given: When | undefined) => timeOf(given, zone);
  const events = (kind: string) =>
    (record.events ?? [])
      .filter((event) => event.kind === kind)
      .map((event) => timeOf(event.at, zone))
      .filter((each) => each !== undefined)
      .sort((a, b) => a.at - b.at)[0];
  const received = timeOf(record.received_at, zone) ?? { at: NaN, on: '', isDate: false };
  const [resolved, withdrawn, closed] = [time(record.resolved_at), time(record.withdrawn_at), time(record.closed_at)];
  const firstReopened = time(record.first_reopened_at) ?? events('reopened');
  const neverReopened = firstReopened === undefined && !record.reopen_count;
  const end = resolved ?? withdrawn ?? closed;
  const status = record.status ?? '';
  const answers = [resolved, time(record.first_response_at) ?? events('responded'), time(record.acknowledged_at) ?? events('acknowledged')];
  return {
    record,
    received,
    resolved,
    withdrawn,
    ended: end && isBefore(end, received) ? received : end,
    firstResolved: time(record.first_resolved_at) ?? events('resolved') ?? (neverReopened ? resolved : undefined),
    firstReopened,
    firstEscalated: time(record.first_escalated_at) ?? events('escalated'),
    due: time(record.due_at),
    redress: record.redress_amount === undefined ? time(record.redress_at) : (time(record.redress_at) ?? resolved ?? received),
    isUndated: !end && ['resolved', 'closed', 'void'].includes(status),
    isImpossible: [...answers, end].some((each) => each !== undefined && isBefore(each, received)),
    minutes: resolved ? minutesBetween(received, resolved) : null,
    issues: record.issue
      ? [
          { issue: record.issue, sub: record.sub_issue },
          ...(record.more_issues ?? []).map(({ issue, sub_issue }) => ({ issue, sub: sub_issue })),
        ]
      : [],
    surveys: (record.surveys ?? []).map((survey) => naiveSurvey(survey, zone)),
    text: [record.title, record.narrative, record.resolution_note].map((text) => wordsOf(text ?? '').join(' ')).join(' '),
  };
}

/** Reads a survey in the zone of the organisation. */
export function naiveSurvey(survey: SurveyRecord, zone: string): NaiveSurvey {
  const scales: Record<string, [low: number, high: number, satisfied: number]> = {
    '1-5': [1, 5, 4], '1-7': [1, 7, 5], '0-10': [0, 10, 9], 'yes-no': [0, 1, 1], 'good-bad': [0, 1, 1],
  }; // prettier-ignore
  const [low, high, satisfied] = scales[survey.scale] ?? [0, 0, 0];
  const score = survey.score !== undefined && survey.score >= low && survey.score <= high ? survey.score : null;
  return {
    kind: survey.kind,
    scale: survey.scale,
    asked: timeOf(survey.asked_at, zone),
    answered: score === null ? undefined : timeOf(survey.answered_at, zone),
    score,
    isSatisfied: score === null ? null : score >= satisfied,
    agent: survey.agent,
  };
}

/** Runs of letters and digits, without marks and in lower case (DESIGN §4 Text search). */
export function wordsOf(text: string): string[] {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []; // prettier-ignore
}

/** By dates where either is only a date. */
export function isBefore(a: Time, b: Time): boolean {
  return a.isDate || b.isDate ? a.on < b.on : a.at < b.at;
}

/** Whole elapsed minutes; whole days between two dates; null where the end lies before the beginning. */
export function minutesBetween(from: Time, to: Time): number | null {
  if (isBefore(to, from)) return null;
  if (from.isDate && to.isDate) return daysFrom(from.on, to.on) * 1440;
  return Math.max(0, Math.floor((to.at - from.at) / 60));
}

export function daysFrom(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

function timeOf(given: When | undefined, zone: string): Time | undefined {
  if (given === undefined) return undefined;
  return typeof given === 'number'
    ? { at: given, on: dateIn(given, zone), isDate: false }
    : { at: midnightOf(given, zone), on: given, isDate: true };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The date on the calendars of a zone. */
export function dateIn(at: number, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  return format.format(at * 1000);
}

const midnights = new Map<string, number>();

/** The first instant of a date in a zone, to a quarter of an hour: found by trying. */
export function midnightOf(date: string, zone: string): number {
  const key = `${zone} ${date}`;
  let at = midnights.get(key);
  if (at === undefined) {
    at = Date.parse(date) / 1000 - 15 * 3600;
    while (dateIn(at, zone) < date) at += 900;
    midnights.set(key, at);
  }
  return at;
}
