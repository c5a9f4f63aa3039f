import { joined } from './describe.ts';
import type { MeasureName } from './measures.ts';
import type { FindingsJson } from './wire.ts';

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
