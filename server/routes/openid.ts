import { Router, type Request } from 'express';
import { rateLimit } from 'express-rate-limit';
import { readCookie, setSessionCookie } from '../auth/cookie.ts';
import { takeNext } from '../auth/next.ts';
import { readBegan, signInWithIdentity } from '../auth/openid.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';

const cookieName = 'silverlining_openid';
const path = '/sign-in/openid';
const attributes = (req: Request) => ({ httpOnly: true, sameSite: 'lax', path, secure: req.secure }) as const;
/** How long somebody may take at the provider, in milliseconds. */
const patience = 15 * 60_000;

/**
 * Signing in with an OpenID Connect provider: there and back. Whoever is not let in is told why on the sign-in page, by a word of its address.
 */
export function openIdRoutes({ store, now, log, openId }: Pick<AppDeps, 'store' | 'now' | 'log' | 'openId'>): Router {
  const router = Router();
  const limit = rateLimit({
    windowMs: 5 * 60_000,
    limit: 60,
    // A whole office may sign in from one address.
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => !String(res.getHeader('location') ?? '/sign-in?').startsWith('/sign-in?'),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, res) => res.redirect(303, '/sign-in?openid=many'),
  });
  const base = (req: Request) => openId?.publicUrl ?? `${req.protocol}://${req.get('host') ?? ''}`;

  router.get(path, limit, async (req, res) => {
    if (!openId) throw new Refused(404, 'no provider to sign in with is configured; sign in with a password or a link');
    try {
      const { url, began } = await openId.begin(`${base(req)}${path}/callback`);
      res.cookie(cookieName, JSON.stringify(began), { ...attributes(req), maxAge: patience });
      res.set('cache-control', 'no-store').redirect(303, url);
    } catch (error) {
      log('openid_unreachable', { error: wordsOf(error) });
      res.redirect(303, '/sign-in?openid=unreachable');
    }
  });

  router.get(`${path}/callback`, limit, async (req, res) => {
    if (!openId) throw new Refused(404, 'no provider to sign in with is configured; sign in with a password or a link');
    const began = readBegan(readCookie(req, cookieName) ?? '');
    res.clearCookie(cookieName, attributes(req));
    res.set('cache-control', 'no-store');
    if (!began) return res.redirect(303, '/sign-in?openid=late');
    const identity = await openId.complete(new URL(req.originalUrl, base(req)), began).catch((error: unknown) => {
      log('openid_refused', { error: wordsOf(error) });
      return null;
    });
    if (!identity) return res.redirect(303, '/sign-in?openid=refused');
    const browser = req.get('user-agent') ?? null;
    const opened = await signInWithIdentity(store, identity, { now: now(), browser, newPeople: openId.newPeople });
    if (!opened) return res.redirect(303, '/sign-in?openid=unknown');
    setSessionCookie(req, res, opened.session);
    res.redirect(303, takeNext(req, res));
  });
  return router;
}

/** What is wrong, by the code that standards give it: descriptions may hold what was sent. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name;
}
