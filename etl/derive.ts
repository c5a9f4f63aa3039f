import { createHmac, hash } from 'node:crypto';
import { writeCodes, writeDurations, writeMarks, writeMoney } from './derive-marks.ts';
import type { RulesInForce } from './business-rules.ts';
import { readSurveys, type DerivedSurvey } from './derive-surveys.ts';
import { momentOf, readMoments, timeFlags, writeMoments, type Moment, type Moments } from './derive-times.ts';
import { endOfDay } from './local-time.ts';
import type { CaseRecord, EventChanges, EventRecord, Flag, SurveyRecord } from './record.ts';
import { addDeadlines, writeBusinessTime, type Ruled } from './sla-times.ts';
import type { PolicyDimension } from './sla.ts';
import { blankCaseFact, place, wholeDayBits, type DimensionColumn, type Value } from './store/tables.ts';
import { searchText, tokens } from './text.ts';

export interface DeriveContext {
  /** The organisation's zone if one is configured, else the map's, else UTC. */
  zone: string;
  /** The organisation's currency if one is configured, else the map's; null when neither says. */
  currency: string | null;
  /** Seconds UTC; later times are flagged. */
  now: number;
  /** Key of the hash that stands for a customer reference. */
  customerSecret: string;
  /** The calendars and policies in force; absent: none are. */
  rules?: RulesInForce;
  /** The label a source's own value is shown under, where that is another. */
  labelOf?: (dimension: DimensionColumn, raw: string) => string;
}

export interface DerivedEvent {
  kind: EventRecord['kind'];
  at: number;
  isWholeDay: boolean;
  actor: string | null;
  from: string | null;
  to: string | null;
  note?: string;
  changes?: EventChanges;
  surveys?: SurveyRecord[];
  recordedAt?: number;
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
  /**
   * Changes when the record, its flags or what it is derived with change. Calendars and policies are no part of it: when they change, what hangs on
   * them is worked out anew for every case of the store, whether its row comes again or not.
   */
  rowHash: string;
  /** Identifies the calendars and policies it was derived with; empty where none are in force. */
  rulesHash: string;
  /** What it was derived from; its labels get their codes when it is loaded. */
  record: CaseRecord;
  /** Values of `case_fact` by {@link place}, but for numbers and codes that only the store can give. */
  row: Value[];
  /** Every issue the case names once, the primary one first. */
  issues: { issue: string; sub_issue: string | undefined }[];
  text: DerivedText | null;
  /** Of what happened, in order. */
  words: readonly string[];
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
const happened = wholeDayBits.filter((t) => t !== 'due' && t !== 'acknowledgement_due' && t !== 'summary_due');
const noEvents: EventRecord[] = [];
const noWords: readonly string[] = [];
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
  const ruled = context.rules && readRules(record, moments, context.rules, context);
  writeMoments(moments, row);
  writeDurations(moments, row);
  if (ruled) row[place.by_policy] = ruled.byPolicy;
  if (ruled?.calendar) writeBusinessTime(moments, ruled.calendar, zone, row);
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
  const words = record.narrative ? tokens(record.narrative) : noWords;
  const content = JSON.stringify([version, zone, context.currency, record, flags]);
  const rowHash = hash('sha256', content, 'base64url').slice(0, 22);
  row[place.source_id] = record.source_id;
  row[place.row_hash] = rowHash;
  return {
    sourceId: record.source_id,
    rowHash,
    rulesHash: context.rules?.hash ?? '',
    size: content.length,
    record: ruled?.policy ? { ...record, sla_policy: ruled.policy } : record,
    row,
    issues: readIssues(record),
    text: readText(record, words),
    words,
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

function readRules(record: CaseRecord, moments: Moments & { received: Moment }, { rules }: RulesInForce, context: DeriveContext): Ruled {
  const { labelOf } = context;
  const label = (dimension: PolicyDimension | 'sla_policy') => {
    const raw = record[dimension];
    return raw && labelOf ? labelOf(dimension, raw) : raw || undefined;
  };
  return addDeadlines(moments, rules, context.zone, label('sla_policy'), label);
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

function readText(record: CaseRecord, words: readonly string[]): DerivedText | null {
  if (!textFields.some((field) => record[field])) return null;
  const { title, resolution_note: note } = record;
  const text = { search_text: searchText(title ? tokens(title) : noWords, words, note ? tokens(note) : noWords) } as DerivedText;
  for (const field of textFields) text[field] = record[field] || null;
  return text;
}

function readEvent(event: EventRecord, { at, isWholeDay }: Moment): DerivedEvent {
  const read: DerivedEvent = {
    kind: event.kind,
    at,
    isWholeDay,
    actor: event.actor ?? null,
    from: event.from ?? null,
    to: event.to ?? null,
  };
  if (event.note) read.note = event.note;
  if (event.changes) read.changes = event.changes;
  if (event.surveys) read.surveys = event.surveys;
  if (event.recorded_at !== undefined) read.recordedAt = event.recorded_at;
  return read;
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
