/** What a signed-in person can be allowed to do; every route names one. */
export const actions = {
  read: 'see figures, cases and how fresh they are',
  enter_case: 'enter a case',
  run_source: 'pull a source now',
} as const satisfies Record<string, string>;
export type Action = keyof typeof actions;

/** What each role may do. A new role is a new entry here and nothing else. */
export const roles = {
  administrator: ['read', 'enter_case', 'run_source'],
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
