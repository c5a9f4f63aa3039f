import { BadInput } from './errors.ts';
import { standingOf } from './handling.ts';
import type { CaseRecord, EventRecord, SurveyRecord } from './record.ts';

/** What a customer answers; scores from 1 (worst) to 5 (best). */
export interface SurveyAnswer {
  score: number;
  /** How easy it was; null: not said. */
  ease: number | null;
  comment: string | null;
}

/** Fields a source has that asks its customers. */
export const surveyAskingFields: readonly string[] = [
  'source_id',
  'kind',
  'asked_at',
  'answered_at',
  'scale',
  'score',
  'comment',
  'agent',
].map((field) => `surveys.${field}`);

/**
 * The event of asking how satisfied the customer is, and the key of the survey. Asking again what waits for an answer is the same survey, asked when it was
 * asked first: a reminder is no second question. It is credited to whoever has the case now.
 * @throws BadInput where the case is not resolved, or its resolution has been answered
 */
export function askedEvent(
  record: CaseRecord,
  { by, now, channel }: { by: string; now: number; channel: 'mail' | 'link' },
): { event: EventRecord; survey: string } {
  if (standingOf(record.resolved_at, record.withdrawn_at) !== 'resolved')
    throw new BadInput([{ field: 'action', message: 'how satisfied the customer is can be asked of a resolved case; this one is not' }]);
  const all = (record.surveys ?? []).filter(({ kind }) => kind === 'csat');
  const waiting = all.find((survey) => survey.answered_at === undefined);
  if (!waiting && isAnswered(record.events ?? []))
    throw new BadInput([
      { field: 'action', message: 'the customer has answered; once the case is reopened and resolved, it can be asked again' },
    ]);
  const { agent, source_id: caseKey } = record;
  const survey: SurveyRecord = waiting ?? {
    source_id: `${caseKey}/csat${all.length > 0 ? `/${all.length + 1}` : ''}`,
    kind: 'csat',
    asked_at: now,
    scale: '1-5',
    ...(agent && { agent }),
  };
  const to = channel === 'mail' ? 'with a mail' : 'with a link';
  return { event: { kind: 'survey asked', at: now, actor: by, to, surveys: [survey] }, survey: survey.source_id ?? '' };
}

/**
 * The event of a customer's answer. That it was easy or not is a survey of its own without a time of asking, so that whoever leaves it out has still answered
 * what was asked.
 * @returns null where nothing under that key waits for an answer
 */
export function answeredEvent(record: CaseRecord, key: string, answer: SurveyAnswer, now: number): EventRecord | null {
  const asked = record.surveys?.find((survey) => survey.source_id === key && survey.answered_at === undefined);
  if (!asked) return null;
  const { score, ease, comment } = answer;
  const { agent } = asked;
  const surveys: SurveyRecord[] = [{ ...asked, answered_at: now, score, ...(comment && { comment }) }];
  if (ease !== null)
    surveys.push({ source_id: `${key}/ces`, kind: 'ces', answered_at: now, scale: '1-5', score: ease, ...(agent && { agent }) });
  return { kind: 'survey answered', at: now, to: `${score} of 5`, surveys };
}

/** Whether the customer has answered since the case was resolved last. */
function isAnswered(events: readonly EventRecord[]): boolean {
  return events.findLast(({ kind }) => kind === 'resolved' || kind === 'survey answered')?.kind === 'survey answered';
}
