import type { Knex } from 'knex';
import * as client from 'openid-client';
import { z } from 'zod';
import type { OpenIdConfig } from '../../etl/config-sign-in.ts';
import type { Store } from '../../etl/store/open.ts';
import { transact } from '../../etl/store/transact.ts';
import { audit } from './audit.ts';
import type { Role } from './roles.ts';
import { openSession, type OpenedSession } from './sessions.ts';
import { signedInAs, type UserColumns } from './signed-in.ts';
import type { User } from './users.ts';

/** What has to be known when the browser comes back from the provider. */
const began = z.strictObject({ state: z.string(), nonce: z.string(), verifier: z.string() });
export type Began = z.infer<typeof began>;

/** Whom the provider vouches for. */
export interface Identity {
  issuer: string;
  subject: string;
  /** In small letters; null where there is none that may be relied on. */
  email: string | null;
}

/** An OpenID Connect provider, by the code flow with PKCE. */
export interface OpenId {
  name: string;
  /** Where the browser is sent; `redirect` is where it comes back to. */
  begin(redirect: string): Promise<{ url: string; began: Began }>;
  /**
   * Whom the provider names, having checked state, nonce, issuer, audience, signature and times.
   * @param url the whole address the browser came back to
   * @throws Error where any of it does not hold
   */
  complete(url: URL, began: Began): Promise<Identity>;
  /** Role of people nobody knows yet and the domains of their addresses; null: they are not let in. */
  newPeople: { role: Role; domains: readonly string[] } | null;
  /** Where people reach this server; null: where their browser says. */
  publicUrl: string | null;
}

/**
 * @param config with the value of its secret; what the provider offers is read when somebody first signs in
 * @param publicUrl where people reach this server; null: where their browser says
 */
export function createOpenId(config: OpenIdConfig, publicUrl: string | null): OpenId {
  let known: Promise<client.Configuration> | null = null;
  // Whoever runs the provider on this machine tries it without a certificate; the configuration allows that nowhere else.
  const execute = config.issuer.startsWith('http://') ? [client.allowInsecureRequests] : [];
  const provider = (): Promise<client.Configuration> => {
    known ??= client.discovery(new URL(config.issuer), config.client_id, config.client_secret, undefined, { execute, timeout: 10 });
    const asked = known;
    // Who comes next asks again.
    asked.catch(() => (known = null));
    return asked;
  };
  return {
    name: config.name,
    newPeople: config.new_people ? { role: config.new_people, domains: config.email_domains ?? [] } : null,
    publicUrl,
    async begin(redirect) {
      const found = await provider();
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
      const url = client.buildAuthorizationUrl(found, {
        redirect_uri: redirect,
        scope: 'openid email profile',
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, began: { state, nonce, verifier } };
    },
    async complete(url, { state, nonce, verifier }) {
      const tokens = await client.authorizationCodeGrant(await provider(), url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('the provider sent no identity');
      let { email, email_verified: isVerified } = claims;
      if (email === undefined)
        ({ email, email_verified: isVerified } = await client.fetchUserInfo(await provider(), tokens.access_token, claims.sub));
      const isGood = isVerified === true || config.unverified_email;
      return { issuer: claims.iss, subject: claims.sub, email: isGood && typeof email === 'string' ? email.toLowerCase() : null };
    },
  };
}

/** What was kept in the browser meanwhile, or null where it is nothing of ours. */
export function readBegan(text: string): Began | null {
  try {
    return began.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Opens a session for whom a provider vouches. Who comes for the first time is found by mail address, and by what the provider calls them from then on,
 * so that an address that goes to somebody else opens nothing.
 * @returns null where nobody is known so, several are, or they are disabled
 */
export async function signInWithIdentity(
  store: Store,
  { issuer, subject, email }: Identity,
  { now, browser, newPeople }: { now: number; browser: string | null; newPeople: OpenId['newPeople'] },
): Promise<OpenedSession | null> {
  return transact(store, async (trx) => {
    const linked = await trx<IdentityRow>('user_identity').where({ issuer, subject }).first('user_id');
    const userId = linked?.user_id ?? (email === null ? null : ((await knownBy(trx, email)) ?? (await add(trx, email))));
    const user = userId === null ? undefined : await trx<User & UserColumns>('user').where({ user_id: userId }).first();
    // Whoever has had this address before them is somebody else.
    const isTaken =
      !linked && userId !== null && (await trx<IdentityRow>('user_identity').where({ issuer, user_id: userId }).first('subject'));
    if (!user || user.disabled_at !== null || isTaken) {
      await audit(trx, { at: now, userId: null, action: 'sign_in_refused', target: user?.name ?? 'nobody we know' });
      return null;
    }
    if (!linked) {
      await trx<IdentityRow>('user_identity').insert({ issuer, subject, user_id: user.user_id, linked_at: now });
      await audit(trx, { at: now, userId: user.user_id, action: 'identity_linked', target: user.name });
    }
    return openSession(trx, signedInAs(user), { now, browser });
  });

  async function add(trx: Knex, address: string): Promise<number | null> {
    const domain = address.slice(address.lastIndexOf('@') + 1);
    if (!newPeople?.domains.includes(domain) || address.length > 80) return null;
    // Several may have the address: who of them it is cannot be told.
    if (await trx<User>('user').where({ email: address }).first('user_id')) return null;
    const content = { name: address, role: newPeople.role, email: address, created_at: now };
    const [added] = await trx<User>('user').insert(content).onConflict('name').ignore().returning('user_id');
    if (!added) return null;
    await audit(trx, { at: now, userId: null, action: 'user_added', target: address });
    return added.user_id;
  }
}

/** The one user who has an address; null for none, and for several. */
async function knownBy(trx: Knex, email: string): Promise<number | null> {
  const found = await trx<User>('user').where({ email }).select('user_id');
  return found.length === 1 && found[0] ? found[0].user_id : null;
}

interface IdentityRow {
  issuer: string;
  subject: string;
  user_id: number;
  linked_at: number;
}
