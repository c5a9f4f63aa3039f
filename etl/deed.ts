import { isAhead } from './entry.ts';
import { BadInput, didYouMean, type Problem } from './errors.ts';
import { actionNames, actionOf, decisions, type ActionName, type HandlingField } from './handling.ts';
import { caseFields, readField, type CaseFieldName, type Field, type When } from './record.ts';

/** Something a person says they did with a case, read but not yet held against the case. */
export interface Deed {
  action: ActionName;
  /** How many events the case had when its doer read it. */
  version: number;
  /** When it was done; null: now. */
  at: When | null;
  note: string | null;
  /** Fields as they were given; null where the form left one empty. */
  given: Partial<Record<CaseFieldName, string | null>>;
}

const longestNote = 5_000;
/** What a person asks for; whose a case was is corrected where that was contested. */
const askable = actionNames.filter((name) => name !== 'attribute');

/**
 * Reads what the form of an action says.
 * @param raw `action`, `version`, the fields of the action and, where it is timed, `at`; empty text is the same as nothing
 * @param now seconds since 1970 UTC
 * @throws BadInput with every problem, at most one a field
 */
export function readDeed(raw: Record<string, unknown>, now: number): Deed {
  const { action: name, version, at, ...rest } = raw;
  const known = askable.find((one) => one === name);
  if (!known) {
    const near = typeof name === 'string' ? didYouMean(name, askable) : '';
    throw new BadInput([{ field: 'action', message: `must be one of ${askable.join(', ')}${near}` }]);
  }
  const action = actionOf(known);
  const problems: Problem[] = [];
  const asked: readonly string[] = [...action.fields, ...(action.isTimed ? ['at'] : [])];
  for (const field of Object.keys(rest))
    if (!asked.includes(field)) problems.push({ field, message: `is not asked for by ${known}${didYouMean(field, asked)}` });
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1)
    problems.push({ field: 'version', message: 'must be the number of events the case had when it was read' });
  const deed: Deed = { action: known, version: Number(version), at: null, note: null, given: {} };
  if (!isEmpty(at)) {
    const message = action.isTimed ? wrongTime(at, now) : `is not asked for by ${known}`;
    const read = readField('resolved_at', at);
    if (message !== null) problems.push({ field: 'at', message });
    else if ('value' in read) deed.at = read.value as When; // a time reads as one
  }
  for (const field of action.fields) {
    const value = rest[field];
    if (isEmpty(value)) {
      if (value === undefined && action.isPartial && field !== 'note') continue;
      if (action.required.includes(field)) problems.push({ field, message: missing(known, field) });
      else if (field !== 'note') deed.given[field] = null;
      continue;
    }
    const read = readValue(field, value);
    if ('message' in read) problems.push({ field, message: read.message });
    else if (field === 'note') deed.note = read.value;
    else deed.given[field] = read.value;
  }
  if (problems.length) throw new BadInput(problems);
  return deed;
}

function wrongTime(at: unknown, now: number): string | null {
  const read = readField('resolved_at', at);
  if ('message' in read) return read.message;
  return isAhead(read.value as When, now) ? 'lies in the future; expected when it was done' : null; // a time reads as one
}

function readValue(field: HandlingField, given: unknown): { value: string } | { message: string } {
  if (typeof given !== 'string') return { message: 'is not text' };
  const { type }: Field = field === 'note' ? { type: 'long_text', label: '', description: '' } : caseFields[field];
  const isLabel = type === 'label' || type === 'sub';
  const longest = field === 'note' ? longestNote : type === 'long_text' ? 20_000 : isLabel ? 120 : 500;
  if (given.length > longest) return { message: `has ${given.length} characters; at most ${longest} fit` };
  if (given.includes('\0')) return { message: 'holds a character that cannot be seen' };
  if (isLabel && given.includes('›')) return { message: 'must not hold the sign ›, which joins a sub-item to its parent' };
  if (field === 'note') return { value: given.trim() };
  if (field === 'outcome' && given.toLowerCase() === 'withdrawn')
    return { message: `is what the customer does: use withdraw; expected one of ${decisions.join(', ')}` };
  const read = readField(field, type === 'money' ? given.trim() : given);
  if ('message' in read) return read;
  if (field === 'redress_amount' && String(read.value).startsWith('-')) return { message: 'must not be below 0' };
  return { value: String(read.value).trim() };
}

function missing(action: ActionName, field: HandlingField): string {
  if (field === 'note') return action === 'note' ? 'write what is to be noted' : `say ${words[action] ?? 'why'}`;
  if (field === 'resolution_note') return 'say what was decided and what the remedy is';
  return `choose ${/^[aeiou]/i.test(caseFields[field].label) ? 'an' : 'a'} ${caseFields[field].label.toLowerCase()}`;
}
const words: Partial<Record<ActionName, string>> = {
  respond: 'what was answered',
  withdraw: 'what the customer said',
  decline: 'why, and what is to be done instead',
};

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
