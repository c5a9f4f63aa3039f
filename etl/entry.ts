import { didYouMean, type Problem } from './errors.ts';
import { instantAt } from './local-time.ts';
import { caseFields, parseRecord, readField, type CaseFieldName, type Field, type Parsed, type CaseRecord, type When } from './record.ts';
import { isoText } from './time.ts';

const required: readonly string[] = ['kind', 'received_at', 'issue', 'narrative'];

/** A field of the case-entry form: one of the record's, and what the form asks of it beyond what the record does. */
export interface EntryField {
  name: CaseFieldName;
  field: Field;
  isRequired: boolean;
  /** Longest text in characters; null where a list or a time limits it. */
  longest: number | null;
}

/** What the case-entry form asks for, in the order of the record's declaration. */
export const entryFields: readonly EntryField[] = (Object.entries(caseFields) as [CaseFieldName, Field][])
  .filter(([, field]) => field.entry)
  .map(([name, field]) => ({ name, field, isRequired: required.includes(name), longest: longestOf(field) }));

// Wall clocks of two machines differ; a case entered "now" must not be refused for it.
const clockSkew = 300;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * Reads what a person typed into the case-entry form; the browser and the server ask the same question of it.
 * Stricter than {@link parseRecord}: the person is still there to mend it, so an unreadable optional value is a problem and not a flag.
 * @param raw the form's fields by name; empty text is the same as absent
 * @param context `key`: the UUID the browser made for this entry; `now`: seconds since 1970 UTC
 * @returns a record whose key is `key` in lower case, with its "received" event; or every problem, at most one a field
 */
export function parseEntry(raw: unknown, context: { key: string; now: number }): Parsed<CaseRecord> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { ok: false, problems: [{ field: '', message: 'expected the fields of a case' }] };
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(raw as Record<string, unknown>).filter(
      ([, value]) => value !== null && !(typeof value === 'string' && value.trim() === ''),
    ),
  );
  const key = context.key.toLowerCase();
  const problems: Problem[] = [];
  if (!uuid.test(key)) problems.push({ field: '', message: 'the key of an entry is a UUID like 3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86' });

  const names = entryFields.map((f) => f.name as string);
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) problems.push({ field: name, message: `is not a field of the entry form${didYouMean(name, names)}` });
  }
  const known: Record<string, unknown> = Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
  for (const entry of entryFields) {
    const message = wrongWith(entry, known, context.now);
    if (message !== null) problems.push({ field: entry.name, message });
  }
  if (problems.length) return { ok: false, problems };

  const parsed = parseRecord({ ...known, source_id: key });
  if (!parsed.ok) return parsed;
  if (parsed.flags.length) return { ok: false, problems: parsed.flags.map(({ field, message }) => ({ field, message })) };
  const record = { ...parsed.record, events: [{ kind: 'received' as const, at: parsed.record.received_at }] };
  return { ok: true, record, flags: [] };
}

/** What is wrong with a field of the form, or null. */
function wrongWith({ name, field, isRequired, longest }: EntryField, known: Record<string, unknown>, now: number): string | null {
  const value = known[name];
  if (value === undefined) return isRequired ? missing(field) : null;
  if (field.type === 'sub' && known[field.of] === undefined) return `choose the ${field.of} it belongs to first`;
  if (typeof value === 'string' && longest !== null && value.length > longest)
    return `has ${value.length} characters; at most ${longest} fit`;
  if (typeof value === 'string' && isLabel(field) && value.includes('›'))
    return 'must not hold the sign ›, which joins a sub-item to its parent';
  const read = readField(name, value);
  if ('message' in read) return read.message;
  return name === 'received_at' && isAhead(read.value as When, now) ? 'lies in the future' : null; // a time reads as one
}

/**
 * The instant a form's date and time of day name in a zone.
 * @param date `YYYY-MM-DD`
 * @param time `HH:MM`, 24 hours
 * @returns ISO 8601 in UTC, or an empty text while either is missing or incomplete
 */
export function entryInstant(date: string, time: string, zone: string): string {
  const clock = /^(\d\d):(\d\d)/.exec(time);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !clock) return '';
  const instant = instantAt(date, Number(clock[1]) * 3600 + Number(clock[2]) * 60, zone);
  return isoText(instant);
}

function longestOf(field: Field): number | null {
  if (field.type === 'long_text') return 20_000;
  if (isLabel(field)) return 120;
  return field.type === 'text' ? 500 : null;
}

function isLabel(field: Field): boolean {
  return field.type === 'label' || field.type === 'sub';
}

function missing(field: Field): string {
  if (field.type === 'time') return `enter the date and the time`;
  if (field.type === 'long_text') return 'say in a sentence or two what happened';
  return `choose ${/^[aeiou]/i.test(field.label) ? 'an' : 'a'} ${field.label.toLowerCase()}`;
}

/** Whether a time lies in the future, but for clocks that differ; a date without a time once it has begun nowhere on earth. */
export function isAhead(at: number | string, now: number): boolean {
  return typeof at === 'number' ? at > now + clockSkew : Date.parse(at) / 1000 > now + 14 * 3600;
}
