import type { Knex } from 'knex';
import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import type { FollowUpRow, SurveyFactRow } from '../etl/store/tables.ts';
import { followUpStateNames, longestNote, type FollowUpBody } from '../queries/model/follow-up.ts';
import { sourceCode } from './page.ts';

/**
 * Reads what was done about a low score.
 * @throws BadInput by field
 */
export function readFollowUp(body: unknown): FollowUpBody {
  const { source, survey, state, note = '' } = body as Record<string, unknown>; // jsonBody lets only objects through
  const problems: Problem[] = [];
  for (const [field, value] of Object.entries({ source, survey }))
    if (typeof value !== 'string' || value === '') problems.push({ field, message: 'is missing or no text' });
  const known = followUpStateNames.find((name) => name === state);
  if (!known) {
    const near = typeof state === 'string' ? didYouMean(state, followUpStateNames) : '';
    problems.push({ field: 'state', message: `must be one of ${followUpStateNames.join(', ')}${near}` });
  }
  if (typeof note !== 'string' || note.includes('\0') || String(survey).includes('\0'))
    problems.push({ field: 'note', message: 'must be text' });
  else if (note.length > longestNote) problems.push({ field: 'note', message: `may have at most ${longestNote} characters` });
  if (problems.length || !known) throw new BadInput(problems);
  return { source: String(source), survey: String(survey), state: known, note: String(note).trim() };
}

/**
 * Notes what was done about the answer to a survey.
 * @returns its number; null where there is no such survey
 * @throws BadInput when there is no such source
 */
export async function noteFollowUp(
  trx: Knex,
  { source, survey, state, note }: FollowUpBody,
  { by, now }: { by: string; now: number },
): Promise<number | null> {
  const code = await sourceCode(trx, source);
  const found = await trx<SurveyFactRow>('survey_fact')
    .where({ source: code ?? 0, source_id: survey })
    .first('survey_id', 'source');
  if (!found) return null;
  const row: FollowUpRow = { source: found.source, source_id: survey, state, note: note || null, changed_by: by, changed_at: now };
  await trx<FollowUpRow>('follow_up').insert(row).onConflict(['source', 'source_id']).merge();
  return found.survey_id;
}
