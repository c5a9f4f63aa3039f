import type { CaseMark, DatedTime, DimensionColumn } from '../../etl/store/tables.ts';
import { durations } from '../model/measure.ts';
import { timesByBit } from '../sql/whole-day.ts';

/**
 * How a column is held: whole numbers of 32 bits; instants, keys and money as doubles; dates as days since 1970; words as positions in a list of
 * those met; of some it only matters whether there is a value.
 */
export type ColumnKind = 'whole' | 'wide' | 'day' | 'word' | 'given';

export type Held = Int32Array | Float64Array;

/** What stands for null among whole numbers, days and words; among doubles it is NaN, which no comparison meets. */
export const nothing = -2_147_483_648;

type Columns = Readonly<Record<string, ColumnKind>>;

const kinds = (names: readonly string[], kind: ColumnKind): Columns => Object.fromEntries(names.map((name) => [name, kind]));
const instants = (names: readonly string[]): Columns => kinds(names.map((name) => `${name}_at`), 'wide'); // prettier-ignore
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
    case_id: 'wide',
    ...kinds(['source', ...codes, ...marks, 'whole_day', 'reopen_count', 'reassign_count'], 'whole'),
    ...instants(timesByBit),
    ...days(dated),
    ...kinds(['resolution_minutes', 'ended_business_minutes', ...bins], 'whole'),
    ...kinds(['redress_minor', 'received_business_seconds'], 'wide'),
    redress_currency: 'word',
    customer_key: 'given',
  },
  survey_fact: {
    survey_id: 'wide',
    case_id: 'wide',
    ...kinds(['source', 'survey_kind', 'score', 'is_satisfied', 'agent_credited', ...codes], 'whole'),
    ...kinds(['is_vulnerable', 'is_duplicate', 'is_ended_on_unknown_date', 'resolution_minutes'], 'whole'),
    ...instants(['asked', 'answered', 'received', 'resolved', 'ended']),
    ...days(['asked', 'answered']),
    scale: 'word',
  },
  case_issue: { case_id: 'wide', ...kinds(['issue', 'sub_issue'], 'whole') },
} as const satisfies Record<string, Columns>;
export type HeldTable = keyof typeof held;

/** Bytes a row of a table takes. */
export function rowBytes(table: HeldTable): number {
  return Object.values<ColumnKind>(held[table]).reduce((sum, kind) => sum + (kind === 'wide' ? 8 : 4), 1);
}
