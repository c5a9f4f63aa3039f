import type { RequestHandler } from 'express';
import type { AppDeps } from './deps.ts';
import { limited, limitsOf } from './rate-limit.ts';

/** What is sent with POST and changes nothing: questions too long for an address. They take turns instead (asking.ts). */
export const questions: readonly string[] = [
  '/api/query',
  '/api/definitions/sql',
  '/api/findings',
  '/api/facets',
  '/api/cases',
  '/api/case-picks',
  '/api/low-scores',
  '/api/who-answers',
];

/** Bounds the changes of one person, in however many sessions. Only for what comes after the guard of sessions; what it leaves open has limits of its own. */
export function limitWrites({ server }: Pick<AppDeps, 'server'>): RequestHandler {
  const limit = limitsOf(server).writes;
  return limited(
    {
      windowMs: 60_000,
      limit,
      key: (req) => String(req.user?.userId ?? ''),
      skip: (req) => !req.user || ['GET', 'HEAD', 'OPTIONS'].includes(req.method) || questions.includes(req.path),
    },
    `more than ${limit} changes in a minute; wait a minute, then go on`,
  );
}
