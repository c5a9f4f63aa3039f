import { joined } from '../queries/model/describe.ts';
import { findingsQuery } from '../queries/model/reports.ts';
import type { MeasureName } from '../queries/model/measures.ts';
import { viewToSearch, type Known, type View } from '../queries/model/view.ts';
import type { FindingJson, FindingsJson } from '../queries/model/wire.ts';

const nouns: Partial<Record<MeasureName, string>> = {
  received: 'the number received',
  resolution_days_p50: 'time to resolve',
  on_time_rate: 'the share on time',
  csat_rate: 'satisfaction',
  open: 'open cases',
  overdue: 'overdue cases',
  reopen_rate: 'reopening',
};

/** What stayed as usual, as a sentence; where nothing changed it says so, and where nothing could be judged why. */
export function steadySentence({ findings, judged, steady }: FindingsJson): string {
  if (judged === 0) return 'Too early to tell what is usual: a typical range needs twelve whole periods, most of them with cases.';
  const known = steady.flatMap((measure) => nouns[measure] ?? []);
  const within = known.length
    ? `Within ${known.length === 1 ? 'its typical range' : 'their typical ranges'}: ${joined(known, 'and')}.`
    : '';
  return findings.length ? within : `Nothing changed beyond what chance allows. ${within}`.trim();
}

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
