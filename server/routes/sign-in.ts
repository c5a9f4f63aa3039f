import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Router, type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { colours } from '../../queries/model/colours.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../auth/cookie.ts';
import { signedIn } from '../auth/guard.ts';
import { redeemLink } from '../auth/links.ts';
import { keepNext, takeNext } from '../auth/next.ts';
import { endSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { jsonBody } from '../json-body.ts';

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../pages/${file}`, import.meta.url)), 'utf8');
const page = read('sign-in.html');
const script = read('sign-in.js');
const palette = Object.entries(colours).map(([name, { light, dark }]) => `--${name}:light-dark(${light},${dark});`);
const style = `:root{${palette.join('')}}\n${read('sign-in.css')}`;

/** The sign-in page with its two assets, using a link up, and signing out. */
export function signInRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>): Router {
  const router = Router();
  router.get('/sign-in', (req, res) => {
    keepNext(req, res);
    res.type('html').set('cache-control', 'no-store').send(page);
  });
  router.get('/sign-in.css', (_req, res) => res.type('css').set('cache-control', 'no-cache').send(style));
  router.get('/sign-in.js', (_req, res) => res.type('js').set('cache-control', 'no-cache').send(script));

  router.post('/sign-in', tries(), jsonBody('4kb'), async (req, res) => {
    const { token } = req.body as { token?: unknown };
    const opened = typeof token === 'string' ? await redeemLink(store, token, now()) : null;
    if (!opened)
      throw new Refused(
        401,
        'this sign-in link was used already or is more than 15 minutes old; make a fresh one with: npx silverlining user link NAME',
      );
    setSessionCookie(req, res, opened.session);
    res.set('cache-control', 'no-store').json({ user: { name: opened.user.name, role: opened.user.role }, next: takeNext(req, res) });
  });

  router.post('/sign-out', async (req, res) => {
    await endSession(store, { token: readSessionCookie(req) ?? '', user: signedIn(req), now: now() });
    clearSessionCookie(req, res);
    res.status(204).end();
  });
  return router;
}

// A token cannot be guessed; this keeps a flood of tries from keeping the store busy.
function tries(): RequestHandler {
  return rateLimit({
    windowMs: 5 * 60_000,
    limit: 20,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: () => {
      throw new Refused(429, 'too many tries to sign in; wait five minutes');
    },
  });
}
