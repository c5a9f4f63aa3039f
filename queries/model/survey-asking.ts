import type { DeliveryState } from './digest.ts';

/** Answer of `GET /api/cases/:id/survey`: how the customer of a case can be asked, and what became of asking. */
export interface SurveyAskingJson {
  /** Why no mail can be sent to the customer; null where it can. */
  whyNoMail: string | null;
  /** The question as it stands in the configuration, and how many days a link works. */
  question: string;
  days: number;
  /** The last link; null where there is none. */
  last: {
    channel: 'mail' | 'link';
    state: 'open' | 'answered' | 'expired' | 'withdrawn';
    /** ISO 8601 UTC. */
    asked_at: string;
    expires_at: string;
    /** Of a mail: what became of it, and the server's last words. */
    mail: { state: DeliveryState; said: string | null } | null;
  } | null;
}

/** Body of `POST /api/cases/:id/survey`: how the customer is asked, and how many events the case had when it was read. */
export interface SurveyAskBody {
  channel: 'mail' | 'link';
  version: number;
}

/** Answer: how many events the case has now, and the link, which is told this once; null where it is mailed. */
export interface SurveyAskedJson {
  case_id: number;
  version: number;
  url: string | null;
  /** ISO 8601 UTC. */
  expires_at: string;
}
