import { Router } from 'express';
import { decideLink, LinkChanged } from '../../etl/case-links.ts';
import { BadInput } from '../../etl/errors.ts';
import { isoText } from '../../etl/time.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { readLikely } from '../../queries/links.ts';
import { linkStates, type LinkBody } from '../../queries/model/links.ts';
import { everything, isSeen, rowCodes } from '../../queries/sight.ts';
import type { Ask } from '../asking.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { jsonBody } from '../json-body.ts';
import { findLikely, readTyped } from '../links/find-likely.ts';

/** Cases that are likely about the same matter: while one is entered, as a list, and what somebody says of two. */
export function linkRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>, ask: Ask): Router {
  const router = Router();
  router.post('/api/cases/likely-duplicates', allow('enter_case'), jsonBody('256kb'), async (req, res) => {
    const typed = readTyped(req.body as Record<string, unknown>); // jsonBody lets only objects through
    res.json(await ask(req, res, (deps) => findLikely(deps, store, typed, now())));
  });
  router.get('/api/likely-duplicates', allow('link_cases'), async (req, res) => {
    const before = readPlace(req.query.before);
    res.json(await ask(req, res, (deps) => readLikely(deps, before)));
  });
  router.post('/api/case-links', allow('link_cases'), jsonBody('4kb'), async (req, res) => {
    const { case_ids: caseIds, was, is } = readLink(req.body as Record<string, unknown>); // jsonBody lets only objects through
    const { name: by, userId } = signedIn(req);
    const sight = await ask(req, res, ({ sight = everything }) => Promise.resolve(sight));
    const rows = rowCodes(sight, await readCatalog(store.reader));
    const target = `cases ${caseIds.join(' and ')}: ${is}${was === null ? '' : `, were ${was}`}`;
    const options = {
      by,
      now: now(),
      isSeen: (fact: Parameters<typeof isSeen>[1]) => isSeen(rows, fact),
      after: (trx: Parameters<typeof audit>[0]) => audit(trx, { at: now(), userId, action: 'cases_linked', target }),
    };
    const isDone = await decideLink(store, { caseIds, was, is }, options).catch((error: unknown) => {
      throw error instanceof LinkChanged ? decidedMeanwhile(error) : error;
    });
    if (!isDone) throw new Refused(404, `there is no case ${caseIds.join(' or no case ')}`);
    res.json({ case_ids: caseIds, is });
  });
  return router;
}

function decidedMeanwhile({ current }: LinkChanged): Refused {
  const { state = null, decided_by: by = null, decided_at: at = null } = current ?? {};
  const who =
    by !== null && at !== null ? `${by} said at ${isoText(at)} that they are ${state}` : `they are ${state ?? 'nothing'} to one another`;
  return new Refused(409, `${who}; look at that, then send it as "was"`, { state, by, at: at === null ? null : isoText(at) });
}

function readLink(raw: Record<string, unknown>): LinkBody {
  const { case_ids: ids, was = null, is } = raw;
  const isId = (id: unknown): id is number => typeof id === 'number' && Number.isSafeInteger(id) && id > 0;
  if (!Array.isArray(ids) || ids.length !== 2 || !isId(ids[0]) || !isId(ids[1]))
    throw new BadInput([{ field: 'case_ids', message: 'expected the numbers of two cases' }]);
  const stateOf = (field: string, value: unknown) => {
    const known = linkStates.find((state) => state === value);
    if (!known) throw new BadInput([{ field, message: `must be one of ${linkStates.join(', ')}` }]);
    return known;
  };
  return { case_ids: [ids[0], ids[1]], was: was === null ? null : stateOf('was', was), is: stateOf('is', is) };
}

function readPlace(given: unknown): { caseId: number; otherId: number } | null {
  if (given === undefined) return null;
  const [, caseId, otherId] = (typeof given === 'string' && /^(\d{1,15})~(\d{1,15})$/.exec(given)) || [];
  if (caseId === undefined)
    throw new BadInput([{ field: 'before', message: 'is not a place in the list: expected the "next" of an answer' }]);
  return { caseId: Number(caseId), otherId: Number(otherId) };
}
