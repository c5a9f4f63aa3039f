import { calendarFor, type BusinessRules } from './business-rules.ts';
import { deadline } from './deadline.ts';
import { levelsAbove, type ActionName } from './handling.ts';
import { dateOfDay, dayNumber, endOfDay } from './local-time.ts';
import { escalationLevels, type severities, type When } from './record.ts';
import { rolesInWords, type RoleName } from './role-names.ts';
import type { SlaLimit } from './sla.ts';

/** What is to be done with every case, in the order of the procedure. */
export const stepNames = ['assign', 'acknowledge', 'respond', 'resolve'] as const satisfies readonly ActionName[];
export type StepName = (typeof stepNames)[number];
/** What advice can be given on: a step, entering a case, or escalating it. */
export const guidedNames = ['enter', ...stepNames, 'escalate'] as const;
export type GuidedName = (typeof guidedNames)[number];
export type Level = (typeof escalationLevels)[number];

/** When a case should go up to a level, and who decides it there. */
export interface LevelRule {
  level: Level;
  /** Null: whoever handles it. */
  decidedBy: readonly RoleName[] | null;
  /** Received longer ago than that, and still open. */
  openFor: SlaLimit | null;
  /** Received longer ago than that, and not answered in substance. */
  unansweredFor: SlaLimit | null;
  severities: readonly (typeof severities)[number][];
}

/** How cases are handled, as the configuration says it. What is promised by when stands in the policies. */
export interface Procedure {
  steps: readonly StepName[];
  /** Lines to bear in mind. */
  guidance: Readonly<Partial<Record<GuidedName, readonly string[]>>>;
  levels: readonly LevelRule[];
  /** The most a role may give by its own decision, in the currency of the organisation; a role without one gives what it decides. */
  redressLimits: Readonly<Partial<Record<RoleName, number>>>;
  /** A step is due soon within that many days. */
  dueSoonDays: number;
  /** A step may be said to have been done at most that many days before it is recorded. */
  backdatingDays: number;
}

/** Where nothing is configured. */
export const defaultProcedure: Procedure = {
  steps: stepNames,
  guidance: {
    enter: [
      'Listen to the whole story first, and say back what you understood.',
      'Put emotions aside: the anger is about what happened, not about you.',
      'Give the customer the benefit of the doubt.',
      'Ask what would put it right, and write that down as the remedy sought.',
    ],
    assign: ['One person owns a case, with the authority to settle it.'],
    acknowledge: ['Thank them, say who has it, what happens next and by when.'],
    respond: ['Research before you answer: the records, the people who were there, what was promised.', 'Explain what you found in plain words, also where it speaks against us.'], // prettier-ignore
    escalate: ['Say what was done so far, so that nobody has to tell it again.'],
    resolve: ['Agree the remedy with the customer before you record it.', 'Name the cause: what is learned here is what improves.'],
  },
  levels: [],
  redressLimits: {},
  dueSoonDays: 2,
  backdatingDays: 30,
};

/** What of an open case decides what is left to do. */
export interface OpenCase {
  received: When;
  severity: string | null;
  /** The highest level reached; null: nobody has escalated it. */
  level: string | null;
  /** Name of the policy it falls under. */
  policy: string | null;
  hasOwner: boolean;
  isAcknowledged: boolean;
  isAnswered: boolean;
  /** Whether a resolution waits for approval. */
  isProposed: boolean;
  acknowledgeBy: When | null;
  resolveBy: When | null;
}

/** Something left to do, and by when; null: nothing was promised. */
export interface Step {
  action: StepName | 'approve';
  due: When | null;
}

/**
 * What is left to do with an open case, in the order of the procedure.
 * @param zone on whose clocks days are counted where no calendar says
 */
export function stepsOf(open: OpenCase, procedure: Pick<Procedure, 'steps'>, rules: BusinessRules, zone: string): Step[] {
  const isDone = { assign: open.hasOwner, acknowledge: open.isAcknowledged, respond: open.isAnswered, resolve: false };
  const promised = promisedBy(open.received, rules, open.policy, zone);
  // What a source said of its own deadlines stands on the case.
  const due = { ...promised, acknowledge: open.acknowledgeBy, resolve: open.resolveBy };
  return procedure.steps
    .filter((action) => !isDone[action])
    .map((action) => ({ action: action === 'resolve' && open.isProposed ? 'approve' : action, due: due[action] }));
}

/**
 * By when a policy promises each step of a case; null where it promises nothing.
 * @param policy its name; null for none
 * @param zone on whose clocks days are counted where no calendar says
 */
export function promisedBy(received: When, rules: BusinessRules, policy: string | null, zone: string): Record<StepName, When | null> {
  const limits = rules.policies.find(({ name }) => name === policy);
  const end = (step: StepName) => {
    const limit = limits?.[step];
    return limit ? limitEnd(received, limit, rules, policy, zone) : null;
  };
  return { assign: end('assign'), acknowledge: end('acknowledge'), respond: end('respond'), resolve: end('resolve') };
}

/**
 * The level an open case should go up to by the rules, and why; the highest where several say so.
 * @param now seconds since 1970 UTC
 */
export function escalationOf(
  open: OpenCase,
  { levels }: Pick<Procedure, 'levels'>,
  rules: BusinessRules,
  { zone, now }: { zone: string; now: number },
): { level: Level; why: string } | null {
  const above = levelsAbove(open.level, 'open');
  const isOver = (limit: SlaLimit) => {
    const end = limitEnd(open.received, limit, rules, open.policy, zone);
    return end !== null && isPast(end, now, zone);
  };
  for (const { level, openFor, unansweredFor, severities: grave } of [...levels].reverse()) {
    if (!above.includes(level)) continue;
    if (grave.some((one) => one === open.severity)) return { level, why: `${open.severity} severity` };
    if (openFor && isOver(openFor)) return { level, why: `open for more than ${limitInWords(openFor)}` };
    if (unansweredFor && !open.isAnswered && isOver(unansweredFor))
      return { level, why: `not answered within ${limitInWords(unansweredFor)}` };
  }
  return null;
}

/** Whether a time has passed; a date without a time of day lasts to its end. */
export function isPast(at: When, now: number, zone: string): boolean {
  return typeof at === 'number' ? at < now : endOfDay(at, zone) < now;
}

/** Who decides a case, and how far. */
export interface Authority {
  role: RoleName;
  procedure: Pick<Procedure, 'levels' | 'redressLimits' | 'backdatingDays'>;
}

/**
 * The first day on which a step may be said to have been done: so many days back, and not before the case was received.
 * @param receivedOn `YYYY-MM-DD`, as the answer
 * @param today on the same clocks
 */
export function earliestDay(
  { backdatingDays }: Pick<Procedure, 'backdatingDays'>,
  { today, receivedOn }: { today: string; receivedOn: string },
): string {
  const bound = dateOfDay(dayNumber(today) - backdatingDays);
  return bound > receivedOn ? bound : receivedOn;
}

/**
 * Why a step cannot be said to have been done on a day, for all that the case had been received by then.
 * @param day `YYYY-MM-DD`, as the others
 * @returns null where it can
 */
export function tooLongAgo(
  procedure: Pick<Procedure, 'backdatingDays'>,
  { day, ...days }: { day: string; today: string; receivedOn: string },
): string | null {
  const first = earliestDay(procedure, days);
  if (day >= first || first === days.receivedOn) return null;
  const { backdatingDays } = procedure;
  return `${day} is more than ${backdatingDays === 1 ? '1 day' : `${backdatingDays} days`} back; expected ${first} or later`;
}

/**
 * Why somebody may not decide a case as it stands by themselves: that has to be approved.
 * @param decision `level`: the highest reached; `amount`: of redress, in the currency of the organisation
 * @returns null where they may
 */
export function beyondAuthority(
  { role, procedure }: Authority,
  { level, amount }: { level: string | null; amount: number },
): { field: 'outcome' | 'redress_amount'; message: string } | null {
  const reached = escalationLevels.indexOf((level ?? 'front line') as Level);
  // What is decided by some at a level is not for others above it.
  const rule = procedure.levels.findLast((one) => one.decidedBy && escalationLevels.indexOf(one.level) <= reached);
  if (rule?.decidedBy && !rule.decidedBy.includes(role))
    return { field: 'outcome', message: `from the level ${rule.level} on is for ${rolesInWords(rule.decidedBy)} to decide` };
  const limit = procedure.redressLimits[role];
  if (limit === undefined || amount <= limit) return null;
  return { field: 'redress_amount', message: `is above ${limit}, the most ${rolesInWords([role])} may give` };
}

/** The roles that handle cases, and so decide them. */
export const handlingRoles = ['administrator', 'quality_manager', 'staff'] as const satisfies readonly RoleName[];

/** The roles that may decide it. */
export function deciders(procedure: Authority['procedure'], decision: { level: string | null; amount: number }): RoleName[] {
  return handlingRoles.filter((role) => !beyondAuthority({ role, procedure }, decision));
}

/** A limit in words: "10 business days". */
export function limitInWords(limit: SlaLimit): string {
  const [unit, count] = Object.entries(limit).find(([, value]) => value !== undefined) ?? ['hours', 0];
  const words = unit.replace('calendar_', '').replace('_', ' ');
  return `${count} ${count === 1 ? words.slice(0, -1) : words}`;
}

function limitEnd(received: When, limit: SlaLimit, rules: BusinessRules, policy: string | null, zone: string): When | null {
  const calendar = calendarFor(rules, policy ?? undefined);
  return deadline(received, limit, calendar?.zone ?? zone, calendar);
}
