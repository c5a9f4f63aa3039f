import { shortWhen } from './case-words.ts';

/**
 * What to tell who wrote over something that somebody else had changed since it was read.
 * @param standing what it says now, without a full stop
 * @param changed who changed it, and when, ISO 8601; null where that is not told
 */
export function overtakenWords(standing: string, changed: { by: string; at: string } | null, zone: string): string {
  return [
    `Meanwhile ${changed ? `${changed.by} changed it, ${shortWhen(changed.at, zone)}` : 'somebody else changed it'}. It now says: ${standing}.`,
    'What you typed is kept here: save again to put it in the place of that, or cancel to leave that.',
  ].join(' ');
}
