import type { Derived } from './derive.ts';
import type { CaseRecord } from './record.ts';
import type { LabelScope } from './store/labels.ts';
import { fixedLists, place } from './store/tables.ts';

/**
 * The dimensions in which a person may say which label a source's own value stands for. Not the kind and the status, which the
 * pipeline works out, and not the labels below others, which follow the one above.
 */
export const decidable = [
  'channel', 'company', 'product', 'issue', 'severity', 'region', 'segment', 'team', 'agent', 'agent_complained', 'theme', 'root_cause',
  'controllability', 'outcome', 'redress', 'escalation_level', 'sla_policy',
] as const; // prettier-ignore
export type Decidable = (typeof decidable)[number];

/** The dimension below one, whose labels belong to it. */
export const below: Partial<Record<Decidable, 'sub_product' | 'sub_issue'>> = { product: 'sub_product', issue: 'sub_issue' };

/** Key of `case_raw.body` under which stands what the map made of a value that a person has decided otherwise about; empty for nothing. */
export function mappedKey(dimension: Decidable): string {
  return `mapped_${dimension}`;
}

/** Notes the values of a case that its map does not list: what was kept under its own name, and what is on no fixed list. */
export function noteUnmapped(labels: LabelScope, source: number, { record, flags }: Derived): void {
  if (!record.raw) return;
  for (const dimension of decidable) {
    const raw = record.raw[dimension];
    if (raw === undefined) continue;
    const isUnmapped =
      dimension in fixedLists
        ? record[dimension] === undefined && flags.some((flag) => flag.rule === 'unknown_label' && flag.value === raw)
        : record[dimension] === raw.trim().replace(/\s+/g, ' ');
    if (isUnmapped) labels.noteUnmapped(source, dimension, raw);
  }
}

/** Gives a case the labels a person has decided on for its source's values, and keeps what the map had made of them. */
export function applyDecisions(labels: LabelScope, source: number, derived: Derived): void {
  const { record, row } = derived;
  for (const dimension of decidable) {
    const raw = rawOf(record, dimension);
    const code = raw === undefined ? undefined : labels.decided(source, dimension, raw);
    if (raw === undefined || code === undefined) continue;
    row[place[dimension]] = code;
    const sub = below[dimension];
    if (sub) row[place[sub]] = labels.code(sub, record[sub], code);
    derived.raw = { ...derived.raw, [dimension]: raw, [mappedKey(dimension)]: record[dimension] ?? '' };
  }
}

function rawOf(record: CaseRecord, dimension: Decidable): string | undefined {
  return record.raw?.[dimension] ?? record[dimension];
}
