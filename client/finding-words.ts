import { findingsQuery } from '../queries/model/reports.ts';
import type { MeasureName } from '../queries/model/measures.ts';
import { viewToSearch, type Known, type View } from '../queries/model/view.ts';
import type { FindingJson } from '../queries/model/wire.ts';

const screens: Partial<Record<MeasureName, string>> = { received: '/issues', csat_rate: '/satisfaction' };

/** Address of the figure a finding is about, in the state it was found in. */
export function findingHref({ measure, key, grain, window }: FindingJson, view: View, known: Known): string {
  const own = findingsQuery(view, known);
  const isOwn = own.from === window.from && own.to === window.to && own.grain === grain;
  const state = isOwn ? view : { ...view, grain, period: window };
  const search = viewToSearch(state);
  const path = key.issue === undefined ? (screens[measure] ?? '/resolution') : `/issues/${encodeURIComponent(key.issue)}`;
  return search ? `${path}?${search}` : path;
}
