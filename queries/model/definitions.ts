import { caseFields, surveyFields } from '../../etl/record.ts';
import { describeConditions } from './condition-words.ts';
import { describeMethod } from './describe.ts';
import { durations, isOfDuration, type DateName, type Measure, type Need, type Unit } from './measure.ts';
import { measureOf, type MeasureName } from './measures.ts';

/** A measure in words, all of it derived from the model. Nothing here is written by hand for one measure. */
export interface Definition {
  name: MeasureName;
  label: string;
  /** What it says, in one sentence or two. */
  description: string;
  unit: string;
  /** Which side is better. */
  better: string;
  /** By which date it is counted. */
  date: string;
  /** What it is made of, in order: the whole before the numerator. */
  parts: { what: string; text: string }[];
  /** How it is computed, with its interval. */
  method: string;
  leftOut: string[];
  /** What a source must provide; each of these. */
  needs: string[];
  /** How the rows of its statements become the figure. */
  reading: string;
}

const units: Record<Unit, string> = {
  cases: 'cases',
  surveys: 'surveys',
  share: 'share, from 0 to 1, shown in per cent',
  days: 'days',
  hours: 'hours',
  money: 'money, in the currency of the organisation',
  points: 'points, from −100 to 100',
  score: 'score, from 1 to 5',
  per_case: 'per case',
};

const betters: Record<Measure['better'], string> = {
  lower: 'lower is better',
  higher: 'higher is better',
  neither: 'neither side is better',
};

/** Dates in words: "counted by …". */
export const dateWords: Record<DateName, string> = {
  received: 'the day the case was received',
  resolved: 'the day of the final response that still stands',
  left: 'the day the case ended, or was received where the end lies before that',
  withdrawn: 'the day the customer withdrew',
  first_resolved: 'the day the case was first resolved',
  first_reopened: 'the day the case was first reopened',
  first_escalated: 'the day the case was first escalated',
  redress: 'the day redress was paid, else resolved, else received',
  due: 'the day the case is due',
  asked: 'the day the customer was asked',
  answered: 'the day the customer answered',
};

/** The definition of a measure. */
export function definitionOf(name: MeasureName): Definition {
  const measure = measureOf(name);
  return {
    name,
    label: measure.label,
    description: measure.description,
    unit: units[measure.unit],
    better: betters[measure.better],
    date: dateOf(measure),
    parts: partsOf(measure),
    method: describeMethod(name),
    leftOut: leftOutOf(name, measure),
    needs: (measure.needs ?? []).map(needInWords),
    reading: readingOf(measure),
  };
}

/** What a measure counts, several of them. */
export function rowsInWords({ fact }: Pick<Measure, 'fact'>): string {
  return fact === 'survey' ? 'surveys' : fact === 'case_issue' ? 'cases that name the issue' : 'cases';
}

function dateOf(measure: Measure): string {
  if (measure.kind === 'stock') return `in by ${dateWords[measure.enter]}, out by ${dateWords[measure.leave]}`;
  return dateWords[measure.on];
}

function partsOf(measure: Measure): Definition['parts'] {
  const rows = rowsInWords(measure);
  const those = (where: Parameters<typeof describeConditions>[0]) =>
    where.length ? `${rows}: ${describeConditions(where)}` : `all ${rows} with that date`;
  switch (measure.kind) {
    case 'count':
      return [{ what: measure.sum ? 'Added up over' : 'Counted', text: those(measure.where ?? []) }];
    case 'stock':
      return [
        { what: 'Comes in', text: those(measure.where) },
        { what: 'Goes out', text: `those of them: ${measure.left.length ? describeConditions(measure.left) : 'ended by T'}` },
      ];
    case 'ratio': {
      const parts = [{ what: 'The whole', text: those(measure.whole) }];
      if (measure.sum)
        parts.push({ what: 'The numerator', text: `the sum of ${measure.sum === 'score' ? 'scores' : 'hand-overs'} over the whole` });
      if (measure.within)
        parts.push({ what: 'The numerator', text: `those of the whole that are about the ${measure.within}s filtered by` });
      if (measure.part) parts.push({ what: 'The numerator', text: `those of the whole: ${describeConditions(measure.part)}` });
      if (measure.minus) parts.push({ what: 'Taken off it', text: `those of the whole: ${describeConditions(measure.minus)}` });
      return parts;
    }
    case 'percentile':
    case 'survival':
      return [
        { what: 'The whole', text: `all ${rows} received` },
        { what: 'The duration', text: durations[measure.of].label },
      ];
  }
}

function leftOutOf(name: MeasureName, measure: Measure): string[] {
  const out: string[] = [];
  if (name !== 'duplicates') out.push(`${measure.fact === 'survey' ? 'surveys about ' : ''}cases marked as a duplicate of another`);
  out.push('whatever came after T');
  if (measure.kind !== 'stock' && measure.on !== 'received')
    out.push(`${measure.fact === 'survey' ? 'surveys' : 'cases'} without that date`);
  if (measure.kind === 'ratio' && measure.whole.length) out.push('what does not belong to the whole');
  if (measure.kind === 'ratio' && measure.matureDays) out.push(`cases of the last ${measure.matureDays} days before T`);
  if (measure.kind === 'count' && measure.sum === 'redress_minor') out.push('amounts in other currencies');
  if (measure.kind === 'stock' || isOfDuration(measure)) out.push('cases that ended on an unknown date (a note says how many)');
  if (isOfDuration(measure))
    out.push('cases with times in an impossible order (a note says how many)', 'in business time, cases without a calendar');
  if (measure.kind === 'percentile' && !measure.censored) out.push('cases that have not been resolved by T');
  return out;
}

function needInWords({ anyOf, message }: Need): string {
  const list = anyOf.map(fieldInWords);
  const what = list.length < 2 ? (list[0] ?? '') : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`;
  return `${what} (else: ${message})`;
}

/** A field by its label: "Resolved", "Survey: Asked", "Event: escalated". */
function fieldInWords(field: Need['anyOf'][number]): string {
  const [group = '', part] = field.split('.');
  if (part === undefined) {
    if (group in caseFields) return `“${caseFields[group as keyof typeof caseFields].label}”`;
    return group;
  }
  if (group === 'surveys' && part in surveyFields) return `“${surveyFields[part as keyof typeof surveyFields].label}” of a survey`;
  return `events of the kind “${part}”`;
}

function readingOf(measure: Measure): string {
  switch (measure.kind) {
    case 'count': {
      const unit = measure.sum === 'waited_minutes' ? ', and divide by 1,440' : ', and divide by the minor units of the currency';
      return `Add up the first sum over the rows of a period${measure.sum ? unit : ''}.`;
    }
    case 'stock':
      return 'Add up the first sum of the first statement over all rows up to the end of a period, and take off that of the second.';
    case 'ratio': {
      const minus = measure.minus ? ', after taking off the third' : '';
      return `Add up the sums over the rows of a period; divide the numerator by the whole${minus}${measure.times ? `, and multiply by ${measure.times}` : ''}. Never average the quotients of rows.`;
    }
    case 'percentile':
    case 'survival':
      return 'Put the bins of all rows of a period together: nought and above is how many minutes it took, as the lower edge of a bin; below nought is −1 less the whole hours a case had waited when it was last seen. The curve is drawn over these.';
  }
}

/** A statement a reader can run, and what each of its columns is. */
export interface StatementText {
  sql: string;
  columns: { name: string; what: string }[];
}

/** What `POST /api/definitions/sql` answers: for each measure of the query the statements that give its integers. */
export interface DefinitionSqlJson {
  engine: 'sqlite' | 'postgresql';
  /** T: the largest of the sources'. */
  asOf: string;
  measures: {
    name: MeasureName;
    /** None where no source can say, or nothing is known of the period. */
    statements: StatementText[];
    /** Why there are none, and which sources are left out. */
    notes: string[];
  }[];
}
