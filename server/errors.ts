import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { BadInput, SourceFailed, type Problem } from '../etl/errors.ts';
import type { Log } from '../etl/log.ts';
import { RunInProgress } from '../etl/store/lock.ts';

/** The request is understood and not answered: who asks may not, or what is asked for is not there. */
export class Refused extends Error {
  readonly status: 401 | 403 | 404 | 409 | 413 | 429 | 503;
  /** What stands there, where it is not what the caller saw; the answer carries it. */
  readonly current: unknown;

  constructor(status: Refused['status'], message: string, current?: unknown) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.current = current;
  }
}

/** Refuses a change of what somebody else has changed since the caller read it. */
export function overtaken(current: unknown, { by, at }: { by: string; at: string }): Refused {
  return new Refused(409, `${by} changed this at ${at}, after you read it; look at that, then send its version to replace it`, current);
}

/** Answers whatever no route answered. */
export const nothingHere: RequestHandler = (req) => {
  throw new Refused(404, `there is no ${req.method} ${req.baseUrl}${req.path}`);
};

/**
 * The one place where errors become answers, all of the shape `{ problems: [{ field, message }] }`, some with what stands there now. What the
 * caller can mend is said; a bug is logged with an id and says nothing but the id.
 */
export function answerErrors(log: Log): ErrorRequestHandler {
  // Express tells error middleware by its four parameters.
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    // Nobody is there to be told, and what was interrupted for it is no fault.
    if (res.destroyed) return;
    const { status, ...answer } = known(error) ?? unexpected(error);
    res.status(status).set('cache-control', 'no-store').json(answer);

    function unexpected(cause: unknown): Answer {
      const id = randomUUID().slice(0, 8);
      log('request_failed', {
        id,
        method: req.method,
        path: req.route ? String((req.route as { path: unknown }).path) : '',
        error: withoutValues(cause),
      });
      return { status: 500, problems: [{ field: '', message: `something failed on the server; its log has the cause under ${id}` }] };
    }
  };
}

/**
 * What of an error may be logged. Knex puts the whole statement with its values (customer text) before the engine's own
 * message, and PostgreSQL quotes values in `detail`: of errors from the store only the engine's message and code stay.
 */
export function withoutValues(error: unknown): { type: string; message: string; code?: string; stack: string } {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something that is no error was thrown', stack: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const fromStore = code !== undefined && /^(SQLITE_|[0-9A-Z]{5}$)/.test(code);
  const message = fromStore ? engineMessage(error.message, code) : error.message;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, message, ...(code === undefined ? {} : { code }), stack: frames.join('\n') };
}

// States of PostgreSQL whose messages quote names of tables, columns and constraints, and no values: connections, constraints, statements,
// rights, and the server itself. https://www.postgresql.org/docs/current/errcodes-appendix.html
const quotesNames = /^(08|23|25|28|3D|40|42|53|55|57|58)[0-9A-Z]{3}$/;

function engineMessage(message: string, code: string): string {
  const own = message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '');
  if (quotesNames.test(code)) return own;
  // Engines quote names and values alike.
  return /["'\n]/.test(own) ? 'the store refused a statement' : own;
}

interface Answer {
  status: number;
  problems: Problem[];
  current?: unknown;
}

function known(error: unknown): Answer | null {
  if (error instanceof BadInput) return { status: error.isTooMuch ? 422 : 400, problems: error.problems };
  if (error instanceof Refused) return { status: error.status, problems: [{ field: '', message: error.message }], current: error.current };
  if (error instanceof RunInProgress) return { status: 409, problems: [{ field: error.source, message: error.message }] };
  if (error instanceof SourceFailed) return { status: 503, problems: [{ field: error.source, message: error.message }] };
  if (error instanceof URIError)
    return {
      status: 400,
      problems: [{ field: '', message: 'the address cannot be read: a % must be followed by two hexadecimal digits of UTF-8' }],
    };
  if (error instanceof Error && 'code' in error && noText.includes(String(error.code)))
    return { status: 400, problems: [{ field: '', message: 'something in the request is no text: expected no character NUL (U+0000)' }] };
  // What Express and its body parser throw: a status below 500 and a type.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status < 400 || status >= 500) return null;
  const messages: Record<number, string> = {
    400: 'the request could not be read: expected a JSON object in UTF-8',
    413: `the request is larger than ${limitOf(error)}; send less at once`,
    415: 'the encoding of the request is not supported: expected JSON in UTF-8',
  };
  return { status, problems: [{ field: '', message: messages[status] ?? 'the request could not be understood' }] };
}

// What PostgreSQL says to NUL within a text, which SQLite takes.
const noText = ['22021', '22P05'];

/** What the body parser allowed. */
function limitOf(error: unknown): string {
  const { limit } = error as { limit?: unknown };
  return typeof limit === 'number' ? `${Math.round(limit / 1024)} KiB` : 'is read';
}
