import type { CaseMark, DatedTime, DimensionColumn } from '../../etl/store/tables.ts';
import { durations } from '../model/measure.ts';
import { timesByBit } from '../sql/whole-day.ts';

/**
 * How a column is read: numbers, instants in seconds among them; dates as days since 1970; bins of durations by their place in the order of all bins; words as
 * positions in a list of those met; of some it only matters whether there is a value.
 */
export type ColumnKind = 'number' | 'day' | 'bin' | 'word' | 'given';

type Columns = Readonly<Record<string, ColumnKind>>;

const kinds = (names: readonly string[], kind: ColumnKind): Columns => Object.fromEntries(names.map((name) => [name, kind]));
const instants = (names: readonly string[]): Columns => kinds(names.map((name) => `${name}_at`), 'number'); // prettier-ignore
const days = (names: readonly string[]): Columns => kinds(names.map((name) => `${name}_on`), 'day'); // prettier-ignore

/** Codes of a case, copied on to its surveys. */
const codes = [
  'kind', 'channel', 'company', 'product', 'sub_product', 'issue', 'sub_issue', 'severity', 'region', 'segment', 'team', 'agent',
  'theme', 'root_cause', 'controllability', 'outcome', 'redress', 'status', 'escalation_level', 'sla_policy',
] as const satisfies readonly DimensionColumn[]; // prettier-ignore
const marks = [
  'is_on_time', 'is_acknowledged_on_time', 'is_resolved_early', 'is_first_contact', 'is_repeat', 'is_vulnerable', 'is_vulnerable_failed',
  'is_reopened_in_30_days', 'is_duplicate', 'is_time_impossible', 'is_ended_on_unknown_date',
] as const satisfies readonly CaseMark[]; // prettier-ignore
const dated = ['received', 'first_escalated', 'first_resolved', 'first_reopened', 'resolved', 'withdrawn', 'ended', 'redress', 'due'] as const satisfies readonly DatedTime[]; // prettier-ignore
const bins = Object.keys(durations).flatMap((name) => [`${name}_bin`, `${name}_business_bin`]);

/** The columns that tallies read, by table; the first is the key that rows are in the order of. A test compares them with the store's own. */
export const held = {
  case_fact: {
    case_id: 'number',
    ...kinds(['source', ...codes, ...marks, 'whole_day', 'reopen_count', 'reassign_count'], 'number'),
    ...instants(timesByBit),
    ...days(dated),
    ...kinds(['resolution_minutes', 'ended_business_minutes'], 'number'),
    ...kinds(bins, 'bin'),
    ...kinds(['redress_minor', 'received_business_seconds'], 'number'),
    redress_currency: 'word',
    customer_key: 'given',
  },
  survey_fact: {
    survey_id: 'number',
    case_id: 'number',
    ...kinds(['source', 'survey_kind', 'score', 'is_satisfied', 'agent_credited', ...codes], 'number'),
    ...kinds(['is_vulnerable', 'is_duplicate', 'is_ended_on_unknown_date', 'resolution_minutes'], 'number'),
    ...instants(['asked', 'answered', 'received', 'resolved', 'ended']),
    ...days(['asked', 'answered']),
    scale: 'word',
  },
  case_issue: { case_id: 'number', ...kinds(['issue', 'sub_issue'], 'number') },
} as const satisfies Record<string, Columns>;
export type HeldTable = keyof typeof held;
