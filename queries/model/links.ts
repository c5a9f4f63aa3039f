/** What two cases are to one another: found and not yet decided, or what somebody said. */
export const linkStates = ['likely', 'duplicate', 'related', 'dismissed'] as const;
export type LinkStateName = (typeof linkStates)[number];
/** Why two cases are likely about the same matter; `said`: somebody said so. */
export type LinkReason = 'customer' | 'text' | 'both' | 'said';

/** A case as far as one can tell by it whether it is the same matter as another. */
export interface CaseBrief {
  case_id: number;
  title: string | null;
  issue: string | null;
  status: string | null;
  received_at: string | null;
  /** The beginning of what happened; null for who sees no texts. */
  narrative: string | null;
}

/** Body of `POST /api/cases/likely-duplicates`: what has been typed of a case that is not saved. */
export interface LikelyBody {
  narrative?: string;
  customer_ref?: string;
  issue?: string;
  /** ISO 8601; absent: now. */
  received_at?: string;
}

/** Its answer: cases of the reader that are likely about the same matter, at most five, most likely first. */
export interface LikelyJson {
  likely: (CaseBrief & { reason: LinkReason; score: number | null })[];
}

/** Two cases that are likely about the same matter. */
export interface LikelyPair {
  later: CaseBrief;
  earlier: CaseBrief;
  reason: LinkReason;
  /** Share of what they say that they have in common, 0 to 1; null where that is not why. */
  score: number | null;
}

/** Answer of `GET /api/likely-duplicates`: the latest first, `next` names the page after it. */
export interface LikelyPage {
  pairs: LikelyPair[];
  next: string | null;
}

/** Body of `POST /api/case-links`: what two cases are, and what they were when it was read; `likely` takes back what was said. */
export interface LinkBody {
  case_ids: [number, number];
  was: LinkStateName | null;
  is: LinkStateName;
}

/** Another case that the page of a case shows. */
export interface CaseLinkJson {
  other: CaseBrief;
  is: 'duplicate_of' | 'duplicated_by' | 'related' | 'likely';
  reason: LinkReason;
  score: number | null;
  by: string | null;
  at: string | null;
}
