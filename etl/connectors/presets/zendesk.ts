import { z } from 'zod';
import type { Extract, PullConnector, RawRow } from '../../connector.ts';
import { SourceFailed } from '../../errors.ts';
import { secret } from '../../secret.ts';
import { httpConnector, type HttpPreset } from '../http/connector.ts';
import type { HttpInput } from '../http/options.ts';
import { baseAddress, since, siteAddress } from './options.ts';
import { readInSequence } from './sequence.ts';

const account = {
  url: siteAddress('Address of Zendesk, as https://shop.zendesk.com'),
  user: z.email({ error: 'expected the mail address of an administrator' }).describe('Mail address of the administrator whose token it is'),
  token: secret().describe('API token: Admin Center, Apps and integrations, APIs, API tokens'),
  since: since.describe('Only what changed since this date; default everything'),
};
const ratingOptions = z.strictObject(account);
const options = z.strictObject({
  ...account,
  satisfaction: z
    .boolean()
    .default(false)
    .describe('Whether satisfaction ratings are read too and stand with their tickets; the older of the two surveys of Zendesk'),
});
export type ZendeskOptions = z.output<typeof options>;
export type ZendeskSatisfactionOptions = z.output<typeof ratingOptions>;

// Zendesk was founded later; the export wants a time to begin with.
const beginning = '2007-01-01';
const ticketColumns = [
  'id', 'subject', 'description', 'status', 'priority', 'type', 'via.channel', 'created_at', 'updated_at', 'generated_timestamp', 'tags',
  'requester.email', 'assignee.name', 'group.name', 'metric_set.reopens', 'metric_set.assignee_stations', 'metric_set.solved_at',
]; // prettier-ignore
const ratingColumns = [
  'id', 'ticket_id', 'score', 'comment', 'reason', 'created_at', 'updated_at', 'assignee_id', 'group_id', 'requester_id',
]; // prettier-ignore

/** Zendesk says how many minutes after the beginning; the time is what can be compared with other times. */
const timesFromMinutes = {
  first_reply_at: 'metric_set.reply_time_in_minutes.calendar',
  first_resolved_at: 'metric_set.first_resolution_time_in_minutes.calendar',
};
/** How often the assignee changed: the first one is no change. */
const handovers = 'handovers';
const addedColumns = [...Object.keys(timesFromMinutes), handovers];
// Asked for today, answered in some weeks, and only the time of asking can be asked by.
const rereadDays = 60;

/** The incremental cursor export of tickets: by `generated_timestamp`, which also moves where `updated_at` does not. */
const tickets: HttpPreset<ZendeskOptions> = {
  name: 'zendesk',
  description: 'Tickets of Zendesk Support with their metrics and, if wanted, their satisfaction ratings',
  options,
  toHttp: ({ url, user, token, since: start }) => ({
    url: `${baseAddress(url)}/api/v2/incremental/tickets/cursor.json`,
    auth: signIn(user, token),
    query: { include: 'users,groups,metric_sets' },
    rows: 'tickets',
    columns: ticketColumns,
    lists: { custom_fields: { key: 'id', value: 'value' } },
    join: {
      requester: { path: 'users', on: 'id', equals: 'requester_id' },
      assignee: { path: 'users', on: 'id', equals: 'assignee_id' },
      group: { path: 'groups', on: 'id', equals: 'group_id' },
      metric_set: { path: 'metric_sets', on: 'ticket_id', equals: 'id' },
    },
    paging: {
      kind: 'cursor',
      at: 'after_cursor',
      size_parameter: 'per_page',
      size: 1000,
      // With the very first request only: a cursor and a time exclude each other.
      start: { start_time: '{watermark|unix}' },
      end: { at: 'end_of_stream', is: true },
      keep: true,
    },
    incremental: { column: 'generated_timestamp', written: 'unix', overlap_seconds: 0, start: start ?? beginning },
    rate: { requests_per_minute: 10 },
    gone_rows: { where: [{ at: 'status', is: 'deleted' }], key: '{row.id}' },
  }),
};

/** The satisfaction ratings, also those that were only offered: they are the denominator of the response rate. */
const ratings: HttpPreset<ZendeskSatisfactionOptions> = {
  name: 'zendesk-satisfaction',
  description: 'Satisfaction ratings of Zendesk Support alone, without its tickets',
  options: ratingOptions,
  toHttp: ({ url, user, token, since: start }) => ({
    url: `${baseAddress(url)}/api/v2/satisfaction_ratings.json`,
    auth: signIn(user, token),
    query: { start_time: '{watermark|unix}' },
    rows: 'satisfaction_ratings',
    columns: ratingColumns,
    paging: {
      kind: 'cursor',
      parameter: 'page[after]',
      at: 'meta.after_cursor',
      size_parameter: 'page[size]',
      size: 100,
      end: { at: 'meta.has_more', is: false },
    },
    incremental: {
      column: 'created_at',
      overlap_seconds: 120,
      reread_days: rereadDays,
      ...(start === undefined ? {} : { start }),
    },
    rate: { requests_per_minute: 100 },
  }),
};

const ticketReader = httpConnector(tickets);

/** The ratings of Zendesk as a source of their own. */
export const zendeskSatisfaction = httpConnector(ratings);

/** Tickets of Zendesk; their ratings come after them, in columns that begin with `rating.`, as further rows of the same cases. */
export const zendesk: PullConnector<ZendeskOptions> = {
  ...ticketReader,
  read: readInSequence<ZendeskOptions>([
    { name: 'tickets', prefix: '', isWanted: () => true, read: readTickets },
    {
      name: 'ratings',
      prefix: 'rating.',
      isWanted: ({ satisfaction }) => satisfaction,
      read: readRatings,
    },
  ]),
};

function signIn(user: string, token: string): HttpInput['auth'] {
  return { basic: { user: `${user}/token`, password: token } };
}

const newerSurvey = 'accounts that use the newer survey of Zendesk have no ratings here: leave `satisfaction` out then';
const noRatings = `Zendesk gave no satisfaction ratings; ${newerSurvey}`;

/** The ratings beside tickets. None at all, or a list that may not be read, is told with what it may mean. */
async function* readRatings(...given: Parameters<typeof zendeskSatisfaction.read>): AsyncGenerator<Extract> {
  let isEmpty = true;
  let last: Extract | null = null;
  try {
    for await (const extract of zendeskSatisfaction.read(...given)) {
      isEmpty &&= extract.rows.length === 0;
      last = extract;
      yield extract;
    }
    if (last && isEmpty) yield { ...last, broken: [], notice: [last.notice, noRatings].filter(Boolean).join('; ') };
  } catch (error) {
    if (!(error instanceof SourceFailed) || error.retriable) throw error;
    throw new SourceFailed(error.source, `${error.message}; ${newerSurvey}`, { retriable: false, cause: error });
  }
}

async function* readTickets(...given: Parameters<typeof ticketReader.read>): AsyncGenerator<Extract> {
  for await (const extract of ticketReader.read(...given)) {
    const added = addedColumns.filter((column) => !extract.header.includes(column));
    yield { ...extract, header: [...extract.header, ...added], rows: extract.rows.map(withAdded) };
  }
}

function withAdded(row: RawRow): RawRow {
  const values = { ...row.values };
  const received = Date.parse(values.created_at ?? '');
  for (const [column, from] of Object.entries(timesFromMinutes)) {
    const minutes = countOf(values[from]);
    values[column] = minutes === null || Number.isNaN(received) ? '' : new Date(received + minutes * 60_000).toISOString();
  }
  const stations = countOf(values['metric_set.assignee_stations']);
  values[handovers] = stations === null ? '' : String(Math.max(0, stations - 1));
  return { ...row, values };
}

function countOf(text = ''): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}
