import { Router, urlencoded, type ErrorRequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { BadInput } from '../../etl/errors.ts';
import { textParameter } from '../address.ts';
import type { AppDeps } from '../deps.ts';
import { readSessionCookie } from '../auth/cookie.ts';
import { lookAtSession } from '../auth/sessions.ts';
import { withoutValues } from '../errors.ts';
import { openStyle } from '../open-style.ts';
import { answerInvitation, readAnswer, readScore } from '../surveys/answer.ts';
import { findInvitation, lastDate, type KnownInvitation } from '../surveys/invitation.ts';
import { openPage, surveyPage, type SurveyPage } from '../surveys/survey-page.ts';

const style = openStyle('sign-in.css', 'survey.css');

/**
 * The page where a customer says how satisfied they are, without signing in. Reading it writes nothing, since programs that look through mail open every link
 * and address; only the form's own POST answers, once.
 */
export function surveyPageRoutes({ store, now, organisation, log }: Pick<AppDeps, 'store' | 'now' | 'organisation' | 'log'>): Router {
  const router = Router();
  const { name, zone, currency } = organisation;
  const tries = rateLimit({
    windowMs: 60_000,
    limit: 60,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, res) => show(res, 429, openPage(name, 'Too many at once', '<p>Wait a minute and open the link again.</p>')),
  });
  router.get('/survey.css', (_req, res) => res.type('css').set('cache-control', 'no-cache').send(style));

  router.get('/survey', tries, async (req, res) => {
    const token = textParameter(req, 'token') ?? '';
    const known = await findInvitation(store.reader, token, now());
    if (known.state !== 'open') return show(res, ...overPage(known));
    show(res, 200, formOf(known, { token, score: readScore(textParameter(req, 'score')) }));
  });

  router.post('/survey', tries, urlencoded({ extended: false, limit: '32kb' }), async (req, res) => {
    const body = (req.body ?? {}) as Record<string, unknown>;
    const token = textOf(body.token);
    const known = await findInvitation(store.writer, token, now());
    if (known.state !== 'open') return show(res, ...overPage(known));
    const session = readSessionCookie(req);
    // Who deals with cases may have the link at hand; the answer is the customer's.
    if (session !== null && (await lookAtSession(store, session, now())))
      return show(res, 403, openPage(name, 'This is for the customer to answer', '<p>You are signed in to Silverlining in this browser. Nothing was recorded.</p>')); // prettier-ignore
    try {
      const isKept = await answerInvitation(store, known.invitation, readAnswer(body), { now: now(), zone, currency });
      if (!isKept) return show(res, ...overPage(await findInvitation(store.writer, token, now())));
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      const problems = Object.fromEntries(error.problems.map(({ field, message }) => [field, sentence(message)]));
      const given = { token, score: readScore(body.score), ease: readScore(body.ease), comment: textOf(body.comment) };
      return show(res, 400, formOf(known, { ...given, problems }));
    }
    show(res, 200, openPage(name, 'Thank you', '<p>Your answer is recorded. You can close this page.</p>'));
  });
  // Who reads it is a customer, and no program.
  const surveyFailed: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) return next(error);
    if ((error as { status?: number }).status === 413)
      return show(res, 413, openPage(name, 'That is too long', '<p>Nothing was recorded. Go back, shorten what you wrote and press Send again.</p>')); // prettier-ignore
    if (error instanceof BadInput) return show(res, ...overPage({ state: 'unknown' }));
    log('survey_failed', { error: withoutValues(error) });
    show(res, 503, openPage(name, 'This did not work', '<p>Nothing was recorded. Go back in a while and press Send again.</p>'));
  };
  router.use('/survey', surveyFailed);
  return router;

  function formOf(
    { invitation, receivedOn }: Exclude<KnownInvitation, { state: 'unknown' }>,
    given: Pick<SurveyPage, 'token' | 'score'> & Partial<SurveyPage>,
  ): string {
    const lastOn = lastDate(invitation.expires_at, zone);
    const { question } = invitation;
    return surveyPage({ organisation: name, question, receivedOn, lastOn, ease: null, comment: '', problems: {}, ...given });
  }

  /** What is told of a link that asks nothing, with its status. */
  function overPage({ state }: KnownInvitation): [number, string] {
    const say = (status: number, title: string, text: string): [number, string] => [status, openPage(name, title, `<p>${text}</p>`)];
    if (state === 'answered') return say(410, 'You have answered already', 'Thank you. An answer is sent once and cannot be changed here.');
    if (state === 'withdrawn')
      return say(
        410,
        'This question was taken back',
        'We are looking into it again, or have sent you a newer link. There is nothing you need to do here.',
      );
    if (state === 'expired')
      return say(410, 'This link has run out', 'It is too late to answer. You can still contact us as you did before.');
    return say(404, 'This link does not work', 'Open it from the message again, or copy the whole of it: it may have been cut off.');
  }
}

function show(res: Response, status: number, html: string): void {
  res.status(status).set('cache-control', 'no-store').type('html').send(html);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
