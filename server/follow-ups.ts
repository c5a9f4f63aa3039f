import type { Knex } from 'knex';
import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import type { FollowUpRow, SurveyFactRow } from '../etl/store/tables.ts';
import { followUpOf } from '../queries/follow-up.ts';
import { followUpStateNames, longestNote, type FollowUpBody, type FollowUpJson } from '../queries/model/follow-up.ts';
import { isSeen, type RowCodes } from '../queries/sight.ts';
import { overtaken, Refused } from './errors.ts';
import { sourceCode } from './page.ts';
import { readVersion } from './version.ts';

/**
 * Reads what was done about a low score.
 * @throws BadInput by field
 */
export function readFollowUp(body: unknown): FollowUpBody {
  const { source, survey, state, note = '', version } = body as Record<string, unknown>; // jsonBody lets only objects through
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
  const seen = readVersion(version, 0, problems);
  if (problems.length || !known) throw new BadInput(problems);
  return { source: String(source), survey: String(survey), state: known, note: String(note).trim(), version: seen };
}

/**
 * Notes what was done about the answer to a survey, over the version its writer saw.
 * @param options `rows` of which surveys it may be
 * @returns what stands there now, and the number of the survey
 * @throws BadInput when there is no such source, Refused when there is no such survey or somebody noted something else meanwhile
 */
export async function noteFollowUp(
  trx: Knex,
  { source, survey, state, note, version }: FollowUpBody,
  { by, now, rows = null }: { by: string; now: number; rows?: RowCodes },
): Promise<{ surveyId: number; noted: FollowUpJson }> {
  const code = await sourceCode(trx, source);
  const found = await trx<SurveyFactRow>('survey_fact')
    .where({ source: code ?? 0, source_id: survey })
    .first('survey_id', 'source', 'team', 'company', 'agent', 'agent_credited');
  if (!found || !isSeen(rows, found)) throw new Refused(404, `there is no survey "${survey}" in ${source}`);
  const key = { source: found.source, source_id: survey };
  const content = { state, note: note || null, changed_by: by, changed_at: now, version: version + 1 };
  const written =
    version === 0
      ? await trx<FollowUpRow>('follow_up')
          .insert({ ...key, ...content })
          .onConflict(['source', 'source_id'])
          .ignore()
          .returning('version')
      : await trx<FollowUpRow>('follow_up')
          .where({ ...key, version })
          .update(content)
          .returning('version');
  if (written.length) return { surveyId: found.survey_id, noted: followUpOf(content) };
  const standing = await trx<FollowUpRow>('follow_up').where(key).first();
  if (!standing) throw new BadInput([{ field: 'version', message: 'must be 0: nothing was noted yet' }]);
  const current = followUpOf(standing);
  throw overtaken(current, current);
}
