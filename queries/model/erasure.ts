/** `GET /api/cases/:id/erasure`: what erasing the customer of a case would change. */
export interface ErasurePlanJson {
  cases: number;
  /** How many of them have not ended. */
  open: number;
  surveys: number;
  /** Rejected rows that would be emptied. */
  rejected: number;
  sources: string[];
  /** 0: the case names no customer, so that it is the only one known to be theirs. */
  is_named: 0 | 1;
  is_done: 0 | 1;
}

/** A receipt of what was erased; `GET /api/erasures/:id` gives it as text. */
export interface ErasureJson {
  erasure_id: number;
  /** ISO 8601 UTC. */
  at: string;
  by: string;
  reason: 'request' | 'age';
  cases: number;
  surveys: number;
  rejected: number;
  sources: string[];
}

/** What an erasure removes, in words. */
export const removedWords =
  'who the customer is (reference, name, contact and the hash they are found by), titles, what happened, what was asked for and decided, notes and values in the history, comments of surveys, notes of follow-ups, files that belong to the cases, and what was kept of their rows as they came';
/** What it leaves, in words. */
export const keptWords =
  'what is counted: kinds, products, issues, teams, times, outcomes, amounts, scores, whether a case is a repeat, and the number each case has in its source';
