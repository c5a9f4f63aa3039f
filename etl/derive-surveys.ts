import { momentOf, type Moment } from './derive-times.ts';
import { surveyScales, type CaseRecord, type Flag, type SurveyRecord, type SurveyScale } from './record.ts';
import { surveyKindCode } from './store/tables.ts';

export interface DerivedSurvey {
  source_id: string;
  survey_kind: number;
  asked_at: number | null;
  asked_on: string | null;
  answered_at: number | null;
  answered_on: string | null;
  scale: string;
  score: number | null;
  is_satisfied: number | null;
  comment: string | null;
  /** Label of dimension `agent`; absent: the agent of the case. */
  agent: string | undefined;
}
/**
 * The surveys of a case. One without a key gets that of its case with its kind, and from the second of a kind on its number.
 * @param flags takes a flag for each score outside its scale
 * @param seen takes the times that were read
 */
export function readSurveys(record: CaseRecord, zone: string, flags: Flag[], seen: Moment[]): DerivedSurvey[] {
  if (!record.surveys?.length) return [];
  const counts = new Map<string, number>();
  return record.surveys.map((survey, i) => {
    const count = (counts.get(survey.kind) ?? 0) + 1;
    counts.set(survey.kind, count);
    const asked = survey.asked_at === undefined ? null : momentOf(survey.asked_at, zone);
    const answered = survey.answered_at === undefined ? null : momentOf(survey.answered_at, zone);
    for (const moment of [asked, answered]) if (moment) seen.push(moment);
    const score = readScore(survey, i, flags);
    return {
      source_id: survey.source_id ?? `${record.source_id}/${survey.kind}${count > 1 ? `/${count}` : ''}`,
      survey_kind: surveyKindCode(survey.kind),
      asked_at: asked?.at ?? null,
      asked_on: asked?.on ?? null,
      answered_at: answered?.at ?? null,
      answered_on: answered?.on ?? null,
      scale: survey.scale,
      score,
      is_satisfied: score === null ? null : Number(score >= scaleOf(survey).satisfiedFrom),
      comment: survey.comment ?? null,
      agent: survey.agent,
    };
  });
}

function readScore(survey: SurveyRecord, index: number, flags: Flag[]): number | null {
  if (survey.score === undefined) return null;
  const { low, high } = scaleOf(survey);
  if (survey.score >= low && survey.score <= high) return survey.score;
  flags.push({
    rule: 'malformed_value',
    field: `surveys[${index}].score`,
    message: `the score is not from ${low} to ${high}`,
    value: String(survey.score),
  });
  return null;
}

function scaleOf(survey: SurveyRecord): (typeof surveyScales)[SurveyScale] {
  return surveyScales[survey.scale as SurveyScale]; // parseRecord lets only names of this table through
}
