import { nextDue } from '../../etl/due.ts';
import { BadInput } from '../../etl/errors.ts';
import { localDate } from '../../etl/local-time.ts';
import { isoText } from '../../etl/time.ts';
import type { DigestIssueRow, DigestRow } from '../../etl/store/tables.ts';
import { audienceOf } from '../../queries/model/audience.ts';
import type { DigestJson, DigestsJson } from '../../queries/model/digest.ts';
import { can, type SignedIn } from '../auth/roles.ts';
import type { User } from '../auth/users.ts';
import { scheduleWords } from '../schedule-words.ts';
import { digestZone } from './compose.ts';
import { countStates } from './deliver/deliveries.ts';
import type { DigestDeps } from './deps.ts';
import { digestRows, recipientRows, scheduleOf } from './digests.ts';
import { filterOf } from './filter.ts';
import { issueJson } from './issues.ts';
import { issuesSeenBy, mayBeTold } from './seen.ts';

const runsShown = 3;

/** Every digest that somebody may be told of, with its state, and what a page that changes them needs to know. */
export async function listDigests(deps: DigestDeps, { why }: { why: string | null }, user: SignedIn): Promise<DigestsJson> {
  const { reader } = deps.store;
  const rows = (await digestRows(reader)).filter((row) => mayBeTold(row, user));
  const seen = await issuesSeenBy(reader, user);
  const recipients = await recipientRows(reader, rows.map((row) => row.digest_id)); // prettier-ignore
  const zone = await digestZone(deps);
  const digests = await Promise.all(
    rows.map(async (row): Promise<DigestJson> => {
      const last = await reader<DigestIssueRow>('digest_issue')
        .where({ digest_id: row.digest_id, kind: 'regular' })
        .where((either) => void (seen && either.whereIn('issue_id', seen)))
        .orderBy('due_at', 'desc')
        .first();
      const counts = last ? (await countStates(reader, [last.issue_id])).get(last.issue_id) : undefined;
      const schedule = scheduleOf(row);
      return {
        digest_id: row.digest_id,
        name: row.name,
        origin: row.origin,
        version: row.version,
        where: JSON.parse(row.filter) as DigestJson['where'], // written as JSON of a filter
        audience: audienceWords(row),
        every: row.every,
        on: schedule.on ?? (row.every === 'week' ? 'monday' : 1),
        at: row.at,
        zone: row.zone,
        schedule: scheduleWords(schedule),
        owner: row.owner,
        ends_on: row.ends_on,
        // To whom it goes is seen by who manages digests.
        recipients: (can(user, 'manage_digests') ? recipients : [])
          .filter(({ digest_id, stop_reason }) => digest_id === row.digest_id && stop_reason !== 'removed')
          .map(({ address, stopped_at, stop_reason }) => ({
            address,
            stopped_at: isoText(stopped_at),
            stop_reason: toldReason(stop_reason),
          })),
        has_webhook: row.webhook === null ? 0 : 1,
        paused: row.paused_at === null ? null : { at: isoText(row.paused_at), by: row.paused_by ?? '', reason: row.pause_reason },
        next_runs: nextRuns(row, deps.now(), zone).map((at) => isoText(at)),
        last_issue: last ? issueJson(last, counts) : null,
      };
    }),
  );
  const users = await reader<User>('user').whereNull('disabled_at').select('user_id', 'name', 'email');
  return {
    digests,
    mail: { is_set: why === null ? 1 : 0, why },
    owners: users.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en')),
    own_address: users.find(({ user_id }) => user_id === user.userId)?.email ?? null,
    zone,
  };
}

/** The next runs of a digest, seconds UTC; none while it rests or when it is over. */
export function nextRuns(row: DigestRow, now: number, zone: string): number[] {
  if (row.paused_at !== null) return [];
  const runs: number[] = [];
  for (let at = now; runs.length < runsShown;) {
    at = nextDue(scheduleOf(row), at, zone);
    if (row.ends_on !== null && localDate(at, row.zone ?? zone) > row.ends_on) break;
    runs.push(at);
  }
  return runs;
}

/** One with a filter that cannot be read stays in the list, where it can be mended. */
function audienceWords(row: DigestRow): string {
  try {
    return audienceOf(filterOf(row));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return `nobody: ${error.message}`;
  }
}

function toldReason(reason: 'unsubscribed' | 'departed' | 'refused' | 'removed' | null): 'unsubscribed' | 'departed' | 'refused' | null {
  return reason === 'removed' ? null : reason;
}
