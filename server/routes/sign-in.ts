import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Router } from 'express';
import type { Knex } from 'knex';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../auth/cookie.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { redeemLink } from '../auth/links.ts';
import { keepNext, takeNext } from '../auth/next.ts';
import { audit } from '../auth/audit.ts';
import { signInWithPassword } from '../auth/passwords.ts';
import { endSession } from '../auth/sessions.ts';
import type { User } from '../auth/users.ts';
import { createWrongTries } from '../auth/wrong-tries.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { jsonBody } from '../json-body.ts';
import { openStyle } from '../open-style.ts';
import { limited, limitsOf } from '../rate-limit.ts';

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../pages/${file}`, import.meta.url)), 'utf8');
const page = read('sign-in.html');
const script = read('sign-in.js');
const style = openStyle('sign-in.css');

/** The sign-in page with its two assets, using a link up, and signing out. */
export function signInRoutes({ store, now, openId, server }: Pick<AppDeps, 'store' | 'now' | 'openId' | 'server'>): Router {
  const router = Router();
  const html = page.replace('<!-- provider -->', openId ? providerLink(openId.name) : '');
  // A token cannot be guessed; this keeps a flood of tries from keeping the store busy. A whole office may sign in from one address.
  const tries = limited(
    { windowMs: 5 * 60_000, limit: limitsOf(server).signIn, skipSuccessfulRequests: true },
    'too many tries to sign in; wait five minutes',
  );
  router.get('/sign-in', (req, res) => {
    keepNext(req, res);
    res.type('html').set('cache-control', 'no-store').send(html);
  });
  router.get('/sign-in.css', (_req, res) => res.type('css').set('cache-control', 'no-cache').send(style));
  router.get('/sign-in.js', (_req, res) => res.type('js').set('cache-control', 'no-cache').send(script));

  const wrongTries = createWrongTries(now);
  router.post('/sign-in', tries, jsonBody('4kb'), async (req, res) => {
    const { token, name, password } = req.body as { token?: unknown; name?: unknown; password?: unknown };
    const browser = req.get('user-agent') ?? null;
    const isPassword = typeof name === 'string' && typeof password === 'string';
    if (isPassword) wrongTries.check(name);
    const opened = isPassword
      ? await signInWithPassword(store, { name, password, now: now(), browser })
      : typeof token === 'string'
        ? await redeemLink(store, token, now(), browser)
        : null;
    if (!opened && isPassword) {
      wrongTries.note(name);
      await audit(store.writer, { at: now(), userId: null, action: 'sign_in_refused', target: await knownName(store.reader, name) });
      throw new Refused(401, 'name and password do not belong together, or this user has no password: then a link signs in');
    }
    if (!opened)
      throw new Refused(401, 'this sign-in link was used already or is too old; make a fresh one with: npx silverlining user link NAME');
    setSessionCookie(req, res, opened.session);
    res.set('cache-control', 'no-store').json({ user: { name: opened.user.name, role: opened.user.role }, next: takeNext(req, res) });
  });

  router.post('/sign-out', allow('use_account'), async (req, res) => {
    await endSession(store, { token: readSessionCookie(req) ?? '', user: signedIn(req), now: now() });
    clearSessionCookie(req, res);
    res.status(204).end();
  });
  return router;
}

/** The way to the provider, for the page. */
function providerLink(name: string): string {
  const text = name.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<p><a class="button" href="/sign-in/openid">Sign in with ${text}</a></p>`;
}

/** A name that is no user's may be a password in the wrong field: it is not written down. */
async function knownName(db: Knex, name: string): Promise<string> {
  const user = await db<User>('user').where({ name }).first('name');
  return user?.name ?? 'nobody we know';
}
