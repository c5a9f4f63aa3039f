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
 * An answer is a score with its time: a time of answering without a score that can be read is left out.
 * @param flags takes a flag for each score outside its scale, score without a time of answering, and time of answering without a score
 * @param seen takes the times that were read
 */
export function readSurveys(record: CaseRecord, zone: string, flags: Flag[], seen: Moment[]): DerivedSurvey[] {
  if (!record.surveys?.length) return [];
  const counts = new Map<string, number>();
  return record.surveys.map((survey, i) => {
    const count = (counts.get(survey.kind) ?? 0) + 1;
    counts.set(survey.kind, count);
    const asked = survey.asked_at === undefined ? null : momentOf(survey.asked_at, zone);
    const given = survey.answered_at === undefined ? null : momentOf(survey.answered_at, zone);
    for (const moment of [asked, given]) if (moment) seen.push(moment);
    const score = readScore(survey, i, flags);
    const answered = score === null ? null : given;
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
  const { score, answered_at: answeredAt } = survey;
  const flag = (field: string, message: string, value: unknown) =>
    flags.push({ rule: 'malformed_value', field: `surveys[${index}].${field}`, message, value: String(value) });
  if (score === undefined) {
    if (answeredAt !== undefined) flag('answered_at', 'has a time of answering but no score; it counts as not answered', answeredAt);
    return null;
  }
  const { low, high } = scaleOf(survey);
  if (score < low || score > high) {
    flag('score', `the score is not from ${low} to ${high}`, score);
    return null;
  }
  if (answeredAt === undefined) flag('score', 'has a score but no time of answering; it counts in no figure', score);
  return score;
}

function scaleOf(survey: SurveyRecord): (typeof surveyScales)[SurveyScale] {
  return surveyScales[survey.scale as SurveyScale]; // parseRecord lets only names of this table through
}
