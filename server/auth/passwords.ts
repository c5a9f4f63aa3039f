import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BadInput } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { transact } from '../../etl/store/transact.ts';
import { createOneByOne } from '../one-by-one.ts';
import { audit } from './audit.ts';
import type { SignedIn } from './roles.ts';
import { openSession, type OpenedSession } from './sessions.ts';
import { signedInAs, userColumns, type UserColumns } from './signed-in.ts';
import type { User } from './users.ts';

/** Characters of a password, least and most. */
export const passwordLength = { least: 12, most: 200 } as const;

// 64 MiB and about a third of a second a try; N, r and p of OWASP's Password Storage Cheat Sheet.
const cost = { N: 2 ** 16, r: 8, p: 2 } as const;
const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);
// Each try takes memory: several at once would take several times as much.
const oneByOne = createOneByOne();

/** What is stored of a password: parameters, salt and hash; never the password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), (await hashOf(password, salt, cost)).toString('base64url')].join(
    '$',
  );
}

/** Whether a password is the one that was stored. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [kind, N, r, p, salt = '', hash = ''] = stored.split('$');
  if (kind !== 'scrypt') return false;
  const expected = Buffer.from(hash, 'base64url');
  const found = await hashOf(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === found.length && timingSafeEqual(expected, found);
}

/**
 * Opens a session for who knows a password. An unknown name takes as long as a known one.
 * @returns null when name and password do not belong together, or the user has none or is disabled
 */
export async function signInWithPassword(
  store: Store,
  { name, password, now, browser }: { name: string; password: string; now: number; browser: string | null },
): Promise<OpenedSession | null> {
  if (password.length > passwordLength.most) return null;
  const select = [...userColumns, 'user.password_hash'] as const;
  const row = await store.reader('user').where({ name }).whereNull('disabled_at').first<(UserColumns & Pick<User, 'password_hash'>) | undefined>(...select); // prettier-ignore
  const isRight = await isPassword(password, row?.password_hash ?? (await nobodys()));
  if (!row?.password_hash || !isRight) return null;
  return transact(store, async (trx) => {
    // Whoever was disabled or changed the password meanwhile has not signed in.
    const same: unknown = await trx('user').where({ user_id: row.user_id, password_hash: row.password_hash }).whereNull('disabled_at').first('user_id');
    return same ? openSession(trx, signedInAs(row), { now, browser }) : null;
  }); // prettier-ignore
}

/**
 * Sets one's own password; all other sessions end.
 * @param given the password so far, needed where there is one, and the token of the session that stays
 * @throws BadInput by field
 */
export async function setPassword(
  store: Store,
  user: SignedIn,
  { current, password, now, keep }: { current: unknown; password: unknown; now: number; keep: string },
): Promise<void> {
  const { least, most } = passwordLength;
  if (typeof password !== 'string' || password.length < least || password.length > most)
    throw new BadInput([{ field: 'password', message: `must have ${least} to ${most} characters` }]);
  if (new Set(password).size < 5 || password.toLowerCase().includes(user.name.toLowerCase()))
    throw new BadInput([{ field: 'password', message: 'is easily guessed: it holds your name, or few different characters' }]);
  const stored = await store.reader<User>('user').where({ user_id: user.userId }).first('password_hash');
  const before = stored?.password_hash ?? null;
  if (before !== null && !(typeof current === 'string' && current.length <= most && (await isPassword(current, before))))
    throw new BadInput([{ field: 'current', message: 'is not your password so far' }]);
  const hash = await hashPassword(password);
  await transact(store, async (trx) => {
    await trx<User>('user').where({ user_id: user.userId }).update({ password_hash: hash, password_at: now });
    await trx('session').where({ user_id: user.userId }).whereNot({ token_hash: keep }).delete();
    await audit(trx, { at: now, userId: user.userId, action: 'password_set', target: user.name });
  });
}

let standIn: Promise<string> | undefined;

/** A password nobody has. */
function nobodys(): Promise<string> {
  return (standIn ??= hashPassword(randomBytes(16).toString('hex')));
}

function hashOf(password: string, salt: Buffer, { N, r, p }: { N: number; r: number; p: number }): Promise<Buffer> {
  return oneByOne(() => derive(password.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 256 * N * r }));
}
