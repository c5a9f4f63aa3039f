import type { Request, Response } from 'express';
import { sessionSeconds } from './sessions.ts';

/** Name of the cookie that holds a session's secret. */
export const sessionCookie = 'silverlining_session';

// Lax: a link from elsewhere opens the page signed in, but no other site can send a write with it.
const attributes = (req: Request) => ({ httpOnly: true, sameSite: 'lax', path: '/', secure: req.secure }) as const;

/** Hands the session's secret to the browser, out of reach of its scripts. */
export function setSessionCookie(req: Request, res: Response, token: string): void {
  res.cookie(sessionCookie, token, { ...attributes(req), maxAge: sessionSeconds.absolute * 1000 });
}

/** Takes it back. */
export function clearSessionCookie(req: Request, res: Response): void {
  res.clearCookie(sessionCookie, attributes(req));
}

/** The session's secret the browser sent, or null. */
export function readSessionCookie(req: Request): string | null {
  const value = readCookie(req, sessionCookie);
  return value !== null && /^[\w-]{43}$/.test(value) ? value : null;
}

/** What the browser sent under a name, decoded; null for nothing, and for what cannot be read. */
export function readCookie(req: Request, name: string): string | null {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const text = part.trim();
    if (!text.startsWith(`${name}=`)) continue;
    try {
      return decodeURIComponent(text.slice(name.length + 1));
    } catch {
      return null;
    }
  }
  return null;
}
