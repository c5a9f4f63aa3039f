import type { QueryJson } from './query.ts';

/** Where following up a low score stands; the first is that of those nobody has touched. */
export const followUpStates = {
  to_follow_up: 'To follow up',
  contacted: 'Contacted',
  closed: 'Closed',
} as const;
export type FollowUpState = keyof typeof followUpStates;
export const followUpStateNames = Object.keys(followUpStates) as FollowUpState[];

/** Characters a note may have. */
export const longestNote = 2000;

/** What was last noted of a low score. */
export interface FollowUpJson {
  state: FollowUpState;
  note: string | null;
  by: string;
  /** ISO 8601 UTC. */
  at: string;
  /** From 1, one more with every change. */
  version: number;
}

/** Body of `POST /api/low-scores`: the period and the filters are those of the query. */
export interface LowScoresRequest {
  query: QueryJson;
  /** Absent: all. */
  state?: FollowUpState;
  /** From 1. */
  page?: number;
}

/** An answered survey whose score is low; the customer's comment stands on the case only. */
export interface LowScoreRow {
  source: string;
  /** The source's key of the survey. */
  survey: string;
  case_id: number | null;
  /** The source's key of the case. */
  source_id: string | null;
  kind: string;
  scale: string;
  score: number;
  /** ISO 8601 UTC, or a date where the source gave no time of day. */
  answered_at: string | null;
  issue: string | null;
  team: string | null;
  agent: string | null;
  has_comment: 0 | 1;
  /** Null while nobody has noted anything. */
  follow_up: FollowUpJson | null;
  /** Whether the customer has answered once more since that was noted. */
  answered_since: 0 | 1;
}

export interface LowScorePage {
  total: number;
  page: number;
  size: number;
  /** How many there are in each state, whichever is asked for. */
  counts: Record<FollowUpState, number>;
  rows: LowScoreRow[];
}

/** Body of `PUT /api/follow-ups`. Where another version stands there meanwhile, it is answered with 409 and that as `current`. */
export interface FollowUpBody {
  source: string;
  survey: string;
  state: FollowUpState;
  note: string;
  /** The version it was written over; 0 where nobody had noted anything. */
  version: number;
}
