import { request as httpRequest, STATUS_CODES } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { oneLine, type Outcome } from './outcome.ts';

/** What a message to a channel says of a digest. */
export interface WebhookMessage {
  /** First sentence of the digest. */
  headline: string;
  /** Where the whole is. */
  url: string;
  name: string;
  period: string;
}

export interface WebhookOptions {
  /** For all of it; default 30 s. */
  timeoutMs?: number;
  /** Cuts it off. */
  signal?: AbortSignal | undefined;
  /** The clock that a date in `Retry-After` is later than, seconds since 1970 UTC. */
  now: () => number;
}

const longestRetrySeconds = 86_400;

/**
 * Posts JSON to an address once.
 * @param url https; http only on this machine. It is a secret: no outcome repeats it
 * @param onHandover settled before anything but the handshake is sent; when it fails, nothing is
 * @returns what became of it; never throws
 */
export function postWebhook(
  { url, body }: { url: string; body: object },
  onHandover: () => Promise<void>,
  { timeoutMs = 30_000, signal, now }: WebhookOptions,
): Promise<Outcome> {
  const target = webhookUrl(url);
  if (!target)
    return Promise.resolve({
      kind: 'refused',
      code: null,
      answer: 'the address of the webhook is not an https:// address',
      isPermanent: true,
    });
  const bytes = Buffer.from(JSON.stringify(body));
  const isSecure = target.protocol === 'https:';
  return new Promise((resolve) => {
    let [isSent, isAnswered] = [false, false];
    const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
    // A connection of its own: one that was kept may be closed under a message, of which then nobody knows.
    const req = (isSecure ? httpsRequest : httpRequest)(target, {
      method: 'POST',
      agent: false,
      signal: stop,
      headers: { 'content-type': 'application/json', 'content-length': bytes.length, 'user-agent': 'Silverlining' },
    });
    req.on('error', (error) => {
      if (isAnswered) return;
      const why = stop.aborted ? 'it took too long to answer' : oneLine(wordsOf(error));
      resolve(isSent ? { kind: 'unknown', why } : { kind: 'notReached', why, isServerAway: false });
    });
    req.on('response', (response) => {
      isAnswered = true;
      // The status is the answer. Its words are the other side's, and may repeat the address.
      response.resume();
      response.on('close', () => resolve(answerOf(response.statusCode ?? 0, response.headers['retry-after'], now())));
      response.on('error', () => undefined);
    });
    req.on('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        onHandover().then(
          () => {
            if (req.destroyed) return;
            isSent = true;
            req.end(bytes);
          },
          (error: Error) => req.destroy(error),
        );
      });
    });
  });
}

/** A message in Slack's form. */
export function slackBody({ headline, url, name, period }: WebhookMessage): object {
  return { text: `*<${slackText(url)}|${slackText(`${name}, ${period}`).replaceAll('|', '¦')}>*\n${slackText(headline)}` };
}

/** A message as workflows of Microsoft Teams take it: an adaptive card. */
export function teamsBody({ headline, url, name, period }: WebhookMessage): object {
  const text = (words: string, looks: object = {}) => ({ type: 'TextBlock', text: cardText(words), wrap: true, ...looks });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [text(`${name}, ${period}`, { weight: 'Bolder', size: 'Medium' }), text(headline)],
          actions: [{ type: 'Action.OpenUrl', title: 'Open the digest', url }],
        },
      },
    ],
  };
}

function webhookUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere) ? url : null;
}

function answerOf(code: number, retryAfter: string | undefined, now: number): Outcome {
  const answer = oneLine(`${code} ${STATUS_CODES[code] ?? ''}`);
  if (code >= 200 && code < 300) return { kind: 'accepted', answer };
  // To go where a redirect leads would give whoever stands there what was meant for somebody else.
  if (code < 400)
    return { kind: 'refused', code, answer: oneLine(`${code}: the address leads elsewhere, which is not followed`), isPermanent: true };
  const isPermanent = code < 500 && code !== 408 && code !== 429;
  const retryAfterSeconds = secondsOf(retryAfter, now);
  return { kind: 'refused', code, answer, isPermanent, ...(retryAfterSeconds !== null && { retryAfterSeconds }) };
}

/** `Retry-After` is a number of seconds or a date, RFC 9110 §10.2.3. */
function secondsOf(retryAfter: string | undefined, now: number): number | null {
  if (retryAfter === undefined) return null;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : Math.ceil(Date.parse(retryAfter) / 1000 - now);
  return seconds >= 0 ? Math.min(seconds, longestRetrySeconds) : null;
}

/** Several addresses of a host that all fail come as one error without words. */
function wordsOf(error: Error): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'the connection failed';
}

function slackText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Cards read a little Markdown. */
function cardText(text: string): string {
  return text.replace(/[\\*_[\]()~`]/g, '\\$&');
}
