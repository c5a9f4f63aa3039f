import { bindPart, nameColumn, type BoundField, type BoundPart, type PartPlan } from './map-parts.ts';
import { blankNotes } from './map-reading.ts';
import { findColumn, type FieldValue, type Header, type Reader } from './map-value.ts';
import { caseFields, readField, type CaseFieldName, type Flag } from './record.ts';

/** Fields whose columns hold the same few texts again and again. */
const fewTexts: readonly string[] = ['label', 'sub', 'code', 'flag'];
/** Fields whose reader leaves nothing to check. */
const checkedTypes: readonly string[] = ['time', 'integer', 'flag', 'long_text'];

/** Binds the fields of a case; each reads what {@link readField} lets through, anything else is no value and a flag that names the column. */
export function bindCase(plan: PartPlan, header: Header): BoundPart {
  const part = bindPart(plan, caseFields, header);
  const fields = part.fields.map((bound) => {
    const read = checkedTypes.includes(bound.field.type) ? bound.read : checked(bound);
    const expression = plan.fields.get(bound.name);
    const column = expression?.kind === 'column' ? findColumn(expression.column, header.columns) : null;
    const isShort = column !== null && fewTexts.includes(bound.field.type);
    return { ...bound, read: isShort ? remembered(read, column) : read };
  });
  return { ...part, fields };
}

function checked({ name, field, column, read }: BoundField): Reader<FieldValue> {
  return (row, notes) => {
    const given = read(row, notes);
    if (given === null) return null;
    const found = readField(name as CaseFieldName, given);
    if ('value' in found) return found.value as FieldValue;
    const rule = field.type === 'code' ? 'unknown_label' : 'malformed_value';
    const value = String(given);
    // Kept, so that a person can say later which one it is.
    if (field.type === 'code') notes.original ??= value;
    const shown = value.length > 120 ? `${value.slice(0, 117)}…` : value;
    notes.flags.push({ rule, value: shown, ...nameColumn({ field: name, message: found.message }, column) });
    return null;
  };
}

interface Known {
  value: FieldValue | null;
  original: string | null;
  flags: Flag[];
}
const mostTexts = 50_000;
const longestText = 200;

/** Reads each text of a column once. */
function remembered(read: Reader<FieldValue>, column: string): Reader<FieldValue> {
  const known = new Map<string, Known>();
  const learn = (text: string, row: Record<string, string>): Known => {
    const notes = blankNotes();
    const found: Known = { value: read(row, notes), original: notes.original, flags: notes.flags };
    if (text.length > longestText) return found;
    if (known.size >= mostTexts) known.clear();
    // A text cut from a block of a file keeps that whole block in memory for as long as somebody keeps the text.
    known.set(Buffer.from(text).toString(), found);
    return found;
  };
  return (row, notes) => {
    const text = row[column] ?? '';
    const found = known.get(text) ?? learn(text, row);
    if (found.original !== null) notes.original = found.original;
    if (found.flags.length > 0) notes.flags.push(...found.flags);
    return found.value;
  };
}
