import { nounsOf } from './change-words.ts';
import { describeFilters } from './describe.ts';
import type { Where } from './query.ts';

/** What a digest is about, in words: "complaints", "complaints · region: North", "all cases". */
export function audienceOf(where: Where): string {
  const kinds = where.members.kind;
  if (kinds?.length !== 1) return describeFilters(where).join(' · ') || 'all cases';
  const members = { ...where.members };
  delete members.kind;
  return [nounsOf(kinds[0] ?? null)[1], ...describeFilters({ ...where, members })].join(' · ');
}
