import type { Deed } from './deed.ts';
import { isBefore, momentOf, type Moment } from './derive-times.ts';
import { BadInput, type Problem } from './errors.ts';
import { actionOf, levelsAbove, pendingProposal, standingOf, type ActionName, type Standing } from './handling.ts';
import { localDate } from './local-time.ts';
import { beyondAuthority, tooLongAgo, type Authority } from './procedure.ts';
import {
  caseFields,
  type CaseFieldName,
  type CaseRecord,
  type EventChanges,
  type EventRecord,
  type SurveyRecord,
  type When,
} from './record.ts';
import { zoneClock } from './time.ts';

const turns: readonly EventRecord['kind'][] = ['resolved', 'withdrawn', 'reopened'];
const names = Object.keys(caseFields) as CaseFieldName[];

/**
 * The record of a case that was entered here, made of what was typed and of everything done since. From it the fact is derived as from the record of
 * any source. Its fields stand in the order of their declaration, so that the same events give the same row hash.
 * @param entered as it was typed, with its "received" event
 * @param events in the order they were recorded, without that one
 */
export function foldEvents(entered: CaseRecord, events: readonly EventRecord[]): CaseRecord {
  const fields: Partial<Record<string, unknown>> = { ...entered };
  const surveys = new Map<string, SurveyRecord>();
  let handovers = 0;
  for (const { kind, at, changes = {}, surveys: told = [] } of events.filter(isDone)) {
    for (const survey of told) surveys.set(survey.source_id ?? '', survey);
    // Whoever could not answer was not asked: what it was about does not stand any more, or the question has not arrived.
    if (kind === 'reopened' || kind === 'survey not delivered')
      for (const [key, { answered_at: answered }] of surveys) if (answered === undefined) surveys.delete(key);
    for (const [name, [, after]] of Object.entries(changes)) fields[name] = after ?? undefined;
    // Whose the case was is corrected, and with it whom its answers are about; who takes it over answers for nothing before.
    if (kind === 'reclassified' && changes.agent) {
      const [before, after] = changes.agent;
      for (const [key, survey] of surveys) if (survey.agent === before) surveys.set(key, { ...survey, agent: after ?? undefined });
    }
    if (changes.team?.[0] || changes.agent?.[0]) handovers += kind === 'assigned' ? 1 : 0;
    if (changes.redress_amount) fields.redress_at = changes.redress_amount[1] === null ? undefined : at;
    if (kind === 'resolved') fields.resolved_at = at;
    if (kind === 'withdrawn') fields.withdrawn_at = at;
    if (kind === 'reopened') fields.resolved_at = fields.withdrawn_at = undefined;
  }
  if (events.some(({ kind }) => kind === 'assigned')) fields.reassign_count = handovers;
  const kept = names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]);
  return {
    ...(Object.fromEntries(kept) as CaseRecord),
    events: [...(entered.events ?? []), ...events],
    ...(surveys.size > 0 && { surveys: [...surveys.values()] }),
  };
}

/** What is proposed changes nothing until it is approved. */
const isDone = ({ kind }: EventRecord) => kind !== 'approval asked';

/** Takes back what events have changed: what was typed, of a record as it stands. */
export function unfoldEvents(standing: CaseRecord, events: readonly EventRecord[]): CaseRecord {
  const entered: Partial<Record<string, unknown>> = { ...standing };
  for (const { changes = {} } of events.filter(isDone).reverse())
    for (const [name, [before]] of Object.entries(changes)) entered[name] = before ?? undefined;
  return entered as unknown as CaseRecord; // what it had, with other values
}

/**
 * The event a deed makes of a case.
 * @param record the case as it stands, see {@link foldEvents}
 * @param context `by`: who did it, with what authority; `now`: seconds since 1970 UTC; `zone`: on whose clocks times are told
 * @throws BadInput where the case or the authority does not let it be done, or the time cannot be
 */
export function eventOf(asked: Deed, record: CaseRecord, context: DeedContext): EventRecord {
  const action = actionOf(asked.action);
  const events = record.events ?? [];
  const proposal = pendingProposal(events);
  const deed = asked.action === 'approve' && proposal ? { ...asked, given: decisionOf(proposal) } : asked;
  const standing = standingOf(record.resolved_at, record.withdrawn_at);
  const refusal = whyNot(deed.action, standing, events, context.zone);
  if (refusal !== null) throw new BadInput([{ field: 'action', message: refusal }]);
  const changes = changesOf(deed, record);
  const problems = [...wrongChanges(deed, record, changes, standing), ...wrongAuthority(deed, record, context, proposal)];
  const days = deed.at === null ? null : daysOf(deed.at, record, context);
  if (days && days.day > days.today)
    throw new BadInput([...problems, { field: 'at', message: `${days.day} lies in the future; expected ${days.today} or earlier` }]);
  const long = days && tooLongAgo(context.authority.procedure, days);
  if (long) throw new BadInput([...problems, { field: 'at', message: long }], problems.length === 0);
  const at = timeOf(deed, events, context, problems);
  if (problems.length) throw new BadInput(problems);
  const [from, to] = inWords(deed.action, record, changes);
  // A later decision takes its place on the case; here it stays.
  const note = deed.given.resolution_note ?? deed.note;
  return {
    kind: action.event,
    at,
    actor: context.by,
    ...(from && { from }),
    ...(to && { to }),
    ...(note && { note }),
    ...(Object.keys(changes).length > 0 && { changes }),
  };
}

/** Who does something, with what authority, when, and on whose clocks times are told. */
export interface DeedContext {
  by: string;
  authority: Authority;
  /** Seconds since 1970 UTC. */
  now: number;
  zone: string;
}

/** The resolution an event asks approval of. */
export function decisionOf({ changes = {} }: EventRecord): Deed['given'] {
  return Object.fromEntries(Object.entries(changes).map(([name, [, after]]) => [name, after]));
}

function whyNot(name: ActionName, standing: Standing, events: readonly EventRecord[], zone: string): string | null {
  const { standings, label } = actionOf(name);
  const last = (kinds: readonly string[]) => events.findLast(({ kind }) => kinds.includes(kind));
  if (!standings.includes(standing)) {
    if (standing === 'open') return `${label.toLowerCase()} needs a case that has ended; this one is open`;
    const ended = last([standing]);
    return `${label.toLowerCase()} needs an open case; this one was ${standing}${ended ? ` on ${clock(ended.at, zone)}` : ''}: reopen it first`;
  }
  if ((name === 'approve' || name === 'decline') && !pendingProposal(events))
    return 'nothing waits for approval: expected a resolution that does';
  const acknowledged = name === 'acknowledge' && last(['acknowledged']);
  if (!acknowledged) return null;
  return `acknowledge is done once; this case was acknowledged on ${clock(acknowledged.at, zone)}${acknowledged.actor ? ` by ${acknowledged.actor}` : ''}`;
}

/** What a deed changes, field by field. */
function changesOf({ action, given }: Deed, record: CaseRecord): EventChanges {
  const wanted: Deed['given'] = { ...given };
  if (action === 'withdraw') wanted.outcome = 'withdrawn';
  if (action === 'reopen') wanted.outcome = null;
  const isOther = (name: CaseFieldName) => {
    const [was, is] = [record[name] ?? null, wanted[name]];
    if (is === undefined || is === was) return false;
    // An amount written otherwise is the same money, and is not given anew.
    return name !== 'redress_amount' || is === null || was === null || Number(is) !== Number(was);
  };
  if (action === 'reclassify' && isOther('product')) wanted.sub_product = null;
  if (action === 'reclassify' && isOther('issue') && wanted.sub_issue === undefined) wanted.sub_issue = null;
  const changed = names.filter(isOther);
  return Object.fromEntries(changed.map((name) => [name, [(record[name] as string | undefined) ?? null, wanted[name] ?? null]]));
}

function* wrongChanges({ action, given }: Deed, record: CaseRecord, changes: EventChanges, standing: Standing): Iterable<Problem> {
  const isSame = Object.keys(changes).length === 0;
  if (action === 'assign' && isSame)
    yield { field: 'agent', message: 'is who has it, with the same team; expected another owner or another team' };
  if (action === 'reclassify' && isSame) yield { field: 'kind', message: 'is as it was, and so is everything else; expected a change' };
  const { escalation_level: level = null } = record;
  const above = levelsAbove(level, standing);
  if (action === 'escalate' && !above.includes(given.escalation_level ?? '')) {
    const what = level === null ? 'the case is at the front line' : `the case has reached ${level}`;
    const why = standing === 'open' ? what : `the case was ${standing}, and can go on to an outside body only`;
    yield { field: 'escalation_level', message: `${why}; expected ${above.join(' or ') || 'no further level: there is none'}` };
  }
}

const monetary: readonly (string | null | undefined)[] = ['refund', 'compensation', 'goodwill'];

/** What is beyond the authority of who does it. Who asks for approval is not who gives it. */
function* wrongAuthority(
  { action, given }: Deed,
  record: CaseRecord,
  { by, authority }: DeedContext,
  proposal: EventRecord | null,
): Iterable<Problem> {
  if (!['resolve', 'approve', 'decline', 'withdraw'].includes(action)) return;
  const { escalation_level: level = null } = record;
  const decision = action === 'decline' && proposal ? decisionOf(proposal) : given;
  const standing = (name: 'redress' | 'redress_amount') => (decision[name] === undefined ? record[name] : decision[name]) ?? null;
  const amount = action === 'withdraw' ? 0 : Number(standing('redress_amount') ?? 0);
  const beyond = beyondAuthority(authority, { level, amount });
  if (beyond) {
    const instead = action === 'resolve' ? 'ask for approval with propose' : 'leave it to them';
    yield { field: action === 'resolve' ? beyond.field : 'action', message: `${beyond.message}; ${instead}` };
  } else if ((action === 'approve' || action === 'decline') && proposal?.actor === by)
    yield { field: 'action', message: `is for somebody else than ${by}, who asked for approval` };
  else if (action === 'resolve' && monetary.includes(standing('redress')) && standing('redress_amount') === null) {
    const limit = authority.procedure.redressLimits[authority.role];
    if (limit !== undefined) yield { field: 'redress_amount', message: `say how much it is, in all: up to ${limit} is yours to give` };
  }
}

/** When it was done: what is said, else now. Never before receipt, nor, of what ends or reopens a case, before the last time it ended or was reopened. */
function timeOf(
  deed: Deed,
  events: readonly EventRecord[],
  { now, zone }: { now: number; zone: string },
  problems: Problem[],
): EventRecord['at'] {
  const isTurn = turns.includes(actionOf(deed.action).event);
  const [received] = events;
  const before = (isTurn ? events.findLast(({ kind }) => turns.includes(kind)) : undefined) ?? received;
  if (!before) return deed.at ?? now;
  const earliest = momentOf(before.at, zone);
  // Clocks differ by some seconds; what is done now is done after what is there.
  if (deed.at === null) return earliest.isWholeDay ? now : Math.max(now, earliest.at);
  const at = momentOf(deed.at, zone);
  if (!isBefore(at, earliest)) return deed.at;
  // Forms tell minutes.
  if (isSameMinute(at, earliest)) return earliest.at;
  problems.push({
    field: 'at',
    message: `${clock(deed.at, zone)} is before the case was ${before.kind} (${clock(before.at, zone)}); expected that time or later`,
  });
  return deed.at;
}

function daysOf(at: When, { received_at: received }: CaseRecord, { now, zone }: DeedContext): Parameters<typeof tooLongAgo>[1] {
  const dayOf = (when: When) => (typeof when === 'string' ? when : localDate(when, zone));
  return { day: dayOf(at), today: localDate(now, zone), receivedOn: dayOf(received) };
}

function isSameMinute(a: Moment, b: Moment): boolean {
  return !a.isWholeDay && !b.isWholeDay && Math.floor(a.at / 60) === Math.floor(b.at / 60);
}

/** The value before and after as they are told in the history. */
function inWords(action: ActionName, record: CaseRecord, changes: EventChanges): [string, string] {
  const { escalation_level: level = 'front line' } = record;
  if (action === 'escalate') return [level, changes.escalation_level?.[1] ?? ''];
  if (action === 'resolve' || action === 'approve') return ['', changes.outcome?.[1] ?? record.outcome ?? ''];
  if (action === 'propose') {
    const told = (name: 'outcome' | 'redress' | 'redress_amount') => (changes[name] ? changes[name][1] : record[name]);
    return ['', [told('outcome'), [told('redress'), told('redress_amount')].filter(Boolean).join(' ')].filter(Boolean).join(', ')];
  }
  if (action === 'assign') {
    const has = (place: 0 | 1) =>
      (['agent', 'team'] as const).map((name) => changes[name]?.[place] ?? (changes[name] ? null : record[name]));
    const told = (place: 0 | 1) => has(place).filter(Boolean).join(', ');
    return [told(0), told(1) || 'nobody'];
  }
  if (action !== 'reclassify' && action !== 'attribute') return ['', ''];
  const told = Object.entries(changes).map(([name, [before, after]]) => {
    const label = caseFields[name as CaseFieldName].label.toLowerCase(); // changes are of fields
    return before === null ? `${label} ${after}` : after === null ? `no ${label} (was ${before})` : `${label} ${before} → ${after}`;
  });
  return ['', told.join('; ')];
}

/** A time as people at the form read it: `2026-11-09 15:30`, or the date alone. */
function clock(at: EventRecord['at'], zone: string): string {
  if (typeof at === 'string') return at;
  const seconds = at + zoneClock(zone).offsetAt(at);
  return `${localDate(at, zone)} ${new Date(seconds * 1000).toISOString().slice(11, 16)}`;
}
