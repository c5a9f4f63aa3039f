import type { Request, RequestHandler } from 'express';
import type { Store } from '../../etl/store/open.ts';
import { Refused } from '../errors.ts';
import { readSessionCookie } from './cookie.ts';
import { signInPath } from './next.ts';
import { can, type Action, type SignedIn } from './roles.ts';
import { readSession } from './sessions.ts';

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by {@link requireSession} on every route but the open ones. */
    user?: SignedIn;
  }
}

/** All pages and files that answer without a session. Everything else but {@link openRoutes} is refused, also what does not exist. */
export const openPaths = ['/healthz', '/unsubscribe', '/sign-in', '/sign-in.css', '/sign-in.js', '/icon.svg', '/favicon.ico'] as const;

/** What answers without a session because its callers are programs; each route checks for itself who calls. */
export const openRoutes = [
  {
    method: 'POST',
    path: '/api/sources/:name/records',
    why: 'a help desk or form sends records with the bearer token of its source, which the route checks before it reads the body',
  },
] as const;
const openPatterns = openRoutes.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`) }));

/** Lets through who has a valid session; a browser asking for a page is sent to the sign-in page, and from there back. */
export function requireSession({ store, now }: { store: Store; now: () => number }): RequestHandler {
  const open: readonly string[] = openPaths;
  return async (req, res, next) => {
    if (open.includes(req.path)) return next();
    if (openPatterns.some(({ method, pattern }) => method === req.method && pattern.test(req.path))) return next();
    const token = readSessionCookie(req);
    const user = token === null ? null : await readSession(store, token, now());
    if (user) {
      req.user = user;
      return next();
    }
    const isPage = req.method === 'GET' && !req.path.startsWith('/api/') && req.headers.accept?.includes('text/html');
    if (isPage) return res.redirect(303, signInPath(req.originalUrl));
    throw new Refused(401, 'you are not signed in; open a sign-in link, made with: npx silverlining user link NAME');
  };
}

/** Lets through whose role allows `action`. */
export function allow(action: Action): RequestHandler {
  return (req, _res, next) => {
    if (!can(signedIn(req), action)) throw new Refused(403, 'your role does not allow this');
    next();
  };
}

/** Who sent the request. Only for routes behind {@link requireSession}. */
export function signedIn(req: Request): SignedIn {
  if (!req.user) throw new Error(`${req.method} ${req.path} reached its handler without a session`);
  return req.user;
}

/**
 * Refuses writes another site made the browser send. Browsers state the origin themselves (Sec-Fetch-Site, else Origin);
 * a program that sends neither is no browser and carries no cookie it was not given.
 */
export const sameOrigin: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS') return next();
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  const isOwn = origin === undefined || hostOf(origin) === req.get('host');
  if (site !== undefined ? site === 'same-origin' || site === 'none' : isOwn) return next();
  throw new Refused(403, 'this came from another site; open Silverlining itself and try again');
};

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
