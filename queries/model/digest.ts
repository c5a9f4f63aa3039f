import type { Grain } from './buckets.ts';
import type { MeasureName } from './measures.ts';
import type { QueryJson } from './query.ts';
import type { Verdict } from './signal.ts';
import type { TableJson } from './wire.ts';

/** How often a digest is made, and so what period it tells of: the last whole one. */
export const digestSteps = ['week', 'month', 'quarter'] as const;
export type DigestStep = (typeof digestSteps)[number];

/** A figure of a digest: numbers as a table has them, and the words they were told in. */
export interface DigestTile {
  measure: MeasureName;
  title: string;
  value: number | null;
  n: number | null;
  low: number | null;
  high: number | null;
  /** "78%"; "–" where it is unknown, and then `basis` says why. */
  text: string;
  /** What it rests on, a text a line: "n 1 204", "likely 76 to 80%". */
  basis: string[];
  /** Against the period before: "13% fewer than before"; empty for nothing to compare with. */
  change: string;
  /** How it stands beside its own past: "as usual", "Concern", "too early to tell"; null where it is unknown. */
  standing: { verdict: Verdict; words: string; hint: string } | null;
  /** Whether what is wanted is reached: "target at least 80%: not met", and what the typical range says of it; null without one. */
  target: { value: number; words: string; assurance: string } | null;
  /** "75% in the digest of September 2026"; empty without one before. */
  last: string;
  /** Its last 12 to 26 periods for a sparkline; limits are its typical range, and the last may be a part of a period. */
  spark: { values: (number | null)[]; limits: ({ low: number; high: number } | null)[]; isLastPartial: boolean };
}

/** A table as it is read: all cells are words. */
export interface DigestTable {
  columns: { label: string; isNumber: boolean }[];
  rows: string[][];
}

/** A question of the digest with what answers it. */
export interface DigestSection {
  name: string;
  title: string;
  /** One sentence that answers it; where nothing is recorded it says so, and there is no table. */
  sentence: string;
  table: DigestTable | null;
  /** What to know of it: what is left out or put together. Empty for nothing. */
  note: string;
}

/** A report of queries/model/reports.ts as it was drawn. */
export interface DigestChart {
  /** Name of the report. */
  report: string;
  title: string;
  question: string;
  /** The reading of the figures; also the alternative text of the picture. */
  sentence: string;
  table: TableJson;
  grain: Grain | null;
}

/** What a digest tells: frozen when it is made. Texts are final; whoever draws it only lays out. */
export interface DigestContent {
  form: 1;
  /** Name of the digest, and of the organisation. */
  name: string;
  organisation: string;
  /** The whole period it tells of, inclusive local dates; `text` "October 2026", "week of 9 Nov 2026". */
  period: { step: DigestStep; from: string; to: string; text: string };
  /** The filter in words: "complaints", "complaints · region North". */
  audience: string;
  where: NonNullable<QueryJson['where']>;
  /** Until when the sources were known, ISO 8601 UTC; and the same as people read it. */
  asOf: string;
  asOfText: string;
  zone: string;
  currency: string;
  /** What changed beyond noise, what needs attention, what is asked of the reader. */
  headline: [string, string, string];
  tiles: DigestTile[];
  /** What changed beyond chance, most telling first; `rule` says by what. */
  signals: { verdict: Verdict; word: string; sentence: string; rule: string }[];
  /** What stayed as usual, as one sentence. */
  steady: string;
  charts: DigestChart[];
  /** Issues, vulnerable customers, root causes, escalation and redress, compliments. */
  sections: DigestSection[];
  /** What to know of the data: as-of, late changes, uncoded share, response rate, figures too young, stale sources. */
  notes: string[];
  /** Address of the dashboard in the state of the digest, from the root: "/?from=…". */
  path: string;
}

/** States of a message to one recipient, as screens write them. */
export const deliveryWords = {
  queued: 'waiting',
  claimed: 'being sent',
  sending: 'being sent',
  sent: 'sent',
  failed: 'failed',
  unknown: 'unknown',
  stopped: 'not sent',
} as const;
export type DeliveryState = keyof typeof deliveryWords;

/** A message and what became of it; instants ISO 8601 UTC. */
export interface DeliveryJson {
  delivery_id: number;
  issue_id: string;
  kind: 'digest' | 'test' | 'alert' | 'webhook';
  /** Mail address; of a webhook where it goes, without its secret. */
  address: string;
  /** 1; more when a person had it sent again. */
  round: number;
  state: DeliveryState;
  attempts: number;
  /** While it waits: when it is tried next. */
  next_at: string | null;
  /** The server's last words. */
  said: string | null;
  sent_at: string | null;
  asked_by: string;
}

/** An issue in the archive. */
export interface DigestIssueJson {
  issue_id: string;
  digest_id: number;
  name: string;
  kind: 'regular' | 'test';
  period: { step: DigestStep; from: string; to: string; text: string };
  /** `held`: a check failed, and it was not sent; `reasons` say why. */
  state: 'made' | 'held';
  reasons: string[];
  made_at: string;
  as_of: string | null;
  /** First sentence; null of a held one. */
  headline: string | null;
  /** SHA-256, hexadecimal; null of a held one. */
  hash: string | null;
  /** How many messages to recipients stand how, of each the last round. */
  deliveries: Partial<Record<DeliveryState, number>>;
}

/** Answer of `GET /api/digest-issues/:id`. */
export interface DigestIssueDetail extends DigestIssueJson {
  parts: { name: string; type: string; size: number; sha256: string }[];
  /** Whether its parts are, byte for byte, what was made: they match their hashes, and these the one over all of them. */
  isWhole: boolean;
  messages: DeliveryJson[];
  /** The regular issues of the same digest before and after it. */
  previous: { issue_id: string; text: string } | null;
  next: { issue_id: string; text: string } | null;
  /** The dashboard in its state; null of a held one. */
  path: string | null;
}

/** Answer of `GET /api/digest-issues/:id/difference`: the same questions, as of the same instant, asked of the records as they are now. */
export interface DigestDifference {
  /** Whether every figure is what it was. */
  isSame: boolean;
  differences: { what: string; then: string; now: string }[];
  asked_at: string;
}

/** What a digest is, as the page sends it. */
export interface DigestBody {
  name: string;
  where: NonNullable<QueryJson['where']>;
  every: DigestStep;
  /** Week: a weekday. Month and quarter: a day from 1 to 31. */
  on: string | number;
  /** Local time `HH:MM`. */
  at: string;
  /** IANA zone; null: the organisation's. */
  zone: string | null;
  owner: string;
  ends_on: string | null;
  recipients: string[];
}

/** A digest with its state. */
export interface DigestJson extends Omit<DigestBody, 'recipients'> {
  digest_id: number;
  origin: 'config' | 'page';
  version: number;
  /** Filter and schedule in words. */
  audience: string;
  schedule: string;
  recipients: { address: string; stopped_at: string | null; stop_reason: 'unsubscribed' | 'departed' | 'refused' | null }[];
  /** Whether a message also goes to a webhook. */
  has_webhook: 0 | 1;
  paused: { at: string; by: string; reason: string | null } | null;
  /** The next three runs, ISO 8601 UTC; none while it is paused or over. */
  next_runs: string[];
  last_issue: DigestIssueJson | null;
}

/** Answer of `GET /api/digests`. */
export interface DigestsJson {
  digests: DigestJson[];
  /** Whether mail can be sent; else why not, in a sentence. */
  mail: { is_set: 0 | 1; why: string | null };
  /** Names of the people who can own one, and the mail address of who asks. */
  owners: string[];
  own_address: string | null;
  /** The organisation's zone. */
  zone: string;
}
