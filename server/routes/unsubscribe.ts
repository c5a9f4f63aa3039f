import { Router, urlencoded, type Response } from 'express';
import { BadInput } from '../../etl/errors.ts';
import { textParameter } from '../address.ts';
import type { AppDeps } from '../deps.ts';
import { escaped } from '../digest/render/escaped.ts';
import { readToken, resubscribe, subscriptionState, unsubscribe } from '../digest/deliver/unsubscribe.ts';
import { Refused } from '../errors.ts';
import { limited } from '../rate-limit.ts';

/**
 * Ending the mails of a digest without signing in. Opening the link only asks, since programs that look through mail open every link; the button ends it, and
 * so does the one click of a mail program (RFC 8058).
 */
export function unsubscribeRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>): Router {
  const router = Router();
  const tries = limited({ windowMs: 60_000, limit: 120 }, (_req, res) =>
    answer(res.status(429), 'Too many at once', '<p>Wait a minute and open the link again.</p>'),
  );
  router.get('/unsubscribe', tries, async (req, res) => {
    const subscription = await known(res, () => readToken(store, textParameter(req, 'token') ?? ''));
    if (!subscription) return;
    const { name, isOver, canReturn } = await subscriptionState(store, subscription);
    if (isOver) return answer(res, 'You get no more of these mails', ended(name, subscription.address, canReturn));
    answer(
      res,
      'Stop these mails?',
      `<p><strong>${escaped(name)}</strong> will not be sent to ${escaped(subscription.address)} any more.</p><form method="post"><button>Stop these mails</button></form>`,
    );
  });
  router.post('/unsubscribe', tries, urlencoded({ extended: false, limit: '4kb' }), async (req, res) => {
    const subscription = await known(res, () => readToken(store, textParameter(req, 'token') ?? ''));
    if (!subscription) return;
    const { again } = (req.body ?? {}) as { again?: unknown };
    await (again === '1' ? resubscribe : unsubscribe)(store, subscription, now());
    const { name, isOver, canReturn } = await subscriptionState(store, subscription);
    const comes = `<p><strong>${escaped(name)}</strong> is sent to ${escaped(subscription.address)}.</p>`;
    answer(res, 'Done', isOver ? ended(name, subscription.address, canReturn) : comes);
  });
  return router;
}

/** What somebody reads who gets a digest no more, and the way back for who ended it. */
function ended(name: string, address: string, canReturn: boolean): string {
  const back = '<form method="post"><input type="hidden" name="again" value="1"><button>Get these mails again</button></form>';
  const how = '<p>Only you can change that, here or by the link in any of these mails.</p>';
  return `<p><strong>${escaped(name)}</strong> is not sent to ${escaped(address)} any more.</p>${canReturn ? how + back : ''}`;
}

/** A link that is not ours is told on a page, since people open it. */
async function known<T>(res: Response, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof BadInput)) throw error;
    const [status, why] = error instanceof Refused ? [error.status, error.message] : [400, 'Open it from the message again: it is damaged'];
    answer(res.status(status), 'This link does not work', `<p>${escaped(why)}.</p>`);
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
