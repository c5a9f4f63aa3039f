import type { RunRow, SourceRow } from '../queries/model/lists.ts';
import { countInWords } from '../queries/model/describe.ts';
import { formatDate } from '../queries/model/number.ts';
import { sentence } from './case-words.ts';
import { dayAndTime, distanceInWords, lengthInWords } from './when-words.ts';

/** Reads times on the clocks of `zone`, at `now` (milliseconds since 1970 UTC). */
export interface Clock {
  now: number;
  zone: string;
}

const connectorWords: Record<string, string> = {
  folder: 'a drop folder',
  file: 'a file that is read again when it changes',
  csv: 'files loaded by command',
  sql: 'a database',
  'http-json': 'a web interface',
  push: 'records that are sent here',
  entry: 'the entry form',
  'request-tracker': 'Request Tracker',
  zendesk: 'Zendesk tickets',
  'zendesk-satisfaction': 'Zendesk satisfaction ratings',
  cfpb: 'the complaint database of the CFPB',
  socrata: 'an open-data table',
};

/** What a kind of place is called in a sentence; an unknown one by its own name. */
export function connectorInWords(connector: string): string {
  return connectorWords[connector] ?? connector;
}

/** Until when a source is known, as "yesterday 18:00, 14 hours ago". */
export function freshnessOf(source: SourceRow, { now, zone }: Clock): string {
  if (source.live) return 'now: it is live';
  if (source.through === null) return 'nothing loaded yet';
  if (!source.through.includes('T')) return formatDate(source.through, 'short');
  const at = Date.parse(source.through);
  return `${dayAndTime(at, now, source.zone ?? zone)}, ${distanceInWords(at, now)}`;
}

const day = 86_400_000;

/**
 * Why a source counts as stale: it is to be read by a schedule, and nothing newer has come for twice as long as it usually takes, at
 * least for two days. Null when it is fresh, and for what nobody promised: files imported by hand, sources that send by themselves.
 */
export function stalenessOf(source: SourceRow, now: number): string | null {
  if (source.live || !source.configured || source.schedule === null || source.through === null) return null;
  const starts = source.recent.filter((run) => run.state === 'done').map((run) => Date.parse(run.started_at));
  const gaps = starts.slice(1).map((start, i) => start - (starts[i] ?? start));
  const usual = gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
  const age = now - Date.parse(source.through);
  return age > Math.max(2 * day, 2 * usual) ? `Stale: nothing newer for ${lengthInWords(age)}.` : null;
}

/** When a source is read next, and why not before; null where nothing reads it by itself. */
export function nextRunOf(source: SourceRow, { now, zone }: Clock): string | null {
  if (!source.configured) return null;
  if (source.schedule === null) return source.connector === 'push' ? 'when it sends something' : 'only when you ask';
  if (source.next_run === null) return source.schedule;
  const at = Date.parse(source.next_run);
  return at <= now ? 'due now' : `${dayAndTime(at, now, zone)}, ${distanceInWords(at, now)}`;
}

/** What happens after a failure, and what somebody can do. */
export function afterFailure(source: SourceRow, clock: Clock): string {
  const times = source.failed_count > 1 ? `It failed ${source.failed_count} times in a row. ` : '';
  if (source.configured === 0) return 'What was loaded before stays. Mend the cause and load it again.';
  const retry = source.retry_at === null ? Number.NaN : Date.parse(source.retry_at);
  const next =
    retry > clock.now
      ? `It is tried again ${dayAndTime(retry, clock.now, clock.zone)}, ${distanceInWords(retry, clock.now)}.`
      : source.schedule === null
        ? 'Mend the cause, then run it again.'
        : `Mend the cause and run it, or it is tried again when it is due: ${nextRunOf(source, clock)}.`;
  return `${times}What was loaded before stays. ${next}`;
}

/** The result of a run that ended, in a few words: "complete, 1 204 rows read"; or that it runs. */
export function resultOf(run: RunRow): string {
  if (run.state === 'running') return 'running now';
  if (run.state === 'failed') return run.read ? `failed after ${countInWords(run.read, 'row')}` : 'failed';
  return `complete, ${countInWords(run.read, 'row')} read`;
}

/** A message as a sentence with its full stop. */
export function asSentence(text: string): string {
  const begun = sentence(text.trim());
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}
