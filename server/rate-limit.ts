import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Options } from 'express-rate-limit';
import { defaultServer, type RequestLimits } from '../etl/config-server.ts';
import type { AppDeps } from './deps.ts';
import { Refused } from './errors.ts';

interface Limit extends Partial<Pick<Options, 'skip' | 'skipSuccessfulRequests'>> {
  windowMs: number;
  limit: number;
  /** What is counted together; the address it came from unless something else is given. */
  key?: (req: Request) => string;
}

/** Counts requests in memory, for as long as the process runs, and refuses with 429 and `Retry-After` what is too many: with a message, or by an answer of its own. */
export function limited({ key = addressOf, ...limit }: Limit, refusal: string | RequestHandler): RequestHandler {
  return rateLimit({
    ...limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: key,
    // It would write to the console that a header came which nobody believes.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (req, res, next) => {
      if (typeof refusal === 'string') throw new Refused(429, refusal);
      return refusal(req, res, next);
    },
  });
}

/** Where a request came from: who is connected, or whom a proxy that is believed named. Of IPv6 the network of a customer, since they have it whole. */
export function addressOf(req: Request): string {
  return ipKeyGenerator(req.ip ?? '');
}

/** The limits that were given, and the usual ones for the rest. */
export function limitsOf(server: AppDeps['server']): RequestLimits {
  return { ...defaultServer.limits, ...server?.limits };
}
