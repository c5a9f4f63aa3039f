import { actionOf, standingOf, type ActionName, type HandledState } from '../etl/handling.ts';
import { beyondAuthority, deciders, escalationOf, stepsOf, type OpenCase, type Step } from '../etl/procedure.ts';
import type { When } from '../etl/record.ts';
import { rolesInWords } from '../etl/role-names.ts';
import { formatDate } from '../queries/model/number.ts';
import type { CaseChangedJson } from '../queries/model/handling.ts';
import type { CaseDetail } from '../queries/model/wire.ts';
import type { ProcedureJson } from '../queries/model/work.ts';
import { sentence, shortWhen, wallClock } from './case-words.ts';
import { distanceInWords } from './when-words.ts';

interface Context {
  zone: string;
  /** Milliseconds since 1970 UTC. */
  now: number;
}

type Rules = Pick<ProcedureJson, 'procedure' | 'rules'>;

/** Something to be done next, and by when: "by 22 Nov 2026, 14:30, in 2 days". */
export interface NextStep {
  action: Step['action'];
  text: string;
  due: string | null;
  isLate: boolean;
}

/** What the actions on offer depend on. */
export function stateOf({ fields, proposal }: CaseDetail): HandledState {
  return {
    standing: standingOf(fields.resolved_at, fields.withdrawn_at),
    isAcknowledged: Boolean(fields.acknowledged_at),
    level: textOf(fields.escalation_level),
    isProposed: proposal !== null,
  };
}

/** Who has the case, in a sentence. */
export function ownerWords(detail: CaseDetail): string {
  const [team, agent] = [textOf(detail.fields.team), textOf(detail.fields.agent)];
  const isOpen = stateOf(detail).standing === 'open';
  const has = isOpen ? 'has' : 'had';
  if (agent) return team ? `${agent} of ${team} ${has} it.` : `${agent} ${has} it.`;
  if (team) return `${team} ${has} it, nobody there by name.`;
  return isOpen ? 'Nobody has it yet.' : 'Nobody had it.';
}

const stepTexts: Record<Step['action'], string> = {
  assign: 'Give it an owner',
  acknowledge: 'Acknowledge it',
  respond: 'Respond in substance',
  resolve: 'Resolve it',
  approve: 'Approve the resolution that was proposed, or not',
};
/** What a step is called in a list: "Acknowledge it". */
export const stepText = (action: Step['action']): string => stepTexts[action];

/** What of an open case decides what is left to do. */
export function openCaseOf({ fields, proposal }: CaseDetail): OpenCase {
  return {
    received: whenOf(textOf(fields.received_at)) ?? 0,
    severity: textOf(fields.severity),
    level: textOf(fields.escalation_level),
    policy: textOf(fields.sla_policy),
    hasOwner: Boolean(fields.agent),
    isAcknowledged: Boolean(fields.acknowledged_at),
    isAnswered: Boolean(fields.first_response_at),
    isProposed: proposal !== null,
    acknowledgeBy: whenOf(textOf(fields.acknowledgement_due_at)),
    resolveBy: whenOf(textOf(fields.due_at)),
  };
}

/** What is left to do with an open case, in the order of the procedure; nothing for one that has ended. */
export function nextSteps(detail: CaseDetail, { procedure, rules }: Rules, context: Context): NextStep[] {
  if (stateOf(detail).standing !== 'open') return [];
  return stepsOf(openCaseOf(detail), procedure, rules, context.zone).map(({ action, due }) => ({
    action,
    text: stepText(action),
    ...dueWords(whenText(due), context),
  }));
}

/** That an open case should go up a level, and why; empty where nothing says so. */
export function escalationWords(detail: CaseDetail, { procedure, rules }: Rules, { zone, now }: Context): string {
  if (stateOf(detail).standing !== 'open') return '';
  const found = escalationOf(openCaseOf(detail), procedure, rules, { zone, now: Math.floor(now / 1000) });
  return found ? `It should go up to ${found.level}: ${found.why}.` : '';
}

/** What waits for approval, who asked and who can give it; empty where nothing does. */
export function proposalWords({ proposal, fields }: CaseDetail, { procedure }: Rules, zone: string): string {
  if (!proposal) return '';
  const { outcome = textOf(fields.outcome), redress, redress_amount: amount } = proposal.fields;
  const what = [outcome, [redress, amount].filter(Boolean).join(' ')].filter(Boolean).join(', ');
  const who = deciders(procedure, { level: textOf(fields.escalation_level), amount: Number(amount ?? 0) });
  return `${proposal.by ?? 'Somebody'} asked ${shortWhen(proposal.at, zone)} to resolve it: ${what}. That waits for ${rolesInWords(who)} to approve it.`;
}

/** Why a resolution has to be approved, and by whom; null where who asks decides it. */
export function approvalWords({ procedure, role }: ProcedureJson, decision: { level: string | null; amount: number }): string | null {
  const beyond = beyondAuthority({ role, procedure }, decision);
  if (!beyond) return null;
  const what = beyond.field === 'redress_amount' ? 'The amount' : 'A case';
  return `${what} ${beyond.message}. It waits for ${rolesInWords(deciders(procedure, decision))} to approve it.`;
}

/** How a case ended, and that nothing is left; or, of an open one, that nothing is due by a date. Empty where the steps say it all. */
export function standingWords(detail: CaseDetail, zone: string): string {
  const { fields } = detail;
  const { standing } = stateOf(detail);
  const outcome = textOf(fields.outcome);
  if (standing === 'resolved')
    return `Resolved ${shortWhen(textOf(fields.resolved_at), zone)}${outcome ? `: ${outcome}` : ''}. Nothing is left to do; reopen it if the customer comes back.`;
  if (standing === 'withdrawn') return `Withdrawn ${shortWhen(textOf(fields.withdrawn_at), zone)}. Nothing is left to do.`;
  return fields.due_at || fields.acknowledgement_due_at ? '' : 'No service policy covers it, so nothing is due by a date.';
}

/** A confirmation of receipt to be copied into a message; it promises no date that has passed. */
export function acknowledgementText({ case_id, fields }: CaseDetail, organisation: string, { zone, now }: Context): string {
  const received = textOf(fields.received_at);
  const day = received && dayOf(received, zone);
  const due = textOf(fields.due_at);
  const dueDay = due && dayOf(due, zone);
  const isPromised = dueDay !== null && dueDay >= wallClock(now, zone).date;
  const kind = textOf(fields.kind) ?? 'message';
  return [
    `Dear ${textOf(fields.customer_name) ?? 'customer'},`,
    `Thank you for telling us. We received your ${kind}${day ? ` on ${formatDate(day)}` : ''} and keep it under number ${case_id}; please name it when you write or call.`,
    isPromised ? `You will have our answer by ${formatDate(dueDay)}.` : 'We will come back to you as soon as we know more.',
    organisation,
  ].join('\n\n');
}

const titles: Partial<Record<ActionName, string>> = {
  note: 'Add a note to',
  respond: 'Respond to',
  approve: 'Approve the resolution of',
  decline: 'Do not approve the resolution of',
};

/** What the form of an action is called: "Respond to case 7". */
export function formTitle(action: ActionName, caseId: number): string {
  return `${titles[action] ?? actionOf(action).label} case ${caseId}`;
}

const past: Record<ActionName, string> = {
  assign: 'Assigned', acknowledge: 'Acknowledged', note: 'Note added', respond: 'Response recorded', escalate: 'Escalated', resolve: 'Resolved',
  attribute: 'Corrected', propose: 'Asked for approval', approve: 'Approved and resolved', decline: 'Sent back to its owner', reopen: 'Reopened', withdraw: 'Withdrawn', reclassify: 'Reclassified',
}; // prettier-ignore

/** That it was done. */
export function doneWords(action: ActionName): string {
  const isCounted = !['note', 'propose', 'decline'].includes(action);
  return `${past[action]}.${isCounted ? ' Every figure counts it.' : ''}`;
}

/** What somebody did meanwhile, and that what was typed is kept. */
export function changedWords({ since }: CaseChangedJson, zone: string): string {
  const told = since.map(({ kind, at, actor, to, note }) => {
    const what = `${actor ?? 'somebody'}: ${kind}${to ? ` (${to})` : ''}, ${shortWhen(at, zone)}`;
    return note ? `${what}, “${note.length > 200 ? `${note.slice(0, 199)}…` : note}”` : what;
  });
  return `The case was changed since you opened it. ${sentence(told.join('; '))}. What you typed is kept here: save again to add it to that, or cancel.`;
}

/** By when, and how far away: "by 22 Nov 2026, 14:30, in 2 days". */
export function dueWords(due: string | null, { zone, now }: Context): Pick<NextStep, 'due' | 'isLate'> {
  if (due === null) return { due: null, isLate: false };
  const isDay = !due.includes('T');
  const isLate = isDay ? due < wallClock(now, zone).date : Date.parse(due) < now;
  const when = shortWhen(due, zone);
  if (isDay) return { due: isLate ? `was due ${when}` : `by ${when}`, isLate };
  const away = distanceInWords(Date.parse(due), now);
  return { due: isLate ? `was due ${when}, ${away}` : `by ${when}, ${away}`, isLate };
}

/** The date of a time on the clocks of `zone`, `YYYY-MM-DD`. */
function dayOf(when: string, zone: string): string {
  return when.includes('T') ? wallClock(Date.parse(when), zone).date : when;
}

/** A time as answers carry it, as the procedure counts it: seconds since 1970 UTC, or a date. */
export function whenOf(text: string | null): When | null {
  if (text === null) return null;
  return text.includes('T') ? Math.floor(Date.parse(text) / 1000) : text;
}

/** The same the other way. */
export function whenText(when: When | null): string | null {
  return typeof when === 'number' ? new Date(when * 1000).toISOString() : when;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
