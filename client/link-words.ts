import type { CaseBrief, CaseLinkJson, LinkReason } from '../queries/model/links.ts';
import { shortWhen } from './case-words.ts';

/** Why two cases are likely about the same matter. */
export function reasonWords(reason: LinkReason, score: number | null): string {
  const alike = score === null || score > 0.995 ? 'the same words' : `${Math.round(score * 100)}% of their words alike`;
  if (reason === 'both') return `same customer and issue, ${alike}`;
  if (reason === 'customer') return 'same customer and issue within 30 days';
  return reason === 'text' ? alike : 'somebody said so';
}

/** What a case is called beside another: "Case 7, late delivery, received 3 Nov 2026, open". */
export function briefWords({ case_id, title, issue, status, received_at }: CaseBrief, zone: string): string {
  const when = received_at && `received ${shortWhen(received_at, zone, 'day')}`;
  return [`Case ${case_id}`, title ?? issue, when, status].filter(Boolean).join(', ');
}

/** What another case is to the one that is shown. */
export const linkWords: Record<CaseLinkJson['is'], string> = {
  duplicate_of: 'This case is a duplicate of',
  duplicated_by: 'A duplicate of this case is',
  related: 'Related:',
  likely: 'Perhaps the same matter:',
};
