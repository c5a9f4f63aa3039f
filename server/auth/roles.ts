/** What a signed-in person can be allowed to do; every route names one. */
export const actions = {
  read: 'see figures, cases and how fresh they are',
  enter_case: 'enter a case',
  run_source: 'pull a source now',
  manage_sources: 'add sources, give and end their tokens, and say which label a value is shown under',
  see_raw_rows: 'see rejected rows as they came',
  follow_up: 'note what was done about a low score',
  mend_rows: 'correct rejected rows and read them again, or dismiss them',
  save_views: 'save views of their own and share them',
  write_notes: 'write, change and delete notes beside the trends',
  set_baselines: 'have typical ranges begin anew, with a reason, and take that back',
  manage_digests: 'add, change, pause and test digests, have them sent again, and see to whom they went',
} as const satisfies Record<string, string>;
export type Action = keyof typeof actions;

/** What each role may do. A new role is a new entry here and nothing else. */
export const roles = {
  administrator: [
    'read',
    'enter_case',
    'run_source',
    'manage_sources',
    'see_raw_rows',
    'mend_rows',
    'follow_up',
    'save_views',
    'write_notes',
    'set_baselines',
    'manage_digests',
  ],
} as const satisfies Record<string, readonly Action[]>;
export type Role = keyof typeof roles;

/** Somebody whose session is valid. */
export interface SignedIn {
  userId: number;
  name: string;
  role: Role;
}

/** Whether `name` is a role. */
export function isRole(name: string): name is Role {
  return Object.hasOwn(roles, name);
}

/** Whether `user` may do `action`. */
export function can(user: SignedIn, action: Action): boolean {
  const allowed: readonly Action[] = roles[user.role];
  return allowed.includes(action);
}
