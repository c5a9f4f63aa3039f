import { Router } from 'express';
import type { Knex } from 'knex';
import { readDeed, type Deed } from '../../etl/deed.ts';
import { foldEvents } from '../../etl/handled.ts';
import { actionOf } from '../../etl/handling.ts';
import { loadDeed, type HeldCase } from '../../etl/load-handling.ts';
import { surveyAskingFields } from '../../etl/survey-asking.ts';
import type { DeedAnswer } from '../../queries/model/handling.ts';
import type { Ask } from '../asking.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { SignedIn } from '../auth/roles.ts';
import type { AppDeps } from '../deps.ts';
import { handleCase } from '../handling/handle.ts';
import { jsonBody } from '../json-body.ts';
import { askCustomer, mailAddressOf } from '../surveys/ask.ts';

type Deps = Pick<AppDeps, 'store' | 'now' | 'organisation' | 'procedure' | 'satisfaction' | 'digests'>;

/**
 * `POST /api/cases/:id/events`: something a person does with a case that was entered here. What somebody did since it was read is answered with 409, and
 * nothing is done; a case of a source is changed in that source.
 */
export function handlingRoutes(deps: Deps, ask: Ask): Router {
  const { store, now, procedure, digests } = deps;
  const router = Router();
  router.post('/api/cases/:id/events', allow('handle_case'), jsonBody('256kb'), async (req, res) => {
    const deed = readDeed(req.body as Record<string, unknown>, now()); // jsonBody lets only objects through
    const user = signedIn(req);
    const more = asking(deps, deed, user);
    const done = await handleCase(req, res, { ...deps, ask }, (id, handler) => {
      const after = (trx: Knex) =>
        audit(trx, { at: handler.now, userId: user.userId, action: 'case_handled', target: `case ${id}: ${deed.action}` });
      return loadDeed(store, id, deed, { ...handler, ...more, authority: { role: user.role, procedure }, after });
    });
    if (more) digests.wake();
    res.status(201).json(done satisfies DeedAnswer);
  });
  return router;
}

/** What a deed is followed by where customers are asked as soon as a case is resolved and mail can be sent. */
function asking({ satisfaction: words, digests, now }: Deps, { action }: Deed, user: SignedIn) {
  if (actionOf(action).event !== 'resolved' || !words.asksAtResolution || digests.mail.why !== null) return undefined;
  return {
    fields: surveyAskingFields,
    async also(held: HeldCase) {
      if (mailAddressOf(foldEvents(held.entered, held.events).contact) === null) return [];
      return [(await askCustomer(held, { user, now: now(), channel: 'mail', words })).event];
    },
  };
}
