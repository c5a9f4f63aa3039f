import { BadInput, didYouMean } from '../../etl/errors.ts';
import type { RoleName } from '../../etl/role-names.ts';

/** What a signed-in person can be allowed to do; every route names one. The words go on from "you may not …". */
export const actions = {
  use_account: 'open pages and change your own account',
  read: 'see figures and cases',
  see_text: 'read what customers and colleagues wrote, or search in it',
  see_contact: 'see who a customer is',
  see_persons: 'see agents by name, vulnerable customers apart, and teams of fewer than five',
  enter_case: 'enter a case',
  handle_case: 'do something with a case that was entered here',
  classify_case: 'say the theme and the root cause of a case of a source',
  contest_case: 'contest that a case is yours',
  decide_contests: 'decide whose a contested case is',
  remove_evidence: 'remove a file from a case',
  link_cases: 'say which cases are about the same matter',
  see_sources: 'see the runs of sources and what was wrong with their rows',
  run_source: 'pull a source now',
  manage_sources: 'add sources, give and end their tokens, and say which label a value is shown under',
  see_raw_rows: 'see rejected rows as they came',
  follow_up: 'note what was done about a low score',
  mend_rows: 'correct rejected rows and read them again, or dismiss them',
  save_views: 'save views of your own and share them',
  write_notes: 'write, change and delete notes beside the trends',
  set_baselines: 'have typical ranges begin anew, with a reason, and take that back',
  manage_digests: 'add, change, pause and test digests, have them sent again, and see to whom they went',
  erase_customer: 'erase a customer',
  export_customer: 'export everything about a customer',
  manage_people: 'invite people, say what they may see, and end their sessions',
} as const satisfies Record<string, string>;
export type Action = keyof typeof actions;

const everybody = ['use_account', 'read', 'save_views'] as const satisfies readonly Action[];

/** What each role may do. A new role is a new entry here and nothing else. */
export const roles = {
  administrator: Object.keys(actions) as Action[], // its own keys
  quality_manager: [
    ...everybody,
    'see_text',
    'see_contact',
    'see_persons',
    'enter_case',
    'handle_case',
    'classify_case',
    'decide_contests',
    'remove_evidence',
    'link_cases',
    'see_sources',
    'run_source',
    'see_raw_rows',
    'mend_rows',
    'follow_up',
    'write_notes',
    'set_baselines',
    'manage_digests',
    'erase_customer',
    'export_customer',
  ],
  trainer: [...everybody, 'see_text', 'see_persons', 'enter_case', 'classify_case', 'follow_up', 'write_notes'],
  executive: everybody,
  staff: [...everybody, 'see_text', 'see_contact', 'see_persons', 'enter_case', 'handle_case', 'contest_case', 'follow_up'],
} as const satisfies Record<RoleName, readonly Action[]>;
export type Role = RoleName;

/** Somebody whose session is valid. */
export interface SignedIn {
  userId: number;
  name: string;
  role: Role;
  /** The label their own cases stand under; null where none is linked. */
  agent: string | null;
  /** The labels they are limited to. Null: all. */
  scope: RowScope | null;
}

/** Labels of teams and of companies; with both, rows have to be under one of each. */
export type RowScope = Partial<Record<'team' | 'company', readonly string[]>>;

/**
 * Reads the name of a role.
 * @throws BadInput for an unknown one, with near names
 */
export function readRole(name: unknown): Role {
  const known = Object.keys(roles) as Role[]; // its own keys
  const role = known.find((each) => each === name);
  if (role) return role;
  const near = typeof name === 'string' ? didYouMean(name, known) : '';
  throw new BadInput([{ field: 'role', message: `there is no role ${JSON.stringify(name)}${near}; roles are ${known.join(', ')}` }]);
}

/** What is about all rows, and so for nobody who sees only some. */
const ofAllRows: readonly Action[] = [
  'see_sources',
  'run_source',
  'manage_sources',
  'see_raw_rows',
  'mend_rows',
  'set_baselines',
  'manage_digests',
  'erase_customer',
  'export_customer',
];

/** Whether `user` may do `action`. */
export function can(user: Pick<SignedIn, 'role' | 'scope'>, action: Action): boolean {
  const allowed: readonly Action[] = roles[user.role];
  return allowed.includes(action) && !isBeyondScope(user, action);
}

/** Whether `action` is about all rows, of which `user` sees only some. */
export function isBeyondScope({ scope }: Pick<SignedIn, 'scope'>, action: Action): boolean {
  return scope !== null && ofAllRows.includes(action);
}

/** All that `user` may do. */
export function allowedTo(user: Pick<SignedIn, 'role' | 'scope'>): Action[] {
  return (Object.keys(actions) as Action[]).filter((action) => can(user, action)); // its own keys
}
