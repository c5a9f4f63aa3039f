import { escalationLevels, outcomes, type CaseFieldName, type eventKinds } from './record.ts';

/** Where a case stands that is handled here. */
export type Standing = 'open' | 'resolved' | 'withdrawn';
/** A field of the form of an action: one of the case, or the words that go with what was done. */
export type HandlingField = CaseFieldName | 'note';

/** Something a person does with a case: the event it makes, when it can be done, and what its form asks for. */
export interface HandlingAction {
  event: (typeof eventKinds)[number];
  /** What the button and the form are called. */
  label: string;
  /** What the case must be. */
  standings: readonly Standing[];
  fields: readonly HandlingField[];
  required: readonly HandlingField[];
  /** What `note` is called in its form. */
  note: string;
  /** Whether the form asks when it was, if not now. */
  isTimed: boolean;
  /** Whether fields that are not given stay as they are; else they are taken for empty. */
  isPartial?: true;
}

const always = ['open', 'resolved', 'withdrawn'] as const;

/** Everything that can be done with a case that was entered here, in the order it usually is. */
export const handlingActions = {
  assign: {
    event: 'assigned', label: 'Assign', standings: ['open'], fields: ['team', 'agent', 'note'], required: [], note: 'Word to the new owner', isTimed: false,
    isPartial: true,
  },
  acknowledge: {
    event: 'acknowledged', label: 'Acknowledge', standings: ['open'], fields: ['note'], required: [], note: 'How it was confirmed', isTimed: true,
  },
  note: { event: 'noted', label: 'Add a note', standings: always, fields: ['note'], required: ['note'], note: 'Note', isTimed: false },
  respond: {
    event: 'responded', label: 'Respond', standings: ['open'], fields: ['note'], required: ['note'], note: 'What was answered', isTimed: true,
  },
  escalate: {
    event: 'escalated', label: 'Escalate', standings: ['open', 'resolved'], fields: ['escalation_level', 'note'], required: ['escalation_level', 'note'],
    note: 'Why', isTimed: true,
  },
  resolve: {
    event: 'resolved', label: 'Resolve', standings: ['open'],
    fields: ['outcome', 'resolution_note', 'redress', 'redress_amount', 'root_cause', 'controllability', 'theme'],
    required: ['outcome', 'resolution_note'], note: '', isTimed: true,
  },
  propose: {
    event: 'approval asked', label: 'Ask for approval', standings: ['open'],
    fields: ['outcome', 'resolution_note', 'redress', 'redress_amount', 'root_cause', 'controllability', 'theme'],
    required: ['outcome', 'resolution_note'], note: '', isTimed: false,
  },
  approve: { event: 'resolved', label: 'Approve', standings: ['open'], fields: [], required: [], note: '', isTimed: false },
  decline: {
    event: 'approval refused', label: 'Do not approve', standings: ['open'], fields: ['note'], required: ['note'], note: 'Why, and what instead',
    isTimed: false,
  },
  reopen: {
    event: 'reopened', label: 'Reopen', standings: ['resolved', 'withdrawn'], fields: ['note'], required: ['note'], note: 'Why', isTimed: true,
  },
  withdraw: {
    event: 'withdrawn', label: 'Withdraw', standings: ['open'], fields: ['note'], required: ['note'], note: 'What the customer said', isTimed: true,
  },
  reclassify: {
    event: 'reclassified', label: 'Reclassify', standings: always, fields: ['kind', 'product', 'issue', 'sub_issue', 'severity', 'note'],
    required: ['kind', 'issue', 'note'], note: 'Why', isTimed: false, isPartial: true,
  },
  attribute: {
    event: 'reclassified', label: 'Correct who handled it', standings: always, fields: ['agent', 'note'], required: ['note'], note: 'What was found',
    isTimed: false, isPartial: true,
  },
} as const satisfies Record<string, HandlingAction>; // prettier-ignore
export type ActionName = keyof typeof handlingActions;
export const actionNames = Object.keys(handlingActions) as ActionName[]; // its own keys

/** An action by its name, as the type all have in common. */
export const actionOf = (name: ActionName): HandlingAction => handlingActions[name];

/** What a case can be decided as; that the customer withdrew it is an action of its own. */
export const decisions = outcomes.filter((outcome) => outcome !== 'withdrawn');

/** What is known of a case by which the actions are offered. */
export interface HandledState {
  standing: Standing;
  isAcknowledged: boolean;
  /** The highest level reached; null: nobody has escalated it. */
  level: string | null;
  /** Whether a resolution waits for approval. */
  isProposed: boolean;
}

export function standingOf(resolvedAt: unknown, withdrawnAt: unknown): Standing {
  if (resolvedAt !== undefined && resolvedAt !== null) return 'resolved';
  return withdrawnAt === undefined || withdrawnAt === null ? 'open' : 'withdrawn';
}

/** What can be done with a case as it stands. */
export function offeredActions({ standing, isAcknowledged, level, isProposed }: HandledState): ActionName[] {
  return actionNames.filter((name) => {
    // What is beyond somebody's authority to resolve is proposed in the same form; whose it was is corrected where that is contested.
    if (name === 'propose' || name === 'attribute') return false;
    if (name === 'approve' || name === 'decline') return isProposed && standing === 'open';
    if (name === 'acknowledge' && isAcknowledged) return false;
    if (name === 'escalate' && levelsAbove(level, standing).length === 0) return false;
    return actionOf(name).standings.includes(standing);
  });
}

/** What asks for approval of a resolution, and what decides that or overtakes it. */
export const proposalKinds = [
  'approval asked',
  'approval refused',
  'resolved',
  'withdrawn',
  'reopened',
] as const satisfies readonly (typeof eventKinds)[number][];

/** The event that asks for approval of a resolution, where it was neither decided nor overtaken since. */
export function pendingProposal<T extends { kind: string }>(events: readonly T[]): T | null {
  const last = events.findLast(({ kind }) => proposalKinds.some((one) => one === kind));
  return last?.kind === 'approval asked' ? last : null;
}

/** The levels a case can be escalated to. A decided case goes to an outside body; for anything else it is reopened first. */
export function levelsAbove(level: string | null, standing: Standing): string[] {
  const above = escalationLevels.slice(Math.max(0, escalationLevels.indexOf((level ?? 'front line') as 'front line')) + 1);
  return standing === 'open' ? above : above.filter((one) => one === 'external');
}
