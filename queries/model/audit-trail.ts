/** A line of the audit trail. */
export interface AuditLineJson {
  audit_id: number;
  /** ISO 8601 UTC. */
  at: string;
  /** Null: whoever sits at the machine itself, or nobody who is known. */
  who: string | null;
  action: string;
  /** The action in words. */
  what: string;
  /** What it was done to. */
  target: string;
}

/** `GET /api/people/audit`: the newest lines first. */
export interface AuditPageJson {
  lines: AuditLineJson[];
  /** `before` of the next page; null on the last. */
  next: number | null;
  /** All there is to choose from, whatever is searched for. */
  people: string[];
  actions: { name: string; label: string }[];
}

/** The person of lines that were written by nobody who signed in. */
export const nobodySignedIn = '(nobody signed in)';

/** Parts of an address that say which lines are looked for; days are inclusive, `YYYY-MM-DD`. */
export const auditFilterNames = ['who', 'action', 'target', 'since', 'until', 'words'] as const;
