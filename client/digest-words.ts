import { addBuckets, addDays, endOf, startOf } from '../queries/model/buckets.ts';
import { countInWords } from '../queries/model/describe.ts';
import type { DeliveryJson, DigestBody, DigestIssueJson, DigestJson } from '../queries/model/digest.ts';
import { periodBefore } from '../queries/model/digest-period.ts';
import { formatCount, formatDate } from '../queries/model/number.ts';
import { shortWhen, wallClock } from './case-words.ts';
import { asSentence } from './source-words.ts';

/** Days a weekly digest can be made on, as the server names them. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** A zone as people read it: "America/New York". */
export function zoneInWords(zone: string): string {
  return zone.replaceAll('_', ' ');
}

/**
 * What a digest would tell next, and when: "Tells of October 2026 on 3 November 2026, 07:00." The day of a quarter lies in its first month.
 * @param local what clocks in the zone of the digest show now
 */
export function nextTelling(
  { every, on, at }: Pick<DigestBody, 'every' | 'on' | 'at'>,
  { date, time }: { date: string; time: string },
): string {
  const dayOf = (start: string): string => {
    if (every === 'week') return addDays(start, Math.max(0, weekdays.indexOf(on as (typeof weekdays)[number])));
    const last = endOf('month', start);
    const day = Math.min(Number(on), Number(last.slice(8)));
    return `${start.slice(0, 8)}${String(day).padStart(2, '0')}`;
  };
  const first = startOf(every, date);
  const here = dayOf(first);
  const isPast = here < date || (here === date && at <= time);
  const start = isPast ? addBuckets(every, first, 1) : first;
  const day = dayOf(start);
  return `Tells of ${every === 'week' ? 'the ' : ''}${periodBefore(every, day).text} on ${formatDate(day)}, ${at}.`;
}

/** What clocks of the reader show at an instant, where they show another time than those of `zone`; else null. */
export function readersTime(instant: string, zone: string): string | null {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [there, here] = [wallClock(Date.parse(instant), zone), wallClock(Date.parse(instant), own)];
  if (there.date === here.date && there.time === here.time) return null;
  return `${there.date === here.date ? here.time : shortWhen(instant, own)} for you`;
}

/** Who gets a digest, in a few words. */
export function recipientsInWords({ recipients, has_webhook }: Pick<DigestJson, 'recipients' | 'has_webhook'>): string {
  const active = recipients.filter((one) => one.stopped_at === null).length;
  const people = active ? countInWords(active, 'recipient') : 'nobody by mail';
  return has_webhook ? `${people} and a channel` : people;
}

/** Why somebody who was a recipient gets nothing any more. */
export const stopWords = {
  unsubscribed: 'took themselves off; only they can change that, by the link in any of these mails',
  departed: 'left',
  refused: 'is refused by their mail server',
} as const;

/** Why a digest is not made at present, as a sentence; null while it is. */
export function restingInWords({ paused, ends_on, next_runs }: DigestJson, zone: string): string | null {
  if (paused) return asSentence(`Paused by ${paused.by}, ${shortWhen(paused.at, zone)}${paused.reason ? `: ${paused.reason}` : ''}`);
  if (next_runs.length > 0) return null;
  return ends_on ? `Over: it ended on ${formatDate(ends_on)}.` : 'It is not made any more.';
}

/** What became of an issue: "sent to 12 · 1 failed · 1 unknown". */
export function issueStateInWords({ state, kind, deliveries }: DigestIssueJson): string {
  const { queued = 0, claimed = 0, sending = 0, sent = 0, failed = 0, unknown = 0, stopped = 0 } = deliveries;
  const waiting = queued + claimed + sending;
  const parts = [
    kind === 'test' && 'test',
    state === 'held' && 'held, not sent',
    sent > 0 && `sent to ${formatCount(sent)}`,
    waiting > 0 && `${formatCount(waiting)} on the way`,
    failed > 0 && `${formatCount(failed)} failed`,
    unknown > 0 && `${formatCount(unknown)} unknown`,
    stopped > 0 && `${formatCount(stopped)} not sent`,
  ].filter((part): part is string => typeof part === 'string');
  return parts.length === 0 ? 'made, sent to nobody' : parts.join(' · ');
}

/** Whether somebody should look at an issue: it was held, or did not reach everybody. */
export function isTroubled({ state, deliveries }: DigestIssueJson): boolean {
  return state === 'held' || (deliveries.failed ?? 0) > 0 || (deliveries.unknown ?? 0) > 0;
}

/** What a message was, where it was not the digest itself; empty otherwise. */
export function messageKindInWords({ kind, round, asked_by }: DeliveryJson): string {
  const what = { digest: '', test: 'a test', alert: 'told that it was held', webhook: 'a channel' }[kind];
  const again = round > 1 ? `sent again by ${asked_by}` : '';
  return [what, again].filter(Boolean).join(', ');
}
