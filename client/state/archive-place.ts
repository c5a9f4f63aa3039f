import { isRealDate } from '../../etl/record.ts';
import type { Problem } from '../../etl/errors.ts';
import { unknownPart } from '../problem-words.ts';
import { search as searchOf } from '../transport.ts';

/** Issues in which state. */
export const issueStates = ['made', 'held'] as const;

/** Which issues of digests the archive shows, and which page of them. */
export interface ArchivePlace {
  /** From 1. */
  page: number;
  digest: number | null;
  /** Local dates; empty for none. */
  from: string;
  to: string;
  state: (typeof issueStates)[number] | '';
}

/**
 * Reads from an address which part of the archive is shown.
 * @returns defaults for what is absent or bad, and a problem for each bad part
 */
export function archiveFromSearch(search: string): { place: ArchivePlace; problems: Problem[] } {
  const parameters = new URLSearchParams(search);
  const problems: Problem[] = [];
  const whole = (name: string): number | null => {
    const text = parameters.get(name);
    if (text === null) return null;
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    problems.push({ field: name, message: `“${text}” is not a whole number from 1` });
    return null;
  };
  const date = (name: string): string => {
    const text = parameters.get(name) ?? '';
    if (text === '' || isRealDate(text)) return text;
    problems.push({ field: name, message: `“${text}” is not a date like 2026-11-09` });
    return '';
  };
  const state = parameters.get('state');
  const known = issueStates.find((one) => one === state);
  if (state !== null && !known) problems.push(unknownPart('state', state, issueStates));
  const place = { page: whole('page') ?? 1, digest: whole('digest'), from: date('from'), to: date('to'), state: known ?? ('' as const) };
  return { place, problems };
}

/** Address of a part of the archive; an absent part is the default. */
export function archiveHref({ page = 1, ...rest }: Partial<ArchivePlace>): string {
  return `/digests${searchOf({ ...rest, page: page > 1 ? page : null })}`;
}
