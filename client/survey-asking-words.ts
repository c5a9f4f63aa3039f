import { standingOf } from '../etl/handling.ts';
import { formatDate } from '../queries/model/number.ts';
import type { SurveyAskingJson } from '../queries/model/survey-asking.ts';
import type { CaseDetail } from '../queries/model/wire.ts';
import { deliveryWords } from '../queries/model/digest.ts';
import { sentence, shortWhen } from './case-words.ts';

/** Whether the customer can be asked: the case is resolved, and they have not answered since. */
export function canBeAsked({ fields, events }: CaseDetail): boolean {
  if (standingOf(fields.resolved_at, fields.withdrawn_at) !== 'resolved') return false;
  return events.findLast(({ kind }) => kind === 'resolved' || kind === 'survey answered')?.kind !== 'survey answered';
}

/** What became of asking: "Asked 9 Nov 2026, 15:00 by mail (sent); not answered. The link works until 9 Dec 2026, 15:00." */
export function askedWords({ last }: SurveyAskingJson, zone: string): string {
  if (last?.mail?.state === 'failed') {
    const why = last.mail.said ? ` The mail server said: ${sentence(last.mail.said)}${/[.!?]$/.test(last.mail.said) ? '' : '.'}` : '';
    return `The mail of ${shortWhen(last.asked_at, zone)} could not be delivered, so the customer does not count as asked.${why}`;
  }
  if (!last || last.state === 'withdrawn') return 'Not asked yet.';
  const { channel, mail, state, asked_at: askedAt, expires_at: expiresAt } = last;
  const how = channel === 'mail' ? `by mail${mail ? ` (${deliveryWords[mail.state]})` : ''}` : 'by a link to copy';
  const asked = `Asked ${shortWhen(askedAt, zone)} ${how}; ${state === 'answered' ? 'answered.' : 'not answered.'}`;
  if (state === 'answered') return asked;
  const link =
    state === 'expired' ? `The link ran out ${shortWhen(expiresAt, zone)}.` : `The link works until ${shortWhen(expiresAt, zone)}.`;
  return `${asked} ${link} Asking again makes another in its place, and counts as the same question.`;
}

/** A text with the link, to be sent to the customer. */
export function askingText(
  { fields }: CaseDetail,
  { question, url, until, organisation }: { question: string; url: string; until: string; organisation: string },
): string {
  const name = typeof fields.customer_name === 'string' && fields.customer_name ? fields.customer_name : 'customer';
  return [
    `Dear ${name},`,
    `${question} It takes a minute to tell us:`,
    url,
    `The link works until ${formatDate(until)}. Nothing is recorded before you press Send there.`,
    organisation,
  ].join('\n\n');
}
