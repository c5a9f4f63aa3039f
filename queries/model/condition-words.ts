import { controllabilities, escalationLevels, kinds, outcomes, redressTypes, surveyKinds } from '../../etl/record.ts';
import type { Condition } from './measure.ts';
import type { Sum } from './tally.ts';

/** What is said of a flag that is set, and of one that is not. */
const flags: Record<string, readonly [yes: string, no: string]> = {
  is_duplicate: ['marked as a duplicate', 'not marked as a duplicate'],
  is_ended_on_unknown_date: ['ended on an unknown date', 'not ended on an unknown date'],
  is_time_impossible: ['with times in an impossible order', 'without times in an impossible order'],
  is_on_time: ['resolved by the due date', 'not resolved by the due date'],
  is_acknowledged_on_time: ['acknowledged within the limit', 'not acknowledged within the limit'],
  is_resolved_early: ['resolved within the limit for early resolution', 'not resolved within the limit for early resolution'],
  is_first_contact: ['resolved at first contact', 'not resolved at first contact'],
  is_reopened_in_30_days: ['reopened within 30 days', 'not reopened within 30 days'],
  is_repeat: ['the same customer had a case on the same issue in the 90 days before', 'no case of the customer on the issue before'],
  is_satisfied: ['satisfied by the rule of the scale', 'not satisfied by the rule of the scale'],
  ended_past_due: ['ended after the due date', 'not ended after the due date'],
};

/** Columns that are not called as their name without its ending is. */
const columns: Record<string, string> = {
  due_at: 'the due date',
  acknowledgement_due_at: 'the limit for acknowledgement',
  summary_due_at: 'the limit for early resolution',
  customer_key: 'the customer',
  is_satisfied: 'whether it is satisfied',
  redress_minor: 'amount of redress',
  reassign_count: 'number of hand-overs',
  waited_minutes: 'whole minutes from receipt to the end, to T where there is none by then',
  waited_hours_squared: 'squares of the whole hours waited',
  redress_hundreds_squared: 'squares of whole hundreds of minor units of money',
  reassign_count_squared: 'squares of the number of hand-overs',
};

/** Lists whose codes are positions from 1. */
const lists: Record<string, readonly string[]> = {
  kind: kinds,
  survey_kind: surveyKinds,
  controllability: controllabilities,
  outcome: outcomes,
  redress: redressTypes,
  escalation_level: escalationLevels,
};

/** A condition of the model in words, for "How this is computed" and the definitions; codes of fixed lists by their names. */
export function describeCondition(condition: Condition): string {
  if ('any' in condition) return `either ${condition.any.map((all) => all.map(describeCondition).join(' and ')).join(' or ')}`;
  const column = columnInWords(condition.column);
  const flag = flags[condition.column];
  const list = lists[condition.column];
  const named = (value: number | string) => list?.[Number(value) - 1] ?? String(value);
  switch (condition.op) {
    case 'is':
      return flag ? flag[condition.value ? 0 : 1] : `${column} is ${named(condition.value)}`;
    case 'is_not':
      return `${column} is not ${named(condition.value)}`;
    case 'at_least':
      // Code 0 and an amount of nothing are what is left.
      return condition.value === 1 && condition.column.startsWith('redress')
        ? `${column} is above nothing`
        : `${column} is at least ${named(condition.value)}`;
    case 'at_most':
      return `${column} is at most ${named(condition.value)}`;
    case 'in':
      return `${column} is one of ${condition.value.map(named).join(', ')}`;
    case 'known':
      return `${column} is known`;
    case 'unknown':
      return condition.column.endsWith('_at') ? `never ${column}` : `${column} is not known`;
    case 'by_then':
      return `${column} by T`;
    case 'not_by_then':
      return `not ${column} by T`;
    case 'passed':
      return `${column} has passed by T`;
  }
}

/** Conditions that must all hold, in words. */
export function describeConditions(conditions: readonly Condition[]): string {
  const all = conditions.map(describeCondition);
  // After a choice a comma says that what follows belongs to all of it.
  return all.length < 2
    ? (all[0] ?? '')
    : `${all.slice(0, -1).join(', ')}${all.some((one) => one.startsWith('either')) ? ',' : ''} and ${all.at(-1)}`;
}

/**
 * An integer sum of a tally in words.
 * @param rows what is counted, several of them: "cases"
 */
export function describeSum({ column, where }: Sum, rows: string): string {
  const what = column === 1 ? `number of ${rows}` : column === 'case' ? 'number of cases, each once' : `sum of: ${columnInWords(column)}`;
  return where.length ? `${what}; ${describeConditions(where)}` : what;
}

function columnInWords(column: string): string {
  return columns[column] ?? column.replace(/_(at|minor)$/, '').replaceAll('_', ' ');
}
