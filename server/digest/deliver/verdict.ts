import type { Claim, Settled } from './claims.ts';
import { oneLine, type Outcome } from './outcome.ts';

const firstPause = 60;
const longestPause = 4 * 3600;
const shortestPause = 10;
const patienceSeconds = 3 * 86_400;
// Mail that waited for days because the server was not set up has not been tried for days.
const fewestAttempts = 8;

/**
 * What an outcome makes of a message. What may pass by itself is tried again after a pause of a random length up to a minute,
 * doubled with each attempt up to four hours, for three days.
 * @param now seconds since 1970 UTC
 * @param random uniform from 0 (inclusive) to 1 (exclusive)
 */
export function verdictOf(outcome: Outcome, claim: Claim, { now, random }: { now: number; random: () => number }): Settled {
  switch (outcome.kind) {
    case 'accepted':
      return { state: 'sent', said: outcome.answer, sent_at: now };
    case 'unknown':
      return { state: 'unknown', said: oneLine(`${outcome.why}; the other side had the whole message and may have taken it. ${byHand}`) };
    case 'refused':
      if (outcome.isPermanent) return { state: 'failed', said: outcome.answer };
      return again(outcome.answer, outcome.retryAfterSeconds ?? 0);
    case 'notReached':
      return again(outcome.why, 0);
  }

  function again(said: string, atLeast: number): Settled {
    const longest = Math.min(longestPause, firstPause * 2 ** Math.min(claim.attempts - 1, 10));
    const pause = Math.max(shortestPause, atLeast, Math.floor(random() * longest));
    if (now - claim.asked_at >= patienceSeconds && claim.attempts >= fewestAttempts)
      return { state: 'failed', said: oneLine(`given up after ${claim.attempts} attempts in more than 3 days; the last: ${said}`) };
    return { state: 'queued', said, next_at: now + pause };
  }
}

const byHand = 'It is not sent again by itself, so that nobody gets it twice: ask the recipient, or send it again.';
