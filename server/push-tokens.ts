import type { Knex } from 'knex';
import type { Store } from '../etl/store/open.ts';
import { transact } from '../etl/store/transact.ts';
import { isoText } from '../etl/time.ts';
import type { PushTokenRow } from '../queries/model/lists.ts';
import { audit } from './auth/audit.ts';
import type { SignedIn } from './auth/roles.ts';
import { hashToken, newToken } from './auth/tokens.ts';

interface StoredToken {
  token_hash: string;
  /** Name in the configuration. */
  source: string;
  created_at: number;
  created_by: string;
  used_at: number | null;
  revoked_at: number | null;
}

// Writing down each use would make every push one write more.
const usedEverySeconds = 60;
// Recognised by scanners for secrets in code, and by people.
const prefix = 'slpush_';

/** Makes a token with which records can be sent to a source. The store keeps its hash, so it is told once and never again. */
export async function makeToken(store: Store, given: { source: string; user: SignedIn; now: number }): Promise<string> {
  const token = prefix + newToken();
  const { source, user, now } = given;
  await transact(store, async (trx) => {
    const row = { token_hash: hashToken(token), source, created_at: now, created_by: user.name };
    await trx<StoredToken>('push_token').insert(row);
    await audit(trx, { at: now, userId: user.userId, action: 'token_made', target: source });
  });
  return token;
}

/** Ends every token of a source at once. @returns how many there were */
export async function revokeTokens(store: Store, given: { source: string; user: SignedIn; now: number }): Promise<number> {
  const { source, user, now } = given;
  return transact(store, async (trx) => {
    const count = await trx<StoredToken>('push_token').where({ source }).whereNull('revoked_at').update({ revoked_at: now });
    await audit(trx, { at: now, userId: user.userId, action: 'tokens_revoked', target: source });
    return count;
  });
}

/** Whether a token may send records to the source; its use is noted, to the minute. */
export async function acceptsToken(store: Store, given: { source: string; token: string; now: number }): Promise<boolean> {
  const token_hash = hashToken(given.token);
  const row = await store.reader<StoredToken>('push_token').where({ token_hash }).first();
  if (!row || row.revoked_at !== null || row.source !== given.source) return false;
  if (given.now - (row.used_at ?? 0) >= usedEverySeconds)
    await transact(store, (trx) => trx<StoredToken>('push_token').where({ token_hash }).update({ used_at: given.now }));
  return true;
}

/** Tokens in force by source, oldest first; never the tokens themselves. */
export async function listTokens(db: Knex): Promise<Map<string, PushTokenRow[]>> {
  const rows = await db<StoredToken>('push_token').whereNull('revoked_at').orderBy('created_at').select();
  const bySource = new Map<string, PushTokenRow[]>();
  for (const { source, created_at, created_by, used_at } of rows) {
    const list = bySource.get(source) ?? [];
    list.push({ created_at: isoText(created_at), created_by, used_at: isoText(used_at) });
    bySource.set(source, list);
  }
  return bySource;
}
