import type { Request, Response } from 'express';
import type { QueryDeps } from '../queries/prepare.ts';
import { createTurns, TooManyWaiting } from '../queries/turns.ts';
import { signedIn } from './auth/guard.ts';
import type { AppDeps } from './deps.ts';
import { Refused } from './errors.ts';
import { goneSignal } from './gone.ts';
import { sightOf } from './sight.ts';

/**
 * Has a question about figures or cases answered when it is its asker's turn: of everybody's two at a time, in rotation. Whoever goes away gives it
 * up, in the queue and at work. What is answered is of what the asker may see: every route that reads facts gets at them by this. What the turn is for is `work`, not sending the answer.
 * @throws Refused 429 when so many questions of the asker wait already, the signal's reason when the asker is gone
 */
export type Ask = <T>(req: Request, res: Response, work: (deps: QueryDeps) => Promise<T>) => Promise<T>;

/** Makes the queue of questions; an application has one. */
export function createAsking({ store, cube, organisation, now, log, asking = {} }: AppDeps): Ask {
  const { width = 8, perAsker = 2, mostWaiting = 64, timeout } = asking;
  const turns = createTurns({ width, perOwner: perAsker, mostWaiting });
  const known = { reader: store.reader, cube, organisation, now };
  return async (req, res, work) => {
    const user = signedIn(req);
    const asker = user.userId;
    const signal = goneSignal(res);
    const bounds = { signal, asker, ...(timeout !== undefined && { timeout }) };
    try {
      const end = await turns.enter(asker, signal);
      try {
        return await work({ ...known, bounds, sight: await sightOf(user, known) });
      } finally {
        end();
      }
    } catch (error) {
      if (signal.aborted && error === signal.reason) log('question_given_up', { path: req.path });
      if (!(error instanceof TooManyWaiting)) throw error;
      res.set('retry-after', '5');
      throw new Refused(429, `${mostWaiting} of your questions wait already; wait for their answers, then ask this one again`);
    }
  };
}
