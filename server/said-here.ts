import { BadInput, type Problem } from '../etl/errors.ts';
import { readField } from '../etl/record.ts';
import { localFields, type LocalField } from '../etl/store/tables.ts';
import type { LocalBody } from '../queries/model/contest.ts';

const sayable = localFields.filter((field) => field !== 'agent');

/**
 * Reads what is to be said of a case, or taken back.
 * @throws BadInput by field
 */
export function readLocals(body: Record<string, unknown>): LocalBody {
  const problems: Problem[] = [];
  const labels: LocalBody = {};
  for (const [field, value] of Object.entries(body)) {
    const known = localFields.find((name) => name === field);
    if (!known) problems.push({ field, message: `cannot be said here; expected ${sayable.join(' or ')}` });
    else if (value === null) labels[known] = null;
    else if (known === 'agent') problems.push({ field, message: 'is said by deciding a contest; expected null, which takes that back' });
    else {
      const read = readSaid(known, value);
      if ('message' in read) problems.push({ field, message: read.message });
      else labels[known] = read.value;
    }
  }
  if (Object.keys(body).length === 0) problems.push({ field: '', message: `expected ${sayable.join(' or ')}` });
  if (problems.length) throw new BadInput(problems);
  return labels;
}

/** Reads a label that a person says of a case; empty for none. */
export function readSaid(field: LocalField, value: unknown): { value: string } | { message: string } {
  if (typeof value !== 'string' || value.length > 120 || value.includes('›'))
    return { message: 'must be a label of at most 120 characters, without the sign ›; empty for none' };
  const read = readField(field, value);
  return 'message' in read ? read : { value: String(read.value) };
}
