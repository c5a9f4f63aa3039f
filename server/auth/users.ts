import type { Knex } from 'knex';
import { z } from 'zod';
import { BadInput, didYouMean } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { audit } from './audit.ts';
import { readRole, type Role } from './roles.ts';

const mailAddress = z.email();

/** A person who may sign in. Times are seconds since 1970 UTC. */
export interface User {
  user_id: number;
  name: string;
  role: Role;
  /** Mail address, small letters; null where nobody has told it. */
  email: string | null;
  /** The label their own cases stand under. */
  agent: string | null;
  /** JSON of labels by dimension that they are limited to; null for all rows. */
  scope: string | null;
  /** Null while only links sign in. */
  password_hash: string | null;
  password_at: number | null;
  created_at: number;
  disabled_at: number | null;
}

/**
 * Adds a user.
 * @throws BadInput when the name is unusable or taken, or the role is unknown
 */
export async function addUser(
  store: Store,
  { name, role, now, by = null }: { name: string; role: string; now: number; by?: number | null },
): Promise<void> {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,79}$/u.test(name)) {
    throw new BadInput([{ field: 'name', message: `"${name}" cannot be a user's name: expected letters, digits and . _ @ -, at most 80` }]);
  }
  const known = readRole(role);
  const added = await store.writer.transaction(async (trx) => {
    const rows: unknown[] = await trx('user')
      .insert({ name, role: known, created_at: now })
      .onConflict('name')
      .ignore()
      .returning('user_id');
    if (rows.length) await audit(trx, { at: now, userId: by, action: 'user_added', target: name });
    return rows.length > 0;
  });
  if (!added) throw new BadInput([{ field: 'name', message: `there already is a user "${name}"` }]);
}

/** Every user, by name, without what is stored of a password. */
export async function listUsers(store: Store): Promise<Omit<User, 'password_hash'>[]> {
  const users = await store
    .reader<User>('user')
    .select('user_id', 'name', 'role', 'email', 'agent', 'scope', 'password_at', 'created_at', 'disabled_at');
  return users.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Sets where a user gets mail; null for nowhere. With another address, what a provider of sign-ins calls them is forgotten.
 * @throws BadInput when there is no such user, or it is no address
 */
export async function setEmail(
  store: Store,
  { name, email, now, by = null }: { name: string; email: string | null; now: number; by?: number | null },
): Promise<void> {
  if (email !== null && !mailAddress.safeParse(email).success)
    throw new BadInput([{ field: 'ADDRESS', message: `"${email}" is no mail address like anna@example.org` }]);
  const changed = await store.writer.transaction(async (trx) => {
    const user = await trx<User>('user').where({ name }).first('user_id', 'email');
    if (!user) return false;
    const address = email?.toLowerCase() ?? null;
    await trx<User>('user').where({ name }).update({ email: address });
    await audit(trx, { at: now, userId: by, action: 'email_set', target: name });
    // Who signs in with a provider was found by the address; another one is to be found anew.
    if (user.email !== address && (await trx('user_identity').where({ user_id: user.user_id }).delete()))
      await audit(trx, { at: now, userId: by, action: 'identity_unlinked', target: name });
    return true;
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
