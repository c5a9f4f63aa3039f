import type { Problem } from './errors.ts';
import { caseFields, eventFields, flagRules, surveyFields, type CaseRecord, type Field, type Flag, type Parsed } from './record.ts';
import { isoText } from './time.ts';

/** What a row becomes, for people to look at before it is loaded. */
export interface MappedRow {
  /** Why it is rejected; empty when it makes a record. */
  problems: Problem[];
  /** What is kept though something about it is wrong; `label` is the rule in words. */
  flags: (Flag & { label: string })[];
  /** The record as text by field, parts of lists as `surveys.1.score`; null when it is rejected. */
  record: Record<string, string> | null;
}

/** A parsed record as people look at it: instants as ISO 8601. */
export function mappedRow(parsed: Parsed<CaseRecord>): MappedRow {
  if (!parsed.ok) return { problems: parsed.problems, flags: [], record: null };
  const flags = parsed.flags.map((flag) => ({ ...flag, label: flagRules[flag.rule] }));
  return { problems: [], flags, record: recordText(parsed.record) };
}

function recordText(record: CaseRecord): Record<string, string> {
  const { more_issues = [], events = [], surveys = [] } = record;
  const fields = Object.fromEntries(Object.entries(record).filter(([name]) => Object.hasOwn(caseFields, name)));
  const text = fieldTexts(fields, caseFields, '');
  const lists: [string, object[], Record<string, Field>][] = [
    ['more_issues', more_issues, caseFields],
    ['events', events, eventFields],
    ['surveys', surveys, surveyFields],
  ];
  for (const [name, items, known] of lists) items.forEach((item, i) => Object.assign(text, fieldTexts(item, known, `${name}.${i + 1}.`)));
  return text;
}

function fieldTexts(values: object, known: Record<string, Field>, prefix: string): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(values) as [string, unknown][]) {
    if (value === undefined || value === null) continue;
    const isInstant = typeof value === 'number' && known[name]?.type === 'time';
    if (isInstant) texts[prefix + name] = isoText(value);
    else texts[prefix + name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return texts;
}
