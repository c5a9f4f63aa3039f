import { BadInput, type Problem } from '../../etl/errors.ts';
import { foldEvents } from '../../etl/handled.ts';
import { loadEvents } from '../../etl/load-handling.ts';
import type { Store } from '../../etl/store/open.ts';
import type { SurveyInvitationRow } from '../../etl/store/tables.ts';
import { answeredEvent, surveyAskingFields, type SurveyAnswer } from '../../etl/survey-asking.ts';
import { audit } from '../auth/audit.ts';

/** Characters a comment may have. */
export const longestComment = 2000;

/**
 * Reads what a customer chose.
 * @throws BadInput by field
 */
export function readAnswer({ score, ease, comment }: Record<string, unknown>): SurveyAnswer {
  const problems: Problem[] = [];
  const read = readScore(score);
  if (read === null) problems.push({ field: 'score', message: 'choose one of the five answers' });
  const text = typeof comment === 'string' ? comment.replace(/\r\n?/g, '\n').replaceAll('\0', '').trim() : '';
  if (text.length > longestComment)
    problems.push({ field: 'comment', message: `has ${text.length} characters; at most ${longestComment} fit` });
  if (read === null || problems.length) throw new BadInput(problems);
  return { score: read, ease: readScore(ease), comment: text || null };
}

/** A score from 1 to 5 as a form or an address has it; null for anything else. */
export function readScore(given: unknown): number | null {
  return typeof given === 'string' && /^[1-5]$/.test(given) ? Number(given) : null;
}

/**
 * Writes down what a customer answered, once: of two answers at the same time the first is kept.
 * @param options `now`: seconds since 1970 UTC; `zone` and `currency` of the organisation
 * @returns whether it was this answer that is kept
 */
export async function answerInvitation(
  store: Store,
  { invitation_id, case_id, survey }: SurveyInvitationRow,
  answer: SurveyAnswer,
  { now, zone, currency }: { now: number; zone: string | null; currency: string | null },
): Promise<boolean> {
  let isKept = false;
  const options = { zone, currency, now, isSeen: () => true, fields: surveyAskingFields };
  await loadEvents(store, case_id, options, async ({ trx, entered, events }) => {
    isKept = false;
    const event = answeredEvent(foldEvents(entered, events), survey, answer, now);
    const taken = await trx<SurveyInvitationRow>('survey_invitation')
      .where({ invitation_id })
      .whereNull('answered_at')
      .whereNull('withdrawn_at')
      .where('expires_at', '>', now)
      .update({ answered_at: now });
    if (taken !== 1) return [];
    if (!event) throw new Error(`the open invitation ${invitation_id} is to no survey that waits for an answer`);
    await audit(trx, { at: now, userId: null, action: 'survey_answered', target: `case ${case_id}` });
    isKept = true;
    return [event];
  });
  return isKept;
}
