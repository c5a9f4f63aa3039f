import type { Knex } from 'knex';
import type { Store } from '../../etl/store/open.ts';
import { transact } from '../../etl/store/transact.ts';
import { audit } from './audit.ts';
import type { SignedIn } from './roles.ts';
import { signedInAs, userColumns, type UserColumns } from './signed-in.ts';
import { hashToken, newToken } from './tokens.ts';

/** How long a session lasts, in seconds: `idle` without being used, `absolute` however much it is used. */
export const sessionSeconds = { idle: 7 * 24 * 3600, absolute: 30 * 24 * 3600 } as const;
// Writing down each request would make every read a write.
const seenEverySeconds = 300;

type SessionRow = UserColumns & { seen_at: number };

/**
 * Who a session's secret belongs to.
 * @param now seconds since 1970 UTC
 * @returns null when it is unknown, expired or ended, or its user is disabled
 */
export async function readSession(store: Store, token: string, now: number): Promise<SignedIn | null> {
  const hash = hashToken(token);
  const row = await validSessions(store.reader, now)
    .where({ token_hash: hash })
    .first<SessionRow | undefined>(...userColumns, 'seen_at');
  if (!row) return null;
  if (now - row.seen_at >= seenEverySeconds) await store.writer('session').where({ token_hash: hash }).update({ seen_at: now });
  return signedInAs(row);
}

/** The same without counting as a use: a page left open does not keep its session alive. */
export async function lookAtSession(store: Store, token: string, now: number): Promise<SignedIn | null> {
  const row = await validSessions(store.reader, now)
    .where({ token_hash: hashToken(token) })
    .first<UserColumns | undefined>(...userColumns);
  return row ? signedInAs(row) : null;
}

/** A session that was opened: its secret, and whose it is. */
export interface OpenedSession {
  session: string;
  user: SignedIn;
}

/** Opens a session, within the transaction that saw who may have one. */
export async function openSession(
  trx: Knex.Transaction,
  user: SignedIn,
  { now, browser }: { now: number; browser: string | null },
): Promise<OpenedSession> {
  const session = newToken();
  await trx('session').insert({
    token_hash: hashToken(session),
    session_id: newToken().slice(0, 16),
    user_id: user.userId,
    created_at: now,
    seen_at: now,
    expires_at: now + sessionSeconds.absolute,
    browser: browser?.slice(0, 200) ?? null,
  });
  await audit(trx, { at: now, userId: user.userId, action: 'signed_in', target: user.name });
  return { session, user };
}

/** A session as it is listed. Times are seconds since 1970 UTC. */
export interface ListedSession {
  /** Null for one opened before sessions had numbers; it ends with all. */
  session_id: string | null;
  user_id: number;
  created_at: number;
  seen_at: number;
  browser: string | null;
  token_hash: string;
}

/** The valid sessions, of one user or of all, latest used first. */
export async function listSessions(store: Store, now: number, userId: number | null = null): Promise<ListedSession[]> {
  const rows = validSessions(store.reader, now).orderBy('seen_at', 'desc');
  if (userId !== null) void rows.where('session.user_id', userId);
  return rows.select<ListedSession[]>('session_id', 'session.user_id', 'session.created_at', 'seen_at', 'browser', 'token_hash');
}

/**
 * Ends sessions of a user: one, or all but one's own.
 * @returns how many
 */
export async function endSessions(
  store: Store,
  {
    userId,
    name,
    sessionId,
    keep,
    by,
    now,
  }: { userId: number; name: string; sessionId: string | null; keep: string | null; by: number; now: number },
): Promise<number> {
  return transact(store, async (trx) => {
    const found = trx('session').where({ user_id: userId });
    if (sessionId !== null) void found.where({ session_id: sessionId });
    if (keep !== null) void found.whereNot({ token_hash: keep });
    const count = await found.delete();
    if (count) await audit(trx, { at: now, userId: by, action: 'session_ended', target: `${name}: ${count}` });
    return count;
  });
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
