import { z } from 'zod';
import { secret } from '../../secret.ts';
import { httpConnector } from '../http/connector.ts';
import type { HttpInput } from '../http/options.ts';
import { baseAddress, siteAddress, since } from './options.ts';

const queueName = z
  .string()
  .min(1)
  .regex(/^[^'"\\{}]+$/, { error: 'is not the name of a queue as we can ask for it: it holds a quote, a backslash or a brace' });
const fieldName = z.string().regex(/^[A-Z][A-Za-z]*$/, { error: 'is not the name of a field of a ticket, as TimeWorked' });

const options = z.strictObject({
  url: siteAddress('Address of Request Tracker, as https://rt.example.org; without /REST/2.0'),
  token: secret().describe('Token of the user that reads: RT, Settings, Auth tokens'),
  queue: z.array(queueName).min(1).describe('Names of the queues whose tickets are read'),
  fields: z.array(fieldName).default([]).describe('Further fields of a ticket, as [TimeWorked]; custom fields always come all'),
  text: z
    .boolean()
    .default(false)
    .describe('Whether the first message of each ticket is read too, as what happened; it costs a request a ticket'),
  since: since.describe('Only tickets changed since this date; default all'),
});
export type RequestTrackerOptions = z.output<typeof options>;
type Details = NonNullable<HttpInput['details']>[number];

const ticketFields = [
  'Subject', 'Status', 'Queue', 'Owner', 'Requestor', 'Creator', 'Created', 'Started', 'Told', 'Resolved', 'Due', 'LastUpdated',
  'Priority', 'EffectiveId', 'CustomFields',
]; // prettier-ignore
const ticketColumns = [
  'id', 'Subject', 'Status', 'Queue.Name', 'Owner.Name', 'Created', 'Started', 'Resolved', 'Due', 'LastUpdated', 'Priority',
]; // prettier-ignore
const historyFields = 'Type,Field,OldValue,NewValue,Created,Creator,ObjectId';
// Who asked stands in the rows of the history too, so that a map can tell an answer from a further question.
const requestors = [0, 1, 2, 3].map((n) => `Requestor.${n}.id`);
const pageSize = 100;
// The query must name a date, and this one is before everything.
const beginning = '1970-01-02';

/**
 * Request Tracker 5 by REST2. Tickets of the queues in the order of their last change, each followed by its replies and changes
 * of status, owner, priority and queue; what was deleted, merged into another ticket or moved to another queue is taken out.
 */
export const requestTracker = httpConnector<RequestTrackerOptions>({
  name: 'request-tracker',
  description: 'Tickets of Request Tracker 5 with their history, by its REST 2 interface',
  options,
  toHttp({ url, token, queue, fields, text, since: start }) {
    const rest = `${baseAddress(url)}/REST/2.0`;
    const queues = `(${queue.map((name) => `Queue = '${name}'`).join(' OR ')})`;
    return {
      url: `${rest}/tickets`,
      auth: { header: { name: 'Authorization', prefix: 'token ', value: token } },
      query: {
        query: `${queues} AND LastUpdated >= '{watermark|sql}'`,
        orderby: ['LastUpdated', 'id'],
        order: ['ASC', 'ASC'],
        fields: [...new Set([...ticketFields, ...fields])].join(','),
        'fields[Queue]': 'Name,Lifecycle',
        'fields[Owner]': 'Name,RealName',
        'fields[Requestor]': 'Name,EmailAddress',
      },
      rows: 'items',
      columns: ticketColumns,
      // Their order changes from answer to answer; as columns they have none.
      lists: { CustomFields: { key: 'name', value: 'values' } },
      total: 'total',
      paging: { kind: 'watermark', size: pageSize, size_parameter: 'per_page' },
      incremental: { column: 'LastUpdated', overlap_seconds: 120, start: start ?? beginning },
      expect: [
        {
          never: [
            { at: 'count', is: 0 },
            { at: 'total', above: 0 },
            { at: 'page', is: 1 },
          ],
          message: 'Request Tracker counts tickets and shows none of them; ask its administrator to look into its log',
        },
      ],
      notice: [
        {
          when: [{ at: 'total', is: 0 }],
          say: `Request Tracker showed our user no ticket of ${queue.join(', ')}. If none was deleted or moved away, a right is missing, which looks the same as an empty queue: check the name of the queue, and that the user has SeeQueue and ShowTicket in it`,
        },
      ],
      details: text ? [historyOf(rest), textOf(rest)] : [historyOf(rest)],
      gone: [
        {
          url: `${rest}/transactions`,
          query: {
            query: `Created >= '{watermark|sql}' AND ((Type = 'Status' AND NewValue = 'deleted') OR (Type = 'AddLink' AND Field = 'MergedInto') OR (Type = 'Set' AND Field = 'Queue'))`,
            fields: historyFields,
          },
          rows: 'items',
          key: '{row.ObjectId}',
          column: 'Created',
          start: beginning,
          paging: { kind: 'page', size: pageSize, size_parameter: 'per_page', stop: 'empty', empty_pages: 2 },
          // What was merged, deleted or moved away is no longer in the list; the target of a merge, and what came back, is.
          confirm: { url: `${rest}/tickets`, query: { query: `${queues} AND id = {key}` }, rows: 'items' },
        },
      ],
    };
  },
});

/** Filtered by the source, so that mails the user may not see cannot fill a page; and without the rows of tickets merged into it. */
function historyOf(rest: string): Details {
  return {
    url: `${rest}/transactions`,
    query: {
      query: `TicketId = {row.id} AND (Type = 'Correspond' OR Type = 'Status' OR Type = 'Set')`,
      fields: historyFields,
    },
    rows: 'items',
    prefix: 'history',
    columns: ['id', ...requestors],
    paging: { kind: 'page', size: pageSize, size_parameter: 'per_page' },
  };
}

/** The parts of the first message come first; of the later ones a map makes nothing. */
function textOf(rest: string): Details {
  return {
    url: `${rest}/ticket/{row.id}/attachments`,
    query: { fields: 'TransactionId,ContentType,Content', per_page: 5 },
    rows: 'items',
    prefix: 'text',
    columns: ['id'],
  };
}
