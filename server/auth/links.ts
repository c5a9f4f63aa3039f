import { BadInput } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { audit } from './audit.ts';
import type { Role, SignedIn } from './roles.ts';
import { sessionSeconds } from './sessions.ts';
import { hashToken, newToken } from './tokens.ts';
import { noSuchUser, type User } from './users.ts';

/** How long a sign-in link may wait to be used, in seconds. */
export const linkSeconds = 15 * 60;

/**
 * Makes a one-time sign-in link.
 * @returns its secret; the store keeps only a hash
 * @throws BadInput when there is no such user, or the user is disabled
 */
export async function makeLink(store: Store, { name, now }: { name: string; now: number }): Promise<string> {
  const user = await store.reader<User>('user').where({ name }).first();
  if (!user) throw await noSuchUser(store.reader, name);
  if (user.disabled_at !== null) throw new BadInput([{ field: 'name', message: `the user "${name}" is disabled` }]);
  const token = newToken();
  await store.writer.transaction(async (trx) => {
    await trx('sign_in_link').insert({
      token_hash: hashToken(token),
      user_id: user.user_id,
      created_at: now,
      expires_at: now + linkSeconds,
    });
    await audit(trx, { at: now, userId: null, action: 'link_made', target: name });
  });
  return token;
}

/**
 * Uses a link up and opens a session, or neither.
 * @returns the session's secret and its user; null when the link is unknown, used, expired, or its user disabled
 */
export async function redeemLink(store: Store, token: string, now: number): Promise<{ session: string; user: SignedIn } | null> {
  const hash = hashToken(token);
  const session = newToken();
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
      .first<{ user_id: number; name: string; role: Role } | undefined>('user.user_id', 'name', 'role');
    if (!user) return null;
    await trx('session').insert({
      token_hash: hashToken(session),
      user_id: user.user_id,
      created_at: now,
      seen_at: now,
      expires_at: now + sessionSeconds.absolute,
    });
    await audit(trx, { at: now, userId: user.user_id, action: 'signed_in', target: user.name });
    return { session, user: { userId: user.user_id, name: user.name, role: user.role } };
  });
}
