import { BadInput } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { audit } from './audit.ts';
import { signedInAs, userColumns, type UserColumns } from './signed-in.ts';
import { openSession, type OpenedSession } from './sessions.ts';
import { hashToken, newToken } from './tokens.ts';
import { noSuchUser, type User } from './users.ts';

/** How long a sign-in link may wait to be used, in seconds. */
export const linkSeconds = 15 * 60;
/** How long an invitation may. */
export const invitationSeconds = 7 * 24 * 3600;

/**
 * Makes a one-time sign-in link.
 * @param options with `invitedBy` an invitation, which waits longer
 * @returns its secret; the store keeps only a hash
 * @throws BadInput when there is no such user, or the user is disabled
 */
export async function makeLink(
  store: Store,
  { name, now, invitedBy = null }: { name: string; now: number; invitedBy?: number | null },
): Promise<string> {
  const user = await store.reader<User>('user').where({ name }).first();
  if (!user) throw await noSuchUser(store.reader, name);
  if (user.disabled_at !== null) throw new BadInput([{ field: 'name', message: `the user "${name}" is disabled` }]);
  const token = newToken();
  await store.writer.transaction(async (trx) => {
    await trx('sign_in_link').insert({
      token_hash: hashToken(token),
      user_id: user.user_id,
      created_at: now,
      expires_at: now + (invitedBy === null ? linkSeconds : invitationSeconds),
      is_invitation: invitedBy === null ? 0 : 1,
    });
    await audit(trx, { at: now, userId: invitedBy, action: invitedBy === null ? 'link_made' : 'user_invited', target: name });
  });
  return token;
}

/**
 * Uses a link up and opens a session, or neither.
 * @returns the session's secret and its user; null when the link is unknown, used, expired, or its user disabled
 */
export async function redeemLink(store: Store, token: string, now: number, browser: string | null = null): Promise<OpenedSession | null> {
  const hash = hashToken(token);
  return store.writer.transaction(async (trx) => {
    // Taking the link is the first statement and one update, so two tries at once cannot both win.
    const taken = await trx('sign_in_link')
      .where({ token_hash: hash })
      .whereNull('used_at')
      .where('expires_at', '>', now)
      .update({ used_at: now });
    if (taken !== 1) return null;
    const user = await trx('sign_in_link')
      .join('user', 'user.user_id', 'sign_in_link.user_id')
      .where({ token_hash: hash })
      .whereNull('disabled_at')
      .first<UserColumns | undefined>(...userColumns);
    if (!user) return null;
    return openSession(trx, signedInAs(user), { now, browser });
  });
}
