import type { Knex } from 'knex';
import { BadInput, type Problem } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { isoText } from '../../etl/time.ts';
import { roleLabels } from '../../etl/role-names.ts';
import type { AccountJson, PeopleJson } from '../../queries/model/people.ts';
import type { UserChange } from './change-user.ts';
import { type RowScope, type SignedIn } from './roles.ts';
import { listSessions } from './sessions.ts';
import { listUsers, noSuchUser, type User } from './users.ts';

/** One's own account; @param options hash of the session that asks */
export async function ownAccount(store: Store, user: SignedIn, { now, ownHash }: { now: number; ownHash: string }): Promise<AccountJson> {
  const stored = await store.reader<User>('user').where({ user_id: user.userId }).first('password_hash');
  const sessions = await listSessions(store, now, user.userId);
  return {
    name: user.name,
    role: roleLabels[user.role],
    has_password: stored?.password_hash ? 1 : 0,
    sessions: sessions.map(({ session_id, created_at, seen_at, browser, token_hash }) => ({
      session_id,
      opened_at: isoText(created_at),
      used_at: isoText(seen_at),
      browser,
      is_this: token_hash === ownHash ? 1 : 0,
    })),
  };
}

/** Everybody, by name. */
export async function listPeople(store: Store, now: number): Promise<PeopleJson> {
  const users = await listUsers(store);
  const sessions = await listSessions(store, now);
  const invitations = await store
    .reader<{ user_id: number; expires_at: number; is_invitation: number; used_at: number | null }>('sign_in_link')
    .where({ is_invitation: 1 })
    .whereNull('used_at')
    .where('expires_at', '>', now);
  return {
    people: users.map(({ user_id, name, role, email, agent, scope, disabled_at, password_at }) => {
      const own = sessions.filter((session) => session.user_id === user_id);
      const until = invitations.filter((link) => link.user_id === user_id).map((link) => link.expires_at);
      return {
        name,
        role,
        email,
        agent,
        scope: scope === null ? null : (JSON.parse(scope) as RowScope), // written by change-user.ts
        disabled_at: isoText(disabled_at),
        has_password: password_at === null ? 0 : 1,
        sessions: own.length,
        seen_at: isoText(own[0]?.seen_at ?? null),
        invited_until: until.length ? isoText(Math.max(...until)) : null,
      };
    }),
    roles: Object.entries(roleLabels).map(([name, label]) => ({ name, label })),
  };
}

/** @throws BadInput when there is no such user */
export async function userNamed(db: Knex, name: string): Promise<Pick<User, 'user_id' | 'name'>> {
  const user = await db<User>('user').where({ name }).first('user_id', 'name');
  if (!user) throw await noSuchUser(db, name);
  return user;
}

/**
 * Reads what an administrator says of a person; what is left out stays.
 * @throws BadInput by field
 */
export function readPersonChange(body: unknown, { isNew }: { isNew: boolean }): UserChange & { name: string; email?: string | null } {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const problems: Problem[] = [];
  const text = (field: string): string | null | undefined => {
    const value = given[field];
    if (value === undefined || value === null) return value;
    if (typeof value === 'string') return value.trim() || null;
    problems.push({ field, message: 'must be text' });
    return undefined;
  };
  const [name, role, email, agent] = [text('name'), text('role'), text('email'), text('agent')];
  if (!name) problems.push({ field: 'name', message: 'is missing' });
  if (isNew && !role) problems.push({ field: 'role', message: 'is missing' });
  const scope = given.scope === undefined ? undefined : readScope(given.scope, problems);
  const { disabled } = given;
  if (disabled !== undefined && typeof disabled !== 'boolean') problems.push({ field: 'disabled', message: 'must be true or false' });
  if (problems.length || !name) throw new BadInput(problems);
  return {
    name,
    ...(role && { role }),
    ...(email !== undefined && { email }),
    ...(agent !== undefined && { agent }),
    ...(scope !== undefined && { scope }),
    ...(typeof disabled === 'boolean' && { isDisabled: disabled }),
  };
}

function readScope(given: unknown, problems: Problem[]): RowScope | null {
  if (given === null) return null;
  const scope: RowScope = {};
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (typeof given !== 'object' || Array.isArray(given))
    problems.push({ field: 'scope', message: 'must be an object with team and company' });
  else
    for (const [name, labels] of Object.entries(given)) {
      if ((name === 'team' || name === 'company') && Array.isArray(labels) && labels.every(isText)) scope[name] = labels;
      else problems.push({ field: `scope.${name}`, message: 'must be team or company with a list of labels' });
    }
  return scope;
}
