import type { ActionName } from '../../etl/handling.ts';
import type { CaseDetail } from './wire.ts';

/** Body of `POST /api/cases/:id/events`: an action, the fields of its form, and how many events the case had when it was read. */
export type DeedBody = { action: ActionName; version: number; at?: string } & Record<string, unknown>;

/** Answer: how many events the case has now. */
export interface DeedAnswer {
  case_id: number;
  version: number;
}

/** What stands there where somebody else did something meanwhile (409). */
export interface CaseChangedJson {
  version: number;
  /** What was done since, in order; times as in {@link CaseDetail}. */
  since: CaseDetail['events'];
}
