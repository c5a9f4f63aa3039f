import type { Request, Response } from 'express';
import { readCookie } from './cookie.ts';
import { linkSeconds } from './links.ts';

const cookieName = 'silverlining_next';
const longest = 2_000;

/**
 * The page of ours that `text` names, with its query, or null: anything a browser could take for another site, and what is no page.
 */
export function safeNext(text: unknown): string | null {
  // Browsers read \ as / and leave out tabs and line ends, so that "/\t/host" is another site.
  if (typeof text !== 'string' || text.length > longest || !/^\/(?!\/)[^\\\p{Cc}]*$/u.test(text)) return null;
  // As browsers read it, without dots: "/.//host" has the path "//host".
  const { pathname } = new URL(text, 'http://localhost');
  return /^\/(\/|(api|sign-in|sign-out|healthz)(?![\w-]))/.test(pathname) ? null : text;
}

/** Where the sign-in page is, for somebody who wanted `url`. */
export function signInPath(url: string): string {
  const next = safeNext(url);
  return next === null || next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
}

const attributes = (req: Request) => ({ httpOnly: true, sameSite: 'lax', path: '/sign-in', secure: req.secure }) as const;

/** Keeps in the browser which page was wanted, for as long as a link lasts: the link itself does not know. */
export function keepNext(req: Request, res: Response): void {
  const next = safeNext(req.query.next);
  if (next !== null) res.cookie(cookieName, next, { ...attributes(req), maxAge: linkSeconds * 1000 });
}

/** The page that was wanted, once; the start page where none is known. */
export function takeNext(req: Request, res: Response): string {
  const value = readCookie(req, cookieName);
  if (value === null) return '/';
  res.clearCookie(cookieName, attributes(req));
  return safeNext(value) ?? '/';
}
