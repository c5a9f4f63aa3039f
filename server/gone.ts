import type { Response } from 'express';

/** Aborted when whoever asked is gone before the answer is: statements under way are then interrupted. */
export function goneSignal(res: Response): AbortSignal {
  const gone = new AbortController();
  if (res.closed || res.destroyed) gone.abort();
  else res.once('close', () => gone.abort());
  return gone.signal;
}
