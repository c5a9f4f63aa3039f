import type { Knex } from 'knex';
import type { Store } from '../../etl/store/open.ts';
import { audit } from './audit.ts';
import type { Role, SignedIn } from './roles.ts';
import { hashToken } from './tokens.ts';

/** How long a session lasts, in seconds: `idle` without being used, `absolute` however much it is used. */
export const sessionSeconds = { idle: 7 * 24 * 3600, absolute: 30 * 24 * 3600 } as const;
// Writing down each request would make every read a write.
const seenEverySeconds = 300;

interface SessionRow {
  user_id: number;
  name: string;
  role: Role;
  seen_at: number;
}

/**
 * Who a session's secret belongs to.
 * @param now seconds since 1970 UTC
 * @returns null when it is unknown, expired or ended, or its user is disabled
 */
export async function readSession(store: Store, token: string, now: number): Promise<SignedIn | null> {
  const hash = hashToken(token);
  const row = await validSessions(store.reader, now)
    .where({ token_hash: hash })
    .first<SessionRow | undefined>('user.user_id', 'name', 'role', 'seen_at');
  if (!row) return null;
  if (now - row.seen_at >= seenEverySeconds) await store.writer('session').where({ token_hash: hash }).update({ seen_at: now });
  return { userId: row.user_id, name: row.name, role: row.role };
}

/** Whether a session is still valid. Unlike {@link readSession} it does not count as a use: a page left open does not keep its session alive. */
export async function isSessionValid(store: Store, token: string, now: number): Promise<boolean> {
  const row: unknown = await validSessions(store.reader, now)
    .where({ token_hash: hashToken(token) })
    .first('token_hash');
  return row !== undefined;
}

/** Ends the session at once. */
export async function endSession(store: Store, { token, user, now }: { token: string; user: SignedIn; now: number }): Promise<void> {
  await store.writer.transaction(async (trx) => {
    await trx('session')
      .where({ token_hash: hashToken(token) })
      .delete();
    await audit(trx, { at: now, userId: user.userId, action: 'signed_out', target: user.name });
  });
}

/** Whether anybody is signed in. */
export async function isAnybodySignedIn(store: Store, now: number): Promise<boolean> {
  const row: unknown = await validSessions(store.reader, now).first('token_hash');
  return row !== undefined;
}

/** Removes sessions and links that can no longer be used. */
export async function forgetExpired(store: Store, now: number): Promise<void> {
  await store
    .writer('session')
    .where('expires_at', '<=', now)
    .orWhere('seen_at', '<=', now - sessionSeconds.idle)
    .delete();
  await store
    .writer('sign_in_link')
    .where('expires_at', '<=', now - 24 * 3600)
    .delete();
}

function validSessions(db: Knex, now: number): Knex.QueryBuilder {
  return db('session')
    .join('user', 'user.user_id', 'session.user_id')
    .whereNull('disabled_at')
    .where('expires_at', '>', now)
    .where('seen_at', '>', now - sessionSeconds.idle);
}
