import type { RawRow } from './connector.ts';
import type { Problem } from './errors.ts';
import { changesOf, foldField, type Take } from './fold.ts';
import { kindsTold, type ChangePlan, type FoldPlan } from './map-fold.ts';
import type { KeyReader } from './map-key.ts';
import { bindCase } from './map-case.ts';
import { bindPart, nameColumn, readValues, type BoundField, type BoundPart, type PartPlan } from './map-parts.ts';
import { settleCurrency } from './map-amount.ts';
import { blankNotes, type Notes } from './map-reading.ts';
import { bindField, bindText, columnsOf, isProvided, type FieldValue, type Header, type Values } from './map-value.ts';
import {
  caseFields,
  eventFields,
  completeRecord,
  surveyFields,
  type CaseRecord,
  type EventRecord,
  type Flag,
  type Parsed,
  type When,
} from './record.ts';

interface Plan {
  case: PartPlan;
  moreIssues: PartPlan[];
  events: PartPlan[];
  surveys: PartPlan[];
  fold: FoldPlan | null;
  currency: string | null;
}

const dimensionTypes = ['label', 'sub', 'code'];

/** Compiles the number that orders the rows of a case: null for the order of the file, a problem where a row has none. */
export function bindOrder(fold: FoldPlan | null, header: Header): (row: Values) => number | { problem: Problem } | null {
  if (!fold?.order) return () => null;
  const column = columnsOf(fold.order);
  const read = bindField(fold.order, header, { type: fold.isOrderTime ? 'time' : 'integer', label: '', description: '' });
  return (row) => {
    const notes = blankNotes();
    const value = read(row, notes);
    if (typeof value === 'number') return value;
    if (typeof value === 'string') return Date.parse(value) / 1000;
    return { problem: { field: column, message: notes.flags[0]?.message ?? 'the order of the row is missing' } };
  };
}

/**
 * Compiles the making of a record from the rows of a case.
 * @returns the fields that these columns can give, beside it
 */
export function bindRecord(
  plan: Plan,
  header: Header,
  keyOf: KeyReader,
): { record: (rows: RawRow[]) => Parsed<CaseRecord>; fields: string[] } {
  const { fold } = plan;
  const part = bindCase(plan.case, header);
  const moreIssues = plan.moreIssues.map((each) => bindPart(each, { issue: caseFields.issue, sub_issue: caseFields.sub_issue }, header));
  const events = plan.events.map((each) => bindPart(each, eventFields, header));
  const surveys = plan.surveys.map((each) => ({ ...bindPart(each, surveyFields, header), isConditional: each.if !== null }));
  const changes = (fold?.changes ?? [])
    .filter((change) => isProvided(change.of, header.columns) && isProvided(change.at, header.columns))
    .map((change) => bindChange(change, header));
  const columns = new Map(part.fields.map((field) => [field.name, field.column]));
  const takeOf = (name: string): Take =>
    fold?.fields.get(name) ?? (name === 'sub_issue' ? fold?.fields.get('issue') : undefined) ?? fold?.take ?? 'first';
  const issue = part.fields.find((field) => field.name === 'issue');
  const subIssue = part.fields.find((field) => field.name === 'sub_issue');
  const hasManyIssues = fold !== null && takeOf('issue') === 'distinct';
  const fields = part.fields
    .map((field) => ({ ...field, take: takeOf(field.name), isDimension: dimensionTypes.includes(field.field.type) }))
    .filter(({ name }) => !(hasManyIssues && (name === 'issue' || name === 'sub_issue')));

  function record(rows: RawRow[]): Parsed<CaseRecord> {
    const first = rows[0];
    if (!first) return { ok: false, problems: [{ field: '', message: 'a case needs a row' }] };
    const notes = blankNotes();
    const problems: Problem[] = [];
    const raw: Record<string, unknown> = {};
    let originals: Record<string, string> | null = null;
    const key = keyOf(first.values);
    if ('problem' in key) return { ok: false, problems: [key.problem] };
    raw.source_id = key.key.trim();

    for (const { name, field, column, expected, read, take, isDimension } of fields) {
      const flagged = notes.flags.length;
      notes.original = null;
      const value = fold ? foldField(take, rows, (row) => read(row.values, notes)) : read(first.values, notes);
      if (notes.original !== null && isDimension) (originals ??= {})[name] = notes.original;
      if (value !== null) raw[name] = value;
      else if (field.required) {
        const flag = notes.flags[flagged];
        problems.push({
          field: column,
          message: flag ? flag.message : `there is no value in "${column}" for ${field.label}; expected ${expected}`,
        });
      }
    }
    if (problems.length) return { ok: false, problems };

    notes.original = null;
    const issues = hasManyIssues && issue ? allIssues(rows, issue, subIssue, notes) : [];
    const primary = issues.shift();
    if (primary) Object.assign(raw, primary);
    if (primary && notes.original !== null) (originals ??= {}).issue = notes.original;
    for (const each of moreIssues) {
      for (const row of rows)
        if (each.holds(row.values)) issues.push(readValues(each, row.values, notes) as { issue: string; sub_issue?: string });
    }
    const further = issues.length ? distinctIssues(issues, raw) : issues;
    if (further.length) raw.more_issues = further;

    const found = events.length || changes.length ? allEvents(rows, events, changes, raw, notes) : [];
    if (found.length) raw.events = found;
    const asked = surveys.length ? allSurveys(rows, surveys, notes) : [];
    if (asked.length) raw.surveys = asked;
    if (raw.redress_amount !== undefined) giveCurrency(raw, notes);
    if (originals) raw.raw = originals;
    return finish(raw, notes.flags);
  }

  /** Amounts in several currencies are no amount. */
  function giveCurrency(raw: Record<string, unknown>, notes: Notes): void {
    const given = typeof raw.redress_currency === 'string' ? raw.redress_currency.toUpperCase() : null;
    const { currency, conflict } = settleCurrency(notes.marks, given, plan.currency);
    if (currency !== null) raw.redress_currency = currency;
    if (conflict === null) return;
    const value = [String(raw.redress_amount), currency ?? ''].join(' ').trim();
    notes.flags.push({ rule: 'malformed_value', field: columns.get('redress_amount') ?? 'redress_amount', message: conflict, value });
    if (currency === null) delete raw.redress_amount;
  }

  function finish(raw: Record<string, unknown>, flags: Flag[]): Parsed<CaseRecord> {
    const found: Flag[] = [];
    const record = completeRecord(raw, found);
    if (flags.length === 0 && found.length === 0) return { ok: true, record, flags };
    const named = found.map((flag) => ({ ...flag, ...nameColumn(flag, columns.get(flag.field) ?? flag.field) }));
    return { ok: true, record, flags: distinctFlags([...flags, ...named]) };
  }

  const dated = plan.events.filter((_, i) => events[i]?.fields.some((field) => field.name === 'at'));
  return { record, fields: ['source_id', ...givenFields(part, moreIssues, events, surveys, changes), ...kindsTold(dated, changes)] };
}

function bindChange(plan: ChangePlan, header: Header) {
  return {
    of: bindText(plan.of, header),
    at: bindField(plan.at, header, eventFields.at),
    actor: plan.actor && bindText(plan.actor, header),
    rules: plan.rules,
  };
}

function allIssues(
  rows: RawRow[],
  issue: BoundField,
  subIssue: BoundField | undefined,
  notes: Notes,
): { issue: string; sub_issue?: string }[] {
  const found: { issue: string; sub_issue?: string }[] = [];
  let original: string | null = null;
  for (const { values } of rows) {
    notes.original = null;
    const name = issue.read(values, notes);
    if (typeof name !== 'string') continue;
    if (found.length === 0) original = notes.original;
    const below = subIssue?.read(values, notes);
    found.push(typeof below === 'string' ? { issue: name, sub_issue: below } : { issue: name });
  }
  notes.original = original;
  const [first, ...others] = found;
  if (!first) return [];
  return others.length ? [first, ...distinctIssues(others, first)] : found;
}

function distinctIssues(
  issues: { issue: string; sub_issue?: string }[],
  primary: { issue?: string; sub_issue?: string },
): { issue: string; sub_issue?: string }[] {
  const seen = new Set([JSON.stringify([primary.issue, primary.sub_issue])]);
  return issues.filter((each) => {
    const key = JSON.stringify([each.issue, each.sub_issue]);
    if (!each.issue || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function allEvents(
  rows: RawRow[],
  events: BoundPart[],
  changes: ReturnType<typeof bindChange>[],
  raw: Record<string, unknown>,
  notes: Notes,
): Partial<EventRecord>[] {
  const found = new Map<string, Partial<EventRecord>>();
  for (const { values } of rows) {
    for (const part of events) {
      if (!part.holds(values)) continue;
      const event = readValues(part, values, notes);
      if (event.at !== undefined) found.set(JSON.stringify(event), event);
    }
  }
  for (const { of, at, actor, rules } of changes) {
    const watched = rows.map(({ values }) => ({
      value: of(values, notes),
      at: at(values, notes) as When | null,
      actor: actor ? actor(values, notes) : null,
    }));
    const { events: made, firsts } = changesOf(watched, rules);
    for (const event of made) found.set(JSON.stringify(event), event);
    for (const [field, when] of firsts) raw[field] ??= when;
  }
  return [...found.values()];
}

/** A survey without a condition is there when it was asked or has a score: a time alone answers nothing. */
function allSurveys(rows: RawRow[], surveys: (BoundPart & { isConditional: boolean })[], notes: Notes): Record<string, FieldValue>[] {
  const found = new Map<string, Record<string, FieldValue>>();
  for (const { values } of rows) {
    for (const part of surveys) {
      if (!part.holds(values)) continue;
      const survey = readValues(part, values, notes);
      const isThere = part.isConditional || survey.score !== undefined || survey.asked_at !== undefined;
      if (isThere) found.set(String(survey.source_id ?? survey.kind), survey);
    }
  }
  return [...found.values()];
}

function distinctFlags(flags: Flag[]): Flag[] {
  const seen = new Set<string>();
  return flags.filter((flag) => {
    const key = JSON.stringify([flag.rule, flag.field, flag.value]);
    return !seen.has(key) && seen.add(key);
  });
}

function givenFields(
  part: BoundPart,
  moreIssues: BoundPart[],
  events: BoundPart[],
  surveys: BoundPart[],
  changes: { rules: ChangePlan['rules'] }[],
): string[] {
  const names = (list: string, parts: BoundPart[]) =>
    parts.flatMap((each) => [list, ...each.fields.map((field) => `${list}.${field.name}`)]);
  const given = [
    ...part.fields.map((field) => field.name),
    ...(moreIssues.length ? ['more_issues'] : []),
    ...names('events', events),
    ...names('surveys', surveys),
    ...(changes.length ? ['events'] : []),
    ...changes.flatMap((change) => change.rules.flatMap((rule) => rule.first ?? [])),
  ];
  return [...new Set(given)];
}
