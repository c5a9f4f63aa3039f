import type { FollowUpRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import type { FollowUpJson } from './model/follow-up.ts';

/** What was noted of a low score, as it travels. */
export function followUpOf({
  state,
  note,
  changed_by: by,
  changed_at: at,
  version,
}: Omit<FollowUpRow, 'source' | 'source_id'>): FollowUpJson {
  return { state, note, by, at: isoText(at), version };
}
