import type { Request, RequestHandler } from 'express';
import type { Store } from '../../etl/store/open.ts';
import { roleLabels } from '../../etl/role-names.ts';
import { Refused } from '../errors.ts';
import { readSessionCookie } from './cookie.ts';
import { signInPath } from './next.ts';
import { actions, can, isBeyondScope, type Action, type SignedIn } from './roles.ts';
import { readSession } from './sessions.ts';

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by {@link requireSession} on every route but the open ones. */
    user?: SignedIn;
  }
}

/** All pages and files that answer without a session. Everything else but {@link openRoutes} is refused, also what does not exist. */
export const openPaths = [
  '/healthz',
  '/unsubscribe',
  '/survey',
  '/survey.css',
  '/sign-in',
  '/sign-in.css',
  '/sign-in.js',
  '/sign-in/openid',
  '/sign-in/openid/callback',
  '/icon.svg',
  '/favicon.ico',
] as const;

/** What answers without a session because its callers are programs; each route checks for itself who calls. */
export const openRoutes = [
  {
    method: 'POST',
    path: '/api/sources/:name/records',
    why: 'a help desk or form sends records with the bearer token of its source, which the route checks before it reads the body',
  },
] as const;
const openPatterns = openRoutes.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`) }));

/** Lets through who has a valid session, and answers an open path to anybody; a browser asking for a page is sent to the sign-in page, and from there back. */
export function requireSession({ store, now }: { store: Store; now: () => number }): RequestHandler {
  const open: readonly string[] = openPaths;
  return async function sessionGuard(req, res, next) {
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

const permissions = new WeakMap<object, Action>();

/** Lets through whose role allows `action`. Every route begins with this, but for those that are open. */
export function allow(action: Action): RequestHandler {
  const guard: RequestHandler = (req, _res, next) => {
    checkMay(signedIn(req), action);
    next();
  };
  permissions.set(guard, action);
  return guard;
}

/** @throws Refused where somebody may not do `action` */
export function checkMay(user: SignedIn, action: Action): void {
  if (isBeyondScope(user, action))
    throw new Refused(403, `you see the cases of some teams or companies only, so you may not ${actions[action]}`);
  if (!can(user, action))
    throw new Refused(
      403,
      `as ${roleLabels[user.role].toLowerCase()} you may not ${actions[action]}; an administrator can change your role`,
    );
}

/** The action a handler made by {@link allow} asks for; undefined for any other handler. */
export function permissionOf(handler: object): Action | undefined {
  return permissions.get(handler);
}

/** Who sent the request. Only for routes behind {@link requireSession}. */
export function signedIn(req: Request): SignedIn {
  if (!req.user) throw new Error(`${req.method} ${req.path} reached its handler without a session`);
  return req.user;
}

/**
 * Refuses writes another site made the browser send. Browsers state the origin themselves (Sec-Fetch-Site, else Origin); what says neither is a
 * program, unless it comes with a session as a form would send it: then a browser may have left them out.
 */
export const sameOrigin: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS') return next();
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  const isOwn = origin === undefined || hostOf(origin) === req.get('host');
  const isForm = formTypes.test(req.get('content-type') ?? '') && readSessionCookie(req) !== null;
  if (site === 'same-origin') return next();
  const isPlain = site === undefined || site === 'none'; // none: typed by the user, and no page's doing
  if (isPlain && isOwn && (origin !== undefined || !isForm)) return next();
  if (isPlain && isOwn) throw new Refused(403, 'this may have come from another site: send it as application/json, or say its Origin');
  throw new Refused(403, 'this came from another site; open Silverlining itself and try again');
};

// What a page of another site can send without being asked for leave first.
const formTypes = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
