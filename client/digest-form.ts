import type { Problem } from '../etl/errors.ts';
import type { DigestBody, DigestJson, DigestStep } from '../queries/model/digest.ts';
import { emptyWhere, parseWhere, serialiseWhere, type Where } from '../queries/model/query.ts';
import { problemsByPath } from './form-problems.ts';
import { problemInWords } from './problem-words.ts';
import { sentence } from './case-words.ts';

/** A digest being described, as the form holds it. */
export interface DigestDraft {
  name: string;
  where: Where;
  every: DigestStep;
  weekday: string;
  /** Day of the month, or of the first month of a quarter. */
  day: number;
  at: string;
  /** Empty: the organisation's. */
  zone: string;
  owner: string;
  ends_on: string;
  /** An address a line. */
  recipients: string;
}

/** A draft of a digest as it is; of a new one: complaints, told on the third of each month to whoever makes it. */
export function draftOf(digest: DigestJson | null, { owner, address }: { owner: string; address: string | null }): DigestDraft {
  const opening = { ...emptyWhere(), members: { kind: ['complaint'] } } satisfies Where;
  if (!digest)
    return {
      name: '', where: opening, every: 'month', weekday: 'monday', day: 3, at: '07:00', zone: '', owner, ends_on: '', recipients: address ?? '',
    }; // prettier-ignore
  const { name, every, on, at, recipients } = digest;
  return {
    name,
    // What it says and is not understood is left out; the server says so when it is saved.
    where: parseWhere(digest.where, []),
    every,
    weekday: every === 'week' ? String(on) : 'monday',
    day: every === 'week' ? 3 : Number(on),
    at,
    zone: digest.zone ?? '',
    owner: digest.owner,
    ends_on: digest.ends_on ?? '',
    recipients: recipients
      .filter((one) => one.stopped_at === null)
      .map((one) => one.address)
      .join('\n'),
  };
}

/** The draft as the server takes it. */
export function digestBody(draft: DigestDraft): DigestBody {
  const { name, where, every, weekday, day, at, zone, owner, ends_on } = draft;
  return {
    name: name.trim(),
    where: serialiseWhere(where),
    every,
    on: every === 'week' ? weekday : day,
    at,
    zone: zone || null,
    owner,
    ends_on: ends_on || null,
    recipients: addressesOf(draft.recipients),
  };
}

/** Addresses, one a line; commas and semicolons part them as well, as mail programs write them. */
export function addressesOf(text: string): string[] {
  return text
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter(Boolean);
}

const fields = ['name', 'where', 'every', 'on', 'at', 'zone', 'owner', 'ends_on', 'recipients'] as const;
export type DigestField = (typeof fields)[number];

/** What the server refused of a draft, by the field it belongs to; what belongs to none is `others`. */
export function digestProblems(
  problems: readonly Problem[],
  { recipients }: Pick<DigestBody, 'recipients'>,
): { errors: Partial<Record<DigestField, string>>; others: Problem[] } {
  const named = problems.map(({ field, message }): Problem => {
    const address = recipients[Number(/^recipients(?:\[|\.)(\d+)/.exec(field)?.[1])];
    if (address !== undefined) return { field: 'recipients', message: `“${address}” ${message}` };
    return field.startsWith('where.') ? { field: 'where', message: problemInWords({ field, message }) } : { field, message };
  });
  const { errors, others } = problemsByPath(named, fields);
  return { errors: Object.fromEntries(Object.entries(errors).map(([field, text]) => [field, sentence(text)])), others };
}
