import type { Request, Response } from 'express';
import { CaseChanged, OwnedElsewhere, type HandlingOptions } from '../../etl/load-handling.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { everything, isSeen, rowCodes } from '../../queries/sight.ts';
import type { Ask } from '../asking.ts';
import { signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { changedMeanwhile } from './changed.ts';

/** What handling needs to know of who does it. */
export type Handler = HandlingOptions & { by: string };

/**
 * Does something with the case an address names, as far as who asks may see it.
 * @param act answers how many events the case has then, or null where there is no such case
 * @returns the number of the case and that of its events
 * @throws Refused 404 for no case of theirs; 409 for one of a source, or one that somebody has done something with since it was read
 */
export async function handleCase(
  req: Request,
  res: Response,
  { store, now, organisation, ask }: Pick<AppDeps, 'store' | 'now' | 'organisation'> & { ask: Ask },
  act: (caseId: number, handler: Handler) => Promise<number | null>,
): Promise<{ case_id: number; version: number }> {
  const { id } = req.params as { id: string };
  const sight = await ask(req, res, ({ sight = everything }) => Promise.resolve(sight));
  const rows = rowCodes(sight, await readCatalog(store.reader));
  const { zone, currency } = organisation;
  const handler: Handler = { zone, currency, now: now(), by: signedIn(req).name, isSeen: (fact) => isSeen(rows, fact) };
  try {
    const version = /^[1-9]\d{0,14}$/.test(id) ? await act(Number(id), handler) : null;
    if (version === null) throw new Refused(404, `there is no case "${id}"`);
    return { case_id: Number(id), version };
  } catch (error) {
    if (error instanceof OwnedElsewhere)
      throw new Refused(409, `this case is owned by ${error.source}; change it there, and the next run brings the change`);
    throw error instanceof CaseChanged ? changedMeanwhile(error, sight) : error;
  }
}
