import express, { type RequestHandler } from 'express';
import { BadInput } from '../etl/errors.ts';

/**
 * Reads a JSON object of at most `limit` (such as `64kb`) into `req.body`.
 * Answers 413 when it is larger, 400 when it is no JSON object.
 */
export function jsonBody(limit: BodyLimit): RequestHandler {
  const parse = express.json({ limit, strict: true, type: 'application/json' });
  const reader: RequestHandler = (req, res, next) =>
    parse(req, res, (error?: unknown) => {
      if (error) return next(error);
      if (typeof req.body === 'object' && req.body !== null && !Array.isArray(req.body)) return next();
      next(new BadInput([{ field: '', message: 'the body is not a JSON object: expected content-type application/json and {…}' }]));
    });
  limits.set(reader, limit);
  return reader;
}

type BodyLimit = `${number}kb` | `${number}mb`;
const limits = new WeakMap<object, BodyLimit>();

/** How much a handler made by {@link jsonBody} reads; undefined for any other handler. */
export function bodyLimitOf(handler: object): BodyLimit | undefined {
  return limits.get(handler);
}
