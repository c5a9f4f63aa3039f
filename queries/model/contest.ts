/** Characters a reason, and what was found, may have. */
export const longestReason = 2000;

/** Most contests that are listed: of what is open, and of what one person contested. */
export const mostContests = { open: 500, own: 20 } as const;

/** That an agent says a case is not theirs, and what was decided about it. */
export interface ContestJson {
  contest_id: number;
  agent: string;
  reason: string;
  by: string;
  /** ISO 8601 UTC. */
  at: string;
  state: 'open' | 'accepted' | 'declined';
  /** Who decided, when, and what was found; null while it is open. By nobody: it ended, since the case was given to somebody else. */
  decided: { by: string | null; at: string; decision: string } | null;
}

/** Body of `POST /api/cases/:id/contest/decision`. */
export interface ContestDecision {
  /** The contest that was read: there may be another since. */
  contest_id: number;
  state: 'accepted' | 'declined';
  /** Who the case is counted for instead; empty for nobody. */
  agent: string;
  decision: string;
}

/** Answer of `GET /api/contests`: what is open, the oldest first. */
export interface ContestList {
  contests: (ContestJson & { case_id: number; issue: string | null })[];
}

/** Answer of `GET /api/contests/own`: what who asks has contested, the newest first. */
export interface OwnContests {
  /**
   * `is_seen`: whether they see the case still; `issue` is null where they do not. `is_overtaken`: it was not decided, and the case is counted for
   * somebody else or nobody by now.
   */
  contests: (ContestList['contests'][number] & { is_seen: boolean; is_overtaken: boolean })[];
}

/** What people here say of a case of a source, by field. */
export interface LocalJson {
  field: 'theme' | 'root_cause' | 'agent';
  /** What the source says meanwhile; null for nothing. */
  said: string | null;
  by: string;
  /** ISO 8601 UTC. */
  at: string;
}

/** Body of `PUT /api/cases/:id/local`: null takes back what was said, so that what the source says holds again. The agent is said by a contest only. */
export type LocalBody = Partial<Record<'theme' | 'root_cause', string | null>> & { agent?: null };
