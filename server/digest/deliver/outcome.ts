/** What became of one try to deliver a message. */
export type Outcome =
  | { kind: 'accepted'; answer: string }
  /**
   * The other side said no: for good, or for now and perhaps until when. `code` null: it was not even asked. `to` says what it refused, where that was the
   * recipient alone.
   */
  | { kind: 'refused'; code: number | null; answer: string; isPermanent: boolean; retryAfterSeconds?: number; to?: 'recipient' }
  /** It cannot have the message. `isServerAway`: there was not even a connection, which others would not get either. */
  | { kind: 'notReached'; why: string; isServerAway: boolean }
  /** It had the whole message and did not answer: it may have it or not. */
  | { kind: 'unknown'; why: string };

const longest = 500;

/** What somebody else said, as one line that is short enough to show. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is taken out
  const line = text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** Whether an answer says that there is no such mailbox, and never will be. */
export function isNoSuchMailbox(outcome: Outcome): boolean {
  if (outcome.kind !== 'refused' || !outcome.isPermanent || outcome.to !== 'recipient') return false;
  // Servers also answer to the recipient what they have against the sender, or against passing mail on.
  if (/\b(sender|relay\w*|mail from)\b/i.test(outcome.answer)) return false;
  // RFC 3463: 5.1.1 bad destination mailbox address; RFC 7505: 5.1.10 its domain takes no mail.
  if (/\b5\.\d{1,3}\.\d{1,3}\b/.test(outcome.answer)) return /\b5\.1\.(1|10)\b/.test(outcome.answer);
  const isUnknown =
    /\b(user|recipient|mailbox|address)\b.{0,40}\b(unknown|not found|does not exist|doesn't exist)\b|\b(unknown|no such) (user|recipient|mailbox|address)\b/i;
  return outcome.code === 550 && isUnknown.test(outcome.answer);
}
