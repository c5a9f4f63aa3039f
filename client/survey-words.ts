import { surveyScales, type SurveyScale } from '../etl/record.ts';
import { followUpStates, type FollowUpJson, type LowScoreRow } from '../queries/model/follow-up.ts';
import { sentence, shortWhen } from './case-words.ts';

const surveyNames: Record<string, string> = { csat: 'Satisfaction', nps: 'Recommendation', ces: 'Ease' };

/** What a kind of survey asks, as a name. */
export function surveyName(kind: string): string {
  return surveyNames[kind] ?? sentence(kind);
}

/** A score on its scale: "2 of 5", "no". */
export function scoreWords(scale: string, score: number): string {
  if (scale === 'yes-no') return score ? 'yes' : 'no';
  if (scale === 'good-bad') return score ? 'good' : 'bad';
  const known = scale in surveyScales ? surveyScales[scale as SurveyScale] : null;
  return known ? `${score} of ${known.high}` : String(score);
}

/** Where following up stands: "Contacted by Ada, 3 Nov 2026", "To follow up". */
export function followUpWords(followUp: FollowUpJson | null, zone: string): string {
  if (!followUp) return followUpStates.to_follow_up;
  return `${followUpStates[followUp.state]} by ${followUp.by}, ${shortWhen(followUp.at, zone, 'day')}`;
}

/** What a low score is about, in one line. */
export function lowScoreTitle({ kind, scale, score }: LowScoreRow): string {
  return `${surveyName(kind)}: ${scoreWords(scale, score)}`;
}
