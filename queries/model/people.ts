/** A session of one's own. Times are ISO 8601 UTC. */
export interface SessionJson {
  /** Null for one that ends only with all others. */
  session_id: string | null;
  opened_at: string;
  used_at: string;
  browser: string | null;
  is_this: 0 | 1;
}

/** `GET /api/account`. */
export interface AccountJson {
  name: string;
  role: string;
  has_password: 0 | 1;
  sessions: SessionJson[];
}

/** Somebody who may sign in. Times are ISO 8601 UTC. */
export interface PersonJson {
  name: string;
  role: string;
  email: string | null;
  agent: string | null;
  /** Labels of teams and companies they are limited to; null for all rows. */
  scope: { team?: readonly string[]; company?: readonly string[] } | null;
  disabled_at: string | null;
  has_password: 0 | 1;
  sessions: number;
  /** When a valid session was last used; null without one. */
  seen_at: string | null;
  /** Until when an invitation that has not been used can be. */
  invited_until: string | null;
}

/** `GET /api/people`. */
export interface PeopleJson {
  people: PersonJson[];
  roles: { name: string; label: string }[];
}

/** The one-time link of an invitation: its path on this site, and for how many days it waits. */
export interface InvitedJson {
  name: string;
  path: string;
  days: number;
}
