import { createHmac, hash } from 'node:crypto';
import {
  durationBin,
  isBefore,
  minutesBetween,
  momentOf,
  readMoments,
  timeFlags,
  writeMoments,
  type Moment,
  type Moments,
} from './derive-times.ts';
import { endOfDay } from './local-time.ts';
import { minorUnits } from './money.ts';
import { surveyScales, type CaseRecord, type EventRecord, type Flag, type SurveyRecord, type SurveyScale } from './record.ts';
import {
  blankCaseFact,
  codeOf,
  durations,
  fixedLists,
  place,
  surveyKindCode,
  wholeDayBits,
  type FixedDimension,
  type Value,
} from './store/tables.ts';
import { searchText } from './text.ts';

export interface DeriveContext {
  /** The organisation's zone if one is configured, else the map's, else UTC. */
  zone: string;
  /** The organisation's currency if one is configured, else the map's; null when neither says. */
  currency: string | null;
  /** Seconds UTC; later times are flagged. */
  now: number;
  /** Key of the hash that stands for a customer reference. */
  customerSecret: string;
}

export interface DerivedSurvey {
  source_id: string;
  survey_kind: number;
  asked_at: number | null;
  asked_on: string | null;
  answered_at: number | null;
  answered_on: string | null;
  scale: string;
  score: number | null;
  is_satisfied: number | null;
  comment: string | null;
  /** Label of dimension `agent`; absent: the agent of the case. */
  agent: string | undefined;
}
export interface DerivedEvent {
  kind: EventRecord['kind'];
  at: number;
  isWholeDay: boolean;
  actor: string | null;
  from: string | null;
  to: string | null;
}
export interface DerivedText {
  title: string | null;
  narrative: string | null;
  resolution_note: string | null;
  remedy_sought: string | null;
  customer_ref: string | null;
  customer_name: string | null;
  contact: string | null;
  search_text: string | null;
}

/** What the store keeps of a case, before its labels have codes and it has numbers. */
export interface Derived {
  sourceId: string;
  /** Changes when the record, its flags or what it is derived with change. */
  rowHash: string;
  /** What it was derived from; its labels get their codes when it is loaded. */
  record: CaseRecord;
  /** Values of `case_fact` by {@link place}, but for numbers and codes that only the store can give. */
  row: Value[];
  /** Every issue the case names once, the primary one first. */
  issues: { issue: string; sub_issue: string | undefined }[];
  text: DerivedText | null;
  raw: Record<string, string> | null;
  events: DerivedEvent[];
  surveys: DerivedSurvey[];
  flags: Flag[];
  /** Characters of the record as JSON; batches are bounded by it. */
  size: number;
  /** The latest instant among its times that are not deadlines and not in the future. */
  knownAt: number;
}

// Part of every row hash: a change of what is derived from a record makes the next load rewrite it.
const version = 1;
const thirtyDays = 30 * 1440;
const durationEnds = { resolution: 'resolved', first_response: 'first_response', acknowledgement: 'acknowledged' } as const;
const durationPlaces = durations.map((duration) => ({
  end: durationEnds[duration],
  minutesPlace: place[`${duration}_minutes`],
  binPlace: place[`${duration}_bin`],
}));
const fixedDimensions = Object.keys(fixedLists) as FixedDimension[];
const happened = wholeDayBits.filter((t) => t !== 'due' && t !== 'acknowledgement_due' && t !== 'summary_due');
const noEvents: EventRecord[] = [];
const textFields = ['title', 'narrative', 'resolution_note', 'remedy_sought', 'customer_ref', 'customer_name', 'contact'] as const;

/**
 * Turns a record into what the store keeps: local dates, durations and their bins, marks, money in minor units, search text.
 * Pure: the same record and context give the same result.
 * @param flags what the map found wrong; flags found here are added
 */
export function derive(record: CaseRecord, flags: readonly Flag[], context: DeriveContext): Derived {
  const { zone, now } = context;
  const row = blankCaseFact.slice();
  const moments = readMoments(record, zone);
  const found = timeFlags(moments, zone, now);
  writeMoments(moments, row);
  writeDurations(moments, row);
  writeMarks(record, moments, row);
  writeCodes(record, moments, row);
  if (record.redress_amount !== undefined) found.push(...writeMoney(record, record.redress_amount, context.currency, row));
  if (record.customer_ref) row[place.customer_key] = customerKey(record.customer_ref, context.customerSecret);
  const surveyMoments: Moment[] = [];
  const surveys = readSurveys(record, zone, found, surveyMoments);
  const eventMoments: Moment[] = [];
  const events: DerivedEvent[] = [];
  for (const event of record.events ?? noEvents) {
    const moment = momentOf(event.at, zone);
    eventMoments.push(moment);
    events.push(readEvent(event, moment));
  }
  const content = JSON.stringify([version, zone, context.currency, record, flags]);
  const rowHash = hash('sha256', content, 'base64url').slice(0, 22);
  row[place.source_id] = record.source_id;
  row[place.row_hash] = rowHash;
  return {
    sourceId: record.source_id,
    rowHash,
    size: content.length,
    record,
    row,
    issues: readIssues(record),
    text: readText(record),
    raw: record.raw && Object.keys(record.raw).length ? record.raw : null,
    events,
    surveys,
    flags: found.length ? [...flags, ...found] : [...flags],
    knownAt: lastKnown(moments, eventMoments, surveyMoments, zone, now),
  };
}

/** The keyed hash under which all cases of a customer are found; case and outer blanks of the reference do not matter. */
export function customerKey(reference: string, secret: string): string {
  return createHmac('sha256', secret).update(reference.trim().toLowerCase()).digest('base64url').slice(0, 22);
}

function writeDurations(moments: Moments & { received: Moment }, row: Value[]): void {
  for (const { end: time, minutesPlace, binPlace } of durationPlaces) {
    const end = moments[time];
    if (!end) continue;
    const minutes = minutesBetween(moments.received, end);
    if (minutes === null) {
      row[place.is_time_impossible] = 1;
      continue;
    }
    row[minutesPlace] = minutes;
    row[binPlace] = durationBin(minutes);
  }
  const last = moments.resolved ?? moments.withdrawn ?? moments.closed;
  if (last && isBefore(last, moments.received)) row[place.is_time_impossible] = 1;
}

function writeMarks(record: CaseRecord, moments: Moments & { received: Moment }, row: Value[]): void {
  const { received, resolved, acknowledged } = moments;
  const events = record.events ?? noEvents;
  const reopened = record.reopen_count ?? countEvents(events, 'reopened');
  const reassigned = record.reassign_count ?? Math.max(0, countEvents(events, 'assigned') - 1);
  if (reopened) row[place.reopen_count] = reopened;
  if (reassigned) row[place.reassign_count] = reassigned;
  if (resolved && moments.due && !isBefore(moments.due, resolved)) row[place.is_on_time] = 1;
  if (acknowledged && moments.acknowledgement_due && !isBefore(moments.acknowledgement_due, acknowledged))
    row[place.is_acknowledged_on_time] = 1;
  if (resolved && moments.summary_due && !isBefore(moments.summary_due, resolved)) row[place.is_resolved_early] = 1;
  const isSameDay = resolved !== undefined && resolved.on === received.on && !reopened && !reassigned && !moments.first_reopened;
  if (record.first_contact ?? isSameDay) row[place.is_first_contact] = 1;
  if (record.vulnerable) row[place.is_vulnerable] = 1;
  if (record.vulnerable_failed) row[place.is_vulnerable_failed] = 1;
  if (record.duplicate) row[place.is_duplicate] = 1;
  const { first_resolved: first, first_reopened: again } = moments;
  const untilAgain = first && again ? minutesBetween(first, again) : null;
  if (untilAgain !== null && untilAgain <= thirtyDays) row[place.is_reopened_in_30_days] = 1;
}

function countEvents(events: readonly EventRecord[], kind: EventRecord['kind']): number {
  let count = 0;
  for (const event of events) if (event.kind === kind) count += 1;
  return count;
}

function writeCodes(record: CaseRecord, moments: Moments, row: Value[]): void {
  const status = record.status ?? (moments.closed ? 'closed' : moments.resolved ? 'resolved' : moments.withdrawn ? 'closed' : 'open');
  if (!moments.ended && (status === 'resolved' || status === 'closed' || status === 'void')) row[place.is_ended_on_unknown_date] = 1;
  for (const dimension of fixedDimensions) {
    const code = codeOf(dimension, dimension === 'status' ? status : record[dimension]);
    if (code) row[place[dimension]] = code;
  }
}

function writeMoney(record: CaseRecord, amount: string, currency: string | null, row: Value[]): Flag[] {
  const given = record.redress_currency ?? currency;
  row[place.redress_minor] = minorUnits(amount, given ?? '');
  if (given) row[place.redress_currency] = given;
  if (!given || !currency || given === currency) return [];
  return [
    {
      rule: 'other_currency',
      field: 'redress_currency',
      message: `redress is in ${given}, not in ${currency}`,
      value: `${amount} ${given}`,
    },
  ];
}

function readIssues(record: CaseRecord): Derived['issues'] {
  if (!record.issue) return [];
  const issues: Derived['issues'] = [{ issue: record.issue, sub_issue: record.sub_issue }];
  if (!record.more_issues) return issues;
  for (const more of record.more_issues) {
    if (!issues.some((i) => i.issue === more.issue && i.sub_issue === more.sub_issue))
      issues.push({ issue: more.issue, sub_issue: more.sub_issue });
  }
  return issues;
}

function readText(record: CaseRecord): DerivedText | null {
  if (!textFields.some((field) => record[field])) return null;
  const text = { search_text: searchText(record.title, record.narrative, record.resolution_note) } as DerivedText;
  for (const field of textFields) text[field] = record[field] || null;
  return text;
}

function readEvent(event: EventRecord, { at, isWholeDay }: Moment): DerivedEvent {
  return { kind: event.kind, at, isWholeDay, actor: event.actor ?? null, from: event.from ?? null, to: event.to ?? null };
}

function readSurveys(record: CaseRecord, zone: string, flags: Flag[], seen: Moment[]): DerivedSurvey[] {
  if (!record.surveys?.length) return [];
  const counts = new Map<string, number>();
  return record.surveys.map((survey, i) => {
    const count = (counts.get(survey.kind) ?? 0) + 1;
    counts.set(survey.kind, count);
    const asked = survey.asked_at === undefined ? null : momentOf(survey.asked_at, zone);
    const answered = survey.answered_at === undefined ? null : momentOf(survey.answered_at, zone);
    for (const moment of [asked, answered]) if (moment) seen.push(moment);
    const score = readScore(survey, i, flags);
    return {
      source_id: survey.source_id ?? `${record.source_id}/${survey.kind}${count > 1 ? `/${count}` : ''}`,
      survey_kind: surveyKindCode(survey.kind),
      asked_at: asked?.at ?? null,
      asked_on: asked?.on ?? null,
      answered_at: answered?.at ?? null,
      answered_on: answered?.on ?? null,
      scale: survey.scale,
      score,
      is_satisfied: score === null ? null : Number(score >= scaleOf(survey).satisfiedFrom),
      comment: survey.comment ?? null,
      agent: survey.agent,
    };
  });
}

function readScore(survey: SurveyRecord, index: number, flags: Flag[]): number | null {
  if (survey.score === undefined) return null;
  const { low, high } = scaleOf(survey);
  if (survey.score >= low && survey.score <= high) return survey.score;
  flags.push({
    rule: 'malformed_value',
    field: `surveys[${index}].score`,
    message: `the score is not from ${low} to ${high}`,
    value: String(survey.score),
  });
  return null;
}

function scaleOf(survey: SurveyRecord): (typeof surveyScales)[SurveyScale] {
  return surveyScales[survey.scale as SurveyScale]; // parseRecord lets only names of this table through
}

/** Dates and instants are compared apart: a date is known to its end, since what it says happened at some time of that day. */
function lastKnown(moments: Moments, events: Moment[], surveys: Moment[], zone: string, now: number): number {
  let at = 0;
  let on = '';
  for (let i = 0; i < happened.length + events.length + surveys.length; i++) {
    const time = happened[i];
    const moment = time ? moments[time] : (events[i - happened.length] ?? surveys[i - happened.length - events.length]);
    if (!moment || moment.at > now) continue;
    if (!moment.isWholeDay) at = Math.max(at, moment.at);
    else if (moment.on > on) on = moment.on;
  }
  return on ? Math.max(at, Math.min(now, endOfDay(on, zone))) : at;
}
