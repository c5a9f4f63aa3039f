import type { Config } from '../../etl/config.ts';
import { endOfDay } from '../../etl/local-time.ts';
import { isoText } from '../../etl/time.ts';
import { readSources } from '../../queries/catalog.ts';
import type { DigestPeriod } from '../../queries/model/digest-period.ts';
import { formatWhen } from '../../queries/model/number.ts';
import type { Where } from '../../queries/model/query.ts';
import type { QueryDeps } from '../../queries/prepare.ts';

/** A source that is not known until the end of a period. */
export interface StaleSource {
  name: string;
  /** Why nothing may be sent, as a sentence. */
  reason: string;
  /** Until then it may still come by itself: the end of the period and the time between two of its runs; seconds UTC. */
  expectedBy: number;
}

const seconds = { '15m': 900, hour: 3600, day: 86_400, week: 7 * 86_400, month: 31 * 86_400, quarter: 92 * 86_400 } as const;

/**
 * The sources a digest rests on that are not known until the period's end. One that is read by a schedule may be late by the time between two of its runs
 * before anybody is told; either way nothing is sent. One that nobody reads by a schedule has to be imported, or left out by a filter.
 */
export async function staleSources(
  deps: QueryDeps,
  configured: Config['sources'],
  { period, where, zone }: { period: DigestPeriod; where: Where; zone: string },
): Promise<StaleSource[]> {
  const end = endOfDay(period.to, zone);
  const [only, not] = [where.members.source, where.not.source];
  const sources = (await readSources(deps.reader, deps.now())).filter(
    ({ name, hasCases }) => hasCases && (!only || only.includes(name)) && !not?.includes(name),
  );
  if (sources.length === 0)
    return [
      {
        name: '',
        reason: 'There is no record to tell of: no source in scope holds a case. Load one, or change the filter of the digest.',
        expectedBy: 0,
      },
    ];
  return sources.flatMap(({ name, through, isLive }): StaleSource[] => {
    if (isLive || (through !== null && through >= end)) return [];
    const schedule = configured.find((source) => source.name === name)?.schedule ?? null;
    const known =
      through === null
        ? `Until when the source “${name}” is known is not noted`
        : `The source “${name}” is known until ${formatWhen(isoText(through), zone)}, and ${period.text} ended after that`;
    const what = schedule
      ? 'look at its last runs on the page Data'
      : 'import its records up to then, or leave it out of the digest by a filter: not source';
    return [{ name, reason: `${known}: ${what}.`, expectedBy: schedule ? end + seconds[schedule.every] : end }];
  });
}
