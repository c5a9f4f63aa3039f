import { Router } from 'express';
import type { Knex } from 'knex';
import { BadInput, didYouMean, type Problem } from '../../etl/errors.ts';
import { checkVersion, loadEvents } from '../../etl/load-handling.ts';
import type { DigestDeliveryRow, SurveyInvitationRow } from '../../etl/store/tables.ts';
import { surveyAskingFields } from '../../etl/survey-asking.ts';
import { isoText } from '../../etl/time.ts';
import { readCase } from '../../queries/case-detail.ts';
import type { SurveyAskBody, SurveyAskedJson, SurveyAskingJson } from '../../queries/model/survey-asking.ts';
import { everything } from '../../queries/sight.ts';
import type { Ask } from '../asking.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { handleCase } from '../handling/handle.ts';
import { jsonBody } from '../json-body.ts';
import { askCustomer, mailAddressOf, type Asked } from '../surveys/ask.ts';
import { invitationState, mailKey, surveyUrl } from '../surveys/invitation.ts';
import { readVersion } from '../version.ts';

const channels = ['mail', 'link'] as const;

/** Asking the customer of a case that was entered here how satisfied they are, and what became of it. */
export function surveyRoutes(deps: Pick<AppDeps, 'store' | 'now' | 'organisation' | 'satisfaction' | 'digests'>, ask: Ask): Router {
  const { store, now, satisfaction: words, digests } = deps;
  const router = Router();
  router.get('/api/cases/:id/survey', allow('handle_case'), async (req, res) => {
    const { id } = req.params as { id: string };
    const detail = /^[1-9]\d{0,14}$/.test(id) ? await ask(req, res, (query) => readCase({ ...query, sight: { ...(query.sight ?? everything), contact: true } }, Number(id))) : null; // prettier-ignore
    if (!detail) throw new Refused(404, `there is no case "${id}"`);
    const address = mailAddressOf(detail.fields.contact as string | null); // a text field
    res.json({
      whyNoMail: digests.mail.why ?? (address === null ? 'The case has no mail address as its contact.' : null),
      question: words.question,
      days: words.days,
      last: await lastInvitation(store.reader, Number(id), now()),
    } satisfies SurveyAskingJson);
  });
  router.post('/api/cases/:id/survey', allow('handle_case'), jsonBody('4kb'), async (req, res) => {
    const { channel, version } = readAsk(req.body);
    if (channel === 'mail' && digests.mail.why !== null)
      throw new BadInput([{ field: 'channel', message: `${digests.mail.why} Expected link` }]);
    let asked: Asked | undefined;
    const done = await handleCase(req, res, { ...deps, ask }, (id, handler) =>
      loadEvents(store, id, { ...handler, fields: surveyAskingFields }, async (held) => {
        checkVersion(held, version);
        asked = await askCustomer(held, { user: signedIn(req), now: handler.now, channel, words });
        return [asked.event];
      }),
    );
    if (!asked) throw new Error('a case with a version was asked about');
    if (channel === 'mail') digests.wake();
    const url = asked.token && surveyUrl(digests.making.baseUrl, asked.token);
    res.status(201).json({ ...done, url, expires_at: isoText(asked.expiresAt) } satisfies SurveyAskedJson);
  });
  return router;
}

function readAsk(body: unknown): SurveyAskBody {
  const { channel, version } = body as Record<string, unknown>; // jsonBody lets only objects through
  const problems: Problem[] = [];
  const known = channels.find((one) => one === channel);
  const near = typeof channel === 'string' ? didYouMean(channel, channels) : '';
  if (!known) problems.push({ field: 'channel', message: `must be one of ${channels.join(', ')}${near}` });
  const seen = readVersion(version, 1, problems);
  if (problems.length || !known) throw new BadInput(problems);
  return { channel: known, version: seen };
}

async function lastInvitation(db: Knex, caseId: number, now: number): Promise<SurveyAskingJson['last']> {
  const last = await db<SurveyInvitationRow>('survey_invitation').where({ case_id: caseId }).orderBy('invitation_id', 'desc').first();
  if (!last) return null;
  const mail = await db<DigestDeliveryRow>('digest_delivery')
    .where({ issue_id: mailKey(last.invitation_id), kind: 'survey' })
    .first('state', 'said');
  return {
    channel: mail ? 'mail' : 'link',
    state: invitationState(last, now),
    asked_at: isoText(last.asked_at),
    expires_at: isoText(last.expires_at),
    mail: mail ?? null,
  };
}
