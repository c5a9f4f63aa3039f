import type { Role, RowScope, SignedIn } from './roles.ts';

/** Columns of `user`, joined or not, that say who somebody is and what rows they see. */
export const userColumns = ['user.user_id', 'user.name', 'user.role', 'user.agent', 'user.scope'] as const;

export interface UserColumns {
  user_id: number;
  name: string;
  role: Role;
  agent: string | null;
  /** JSON; null for all rows. */
  scope: string | null;
}

/** Who a row of `user` is. */
export function signedInAs({ user_id, name, role, agent, scope }: UserColumns): SignedIn {
  return { userId: user_id, name, role, agent, scope: scope === null ? null : (JSON.parse(scope) as RowScope) }; // written by users.ts
}
