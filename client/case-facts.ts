import { caseFields, type CaseFieldName, type SurveyScale, surveyScales } from '../etl/record.ts';
import { formatElapsed, formatMoney } from '../queries/model/number.ts';
import type { CaseDetail } from '../queries/model/wire.ts';
import { countInWords } from '../queries/model/describe.ts';
import { minutesBetween, sentence, shortWhen } from './case-words.ts';

/** A line of facts; one without a value is not shown. */
export interface Fact {
  label: string;
  value: string | null;
  /** Beside the value, quieter. */
  detail?: string | undefined;
  /** What the label means; shown on hover. */
  hint?: string;
  tone?: 'concern' | 'improvement' | undefined;
}

export interface FactGroup {
  title: string;
  facts: Fact[];
}

interface Context {
  zone: string;
  /** ISO 4217 code of the organisation. */
  currency: string;
  /** Until when we know, ISO 8601. */
  asOf: string;
}

/** The facts of a case in groups, in the order they are read; what is not known is left out. */
export function factGroups(detail: CaseDetail, context: Context): FactGroup[] {
  const text = (name: CaseFieldName): Fact => {
    const said = detail.local.find(({ field }) => field === name);
    return {
      label: caseFields[name].label,
      hint: caseFields[name].description,
      value: textOf(detail.fields[name]) ?? (said ? 'None' : null),
      detail: said && `said here by ${said.by}`,
    };
  };
  const listed = (name: CaseFieldName): Fact => ({ ...text(name), value: sentence(textOf(detail.fields[name])) });
  return [
    { title: 'The clock', facts: clockFacts(detail, context) },
    {
      title: 'What it is about',
      facts: [
        text('issue'), text('sub_issue'), text('product'), text('sub_product'), text('company'), listed('severity'), text('root_cause'),
        listed('controllability'), text('theme'),
      ], // prettier-ignore
    },
    {
      title: 'Who',
      facts: [
        text('team'), text('agent'), text('agent_complained'), text('channel'), text('customer_name'), text('customer_ref'), text('contact'),
        text('segment'), text('region'), mark('vulnerable', detail), mark('vulnerable_failed', detail),
      ], // prettier-ignore
    },
    {
      title: 'What came of it',
      facts: [listed('outcome'), listed('escalation_level'), ...redressFacts(detail, context), ...countFacts(detail)],
    },
  ];
}

/** The answer of a survey: "4 of 1–5, satisfied". */
export function answerText({ scale, score, is_satisfied: satisfied }: CaseDetail['surveys'][number]): string {
  if (score === null) return 'not answered';
  const known = scale in surveyScales ? surveyScales[scale as SurveyScale] : null;
  const words = satisfied === null ? '' : satisfied ? ', satisfied' : ', not satisfied';
  if (scale === 'yes-no') return `${score ? 'yes' : 'no'}${words}`;
  if (scale === 'good-bad') return `${score ? 'good' : 'bad'}${words}`;
  return `${score}${known ? ` on a scale of ${known.low} to ${known.high}` : ''}${words}`;
}

/** When a survey was asked and answered and whom it is about, on the clocks of `zone`: "asked 24 Nov 2023, 10:11, about A1219". */
export function surveyHistory({ asked_at, answered_at, agent }: CaseDetail['surveys'][number], zone: string): string {
  const parts = [
    asked_at && `asked ${shortWhen(asked_at, zone)}`,
    answered_at && `answered ${shortWhen(answered_at, zone)}`,
    agent && `about ${agent}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function clockFacts({ fields, derived }: CaseDetail, { zone, asOf }: Context): Fact[] {
  const time = (name: CaseFieldName): string | null => (typeof fields[name] === 'string' ? fields[name] : null);
  const fact = (name: CaseFieldName, detail?: string): Fact => {
    const at = time(name);
    return { label: caseFields[name].label, hint: caseFields[name].description, value: shortWhen(at, zone), detail };
  };
  const after = (minutes: number | null) => (minutes === null ? undefined : minutes === 0 ? 'at once' : `after ${formatElapsed(minutes)}`);
  const received = time('received_at');
  const isOpen = derived.ended_at === null && !derived.is_ended_on_unknown_date;
  const age = received ? Math.max(0, Math.floor(minutesBetween(received, asOf) / 1440)) : 0;
  const due = time('due_at');
  return [
    fact('received_at'),
    { ...fact('due_at'), ...dueWords(derived.is_on_time, isOpen, due, asOf) },
    fact('acknowledged_at', after(derived.acknowledgement_minutes)),
    fact('first_response_at', after(derived.first_response_minutes)),
    fact('first_escalated_at'),
    ...(time('first_resolved_at') === time('resolved_at') ? [] : [fact('first_resolved_at')]),
    fact('first_reopened_at'),
    fact('resolved_at', after(derived.resolution_minutes)),
    fact('withdrawn_at'),
    ...(time('closed_at') === time('resolved_at') ? [] : [fact('closed_at')]),
    { label: 'Still open', value: isOpen ? (age < 1 ? 'for less than a day' : `for ${countInWords(age, 'day')}`) : null },
    { label: 'Ended', value: derived.is_ended_on_unknown_date ? 'on a date nobody recorded' : null },
    {
      label: 'Note',
      value: derived.is_time_impossible ? 'Its times are in an impossible order, so it is left out of time measures.' : null,
    },
  ];
}

function dueWords(isOnTime: boolean | null, isOpen: boolean, due: string | null, asOf: string): Pick<Fact, 'detail' | 'tone'> {
  if (due === null) return {};
  if (isOpen)
    return Date.parse(due) < Date.parse(asOf) ? { detail: 'passed and still open', tone: 'concern' } : { detail: 'not yet reached' };
  if (isOnTime === null) return {};
  return isOnTime ? { detail: 'met', tone: 'improvement' } : { detail: 'missed', tone: 'concern' };
}

function redressFacts({ fields }: CaseDetail, { zone, currency }: Context): Fact[] {
  const amount = Number(fields.redress_amount ?? NaN);
  const at = textOf(fields.redress_at);
  return [
    { label: caseFields.redress.label, value: sentence(textOf(fields.redress)), hint: caseFields.redress.description },
    {
      label: 'Amount',
      value: Number.isNaN(amount) ? null : formatMoney(amount, textOf(fields.redress_currency) ?? currency),
      hint: caseFields.redress_amount.description,
    },
    {
      label: 'Counted on',
      value: Number.isNaN(amount) ? null : shortWhen(at, zone),
      hint: 'The date the amount counts by: when it was paid, else resolved, else received.',
    },
  ];
}

function countFacts({ fields, derived }: CaseDetail): Fact[] {
  const count = (name: 'reopen_count' | 'reassign_count'): Fact => {
    const times = Number(fields[name] ?? 0);
    return { label: caseFields[name].label, value: times > 0 ? countInWords(times, 'time') : null };
  };
  return [
    count('reopen_count'),
    count('reassign_count'),
    { label: 'First contact', value: derived.is_first_contact ? 'resolved at first contact' : null },
    { label: 'Repeat', value: derived.is_repeat ? 'the customer had a case on this issue in the 90 days before' : null },
    { label: caseFields.duplicate.label, value: fields.duplicate === true ? 'counts in nothing but duplicates' : null },
  ];
}

function mark(name: 'vulnerable' | 'vulnerable_failed', { fields }: CaseDetail): Fact {
  return { label: caseFields[name].label, value: fields[name] === true ? 'yes' : null, hint: caseFields[name].description };
}

function textOf(value: string | number | boolean | null | undefined): string | null {
  return value === null || value === undefined || value === '' || typeof value === 'boolean' ? null : String(value);
}
