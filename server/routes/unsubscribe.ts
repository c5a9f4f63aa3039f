import { Router, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { textParameter } from '../address.ts';
import type { AppDeps } from '../deps.ts';
import { escaped } from '../digest/render/escaped.ts';
import { readToken, subscriptionState, unsubscribe } from '../digest/deliver/unsubscribe.ts';
import { Refused } from '../errors.ts';

/**
 * Ending the mails of a digest without signing in. Opening the link only asks, since programs that look through mail open every link; the button ends it, and
 * so does the one click of a mail program (RFC 8058).
 */
export function unsubscribeRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>): Router {
  const router = Router();
  const tries = rateLimit({
    windowMs: 60_000,
    limit: 120,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, res) => answer(res.status(429), 'Too many at once', '<p>Wait a minute and open the link again.</p>'),
  });
  router.get('/unsubscribe', tries, async (req, res) => {
    const subscription = await known(res, () => readToken(store, textParameter(req, 'token') ?? ''));
    if (!subscription) return;
    const { name, isOver } = await subscriptionState(store, subscription);
    const what = `<strong>${escaped(name)}</strong>`;
    if (isOver)
      return answer(res, 'You get no more of these mails', `<p>${what} is not sent to ${escaped(subscription.address)} any more.</p>`);
    answer(
      res,
      'Stop these mails?',
      `<p>${what} will not be sent to ${escaped(subscription.address)} any more.</p><form method="post"><button>Stop these mails</button></form>`,
    );
  });
  router.post('/unsubscribe', tries, async (req, res) => {
    const subscription = await known(res, () => readToken(store, textParameter(req, 'token') ?? ''));
    if (!subscription) return;
    await unsubscribe(store, subscription, now());
    const { name } = await subscriptionState(store, subscription);
    const text = `<p><strong>${escaped(name)}</strong> is not sent to ${escaped(subscription.address)} any more. To get it again, ask whoever sends it to you.</p>`;
    answer(res, 'Done', text);
  });
  return router;
}

/** A link that is not ours is told on a page, since people open it. */
async function known<T>(res: Response, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    answer(res.status(error.status), 'This link does not work', `<p>${escaped(error.message)}.</p>`);
    return null;
  }
}

function answer(res: Response, title: string, body: string): void {
  res
    .set('cache-control', 'no-store')
    .type('html')
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>${title} · Silverlining</title><link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/sign-in.css"></head><body><main><p class="name"><img src="/icon.svg" alt="" width="28" height="28">Silverlining</p><h1>${title}</h1>${body}</main></body></html>`,
    );
}
