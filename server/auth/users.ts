import type { Knex } from 'knex';
import { z } from 'zod';
import { BadInput, didYouMean } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { audit } from './audit.ts';
import { isRole, roles, type Role } from './roles.ts';

const mailAddress = z.email();

/** A person who may sign in. Times are seconds since 1970 UTC. */
export interface User {
  user_id: number;
  name: string;
  role: Role;
  /** Mail address, small letters; null where nobody has told it. */
  email: string | null;
  created_at: number;
  disabled_at: number | null;
}

/**
 * Adds a user.
 * @throws BadInput when the name is unusable or taken, or the role is unknown
 */
export async function addUser(store: Store, { name, role, now }: { name: string; role: string; now: number }): Promise<void> {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,79}$/u.test(name)) {
    throw new BadInput([{ field: 'name', message: `"${name}" cannot be a user's name: expected letters, digits and . _ @ -, at most 80` }]);
  }
  if (!isRole(role)) {
    const known = Object.keys(roles);
    throw new BadInput([{ field: 'role', message: `there is no role "${role}"${didYouMean(role, known)}; roles are ${known.join(', ')}` }]);
  }
  const added = await store.writer.transaction(async (trx) => {
    const rows: unknown[] = await trx('user').insert({ name, role, created_at: now }).onConflict('name').ignore().returning('user_id');
    if (rows.length) await audit(trx, { at: now, userId: null, action: 'user_added', target: name });
    return rows.length > 0;
  });
  if (!added) throw new BadInput([{ field: 'name', message: `there already is a user "${name}"` }]);
}

/** Every user, by name. */
export async function listUsers(store: Store): Promise<User[]> {
  const users = await store.reader<User>('user').select('user_id', 'name', 'role', 'email', 'created_at', 'disabled_at');
  return users.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Disables a user: sessions and links end at once.
 * @throws BadInput when there is no such user
 */
export async function disableUser(store: Store, { name, now }: { name: string; now: number }): Promise<void> {
  const changed = await store.writer.transaction(async (trx) => {
    const count = await trx('user').where({ name }).update({ disabled_at: now });
    if (count) await audit(trx, { at: now, userId: null, action: 'user_disabled', target: name });
    return count;
  });
  if (!changed) throw await noSuchUser(store.reader, name);
}

/**
 * Sets where a user gets mail; null for nowhere.
 * @throws BadInput when there is no such user, or it is no address
 */
export async function setEmail(store: Store, { name, email, now }: { name: string; email: string | null; now: number }): Promise<void> {
  if (email !== null && !mailAddress.safeParse(email).success)
    throw new BadInput([{ field: 'ADDRESS', message: `"${email}" is no mail address like anna@example.org` }]);
  const changed = await store.writer.transaction(async (trx) => {
    const count = await trx<User>('user')
      .where({ name })
      .update({ email: email?.toLowerCase() ?? null });
    if (count) await audit(trx, { at: now, userId: null, action: 'email_set', target: name });
    return count;
  });
  if (!changed) throw await noSuchUser(store.reader, name);
}

/** Makes the first administrator where there is no user at all. */
export async function ensureAdministrator(store: Store, now: number): Promise<void> {
  const some: unknown = await store.reader('user').first('user_id');
  if (!some) await addUser(store, { name: 'admin', role: 'administrator', now });
}

/** The error for a user nobody knows, with near names. */
export async function noSuchUser(db: Knex, name: string): Promise<BadInput> {
  const names = (await db<User>('user').select('name')).map((user) => user.name);
  return new BadInput([
    { field: 'name', message: `there is no user "${name}"${didYouMean(name, names)}; add one with: npx silverlining user add NAME` },
  ]);
}
