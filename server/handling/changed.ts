import type { CaseChanged } from '../../etl/load-handling.ts';
import { isoText } from '../../etl/time.ts';
import { eventsWithin } from '../../queries/case-sight.ts';
import type { CaseChangedJson } from '../../queries/model/handling.ts';
import type { Sight } from '../../queries/sight.ts';
import { Refused } from '../errors.ts';

/** Refuses what was done with a case that somebody else has done something with since: who, when and what, with all of it as what stands there. */
export function changedMeanwhile({ version, since }: CaseChanged, sight: Sight): Refused {
  const told = since.map(({ kind, at, actor = null, from = null, to = null, note = null, recorded_at }) => ({
    kind,
    at: typeof at === 'number' ? isoText(at) : at,
    recorded_at: isoText(recorded_at ?? null),
    actor,
    from,
    to,
    note,
  }));
  const seen = eventsWithin(sight, told);
  const what = seen.map((event) => `${event.actor ?? 'somebody'} ${event.kind}${event.to ? ` ${event.to}` : ''} at ${event.at}`).join('; ');
  const current: CaseChangedJson = { version, since: seen };
  return new Refused(409, `the case was changed after you read it (${what}); look at that, then send version ${version}`, current);
}
