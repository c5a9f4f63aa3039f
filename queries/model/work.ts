import type { BusinessRules } from '../../etl/business-rules.ts';
import type { Level, Procedure, Step } from '../../etl/procedure.ts';
import type { RoleName } from '../../etl/role-names.ts';

/** Why a case is on the list of what is to be done, in the order it is looked at; a case can be there for several reasons. */
export const workGroups = {
  unassigned: 'No owner',
  overdue: 'Overdue',
  due_soon: 'Due soon',
  awaiting_approval: 'To approve',
  escalate: 'To escalate',
} as const;
export type WorkGroup = keyof typeof workGroups;
export const workGroupNames = Object.keys(workGroups) as WorkGroup[]; // its own keys

/** An open case that was entered here, and what is left to do with it. */
export interface WorkItem {
  case_id: number;
  kind: string | null;
  issue: string | null;
  product: string | null;
  severity: string | null;
  level: string | null;
  team: string | null;
  agent: string | null;
  /** ISO 8601 UTC, or `YYYY-MM-DD` of a date without a time of day; so is `due`. */
  received_at: string;
  /** What is due first, else what comes first. */
  next: { action: Step['action']; due: string | null; is_late: boolean };
  groups: WorkGroup[];
  escalate: { level: Level; why: string } | null;
}

/** Answer of `GET /api/work`: what is due first comes first. */
export interface WorkList {
  items: WorkItem[];
  /** Days before it is due that a step is due soon. */
  due_soon_days: number;
  /** Whether there are more open cases than are looked through; then those received first are. */
  is_cut: boolean;
}

/** How many open cases are looked through. */
export const mostWork = 2_000;

/** Answer of `GET /api/procedure`: how cases are handled, by what clocks, and as what role the asker decides. */
export interface ProcedureJson {
  procedure: Procedure;
  rules: BusinessRules;
  zone: string;
  role: RoleName;
}
