import knex from 'knex';

/** What Request Tracker's own tables say of a ticket, in the terms of our records; times are seconds UTC. */
export interface Truth {
  status: string;
  owner: string | null;
  product: string | null;
  issue: string | null;
  channel: string | null;
  severity: string;
  title: string;
  received: number;
  resolved: number | null;
  closed: number | null;
  due: number | null;
  first_response: number | null;
  first_resolved: number | null;
  first_reopened: number | null;
  first_escalated: number | null;
  reopens: number;
  handovers: number;
  satisfaction: number | null;
  customer: string | null;
}

const inactive = ['resolved', 'rejected', 'deleted'];
const statuses: Record<string, string> = { new: 'new', open: 'open', stalled: 'waiting', resolved: 'resolved', rejected: 'void' };
const nobody = 'Nobody';

interface TicketRow {
  id: number;
  EffectiveId: number;
  Status: string;
  Queue: string;
  Owner: string;
  Subject: string;
  Priority: number;
  Created: string;
  Resolved: string | null;
  Due: string | null;
}
interface TransactionRow {
  id: number;
  ObjectId: number;
  Type: string;
  Field: string | null;
  OldValue: string | null;
  NewValue: string | null;
  Created: string;
  Creator: string;
}

/** The tickets of a queue by its own tables, read from the SQLite file and not by REST. */
export interface Tickets {
  /** Those that count, by number: in the queue, not deleted, not merged into another. */
  present: Map<number, Truth>;
  /** Numbers of those that do not count. */
  deleted: number[];
  merged: number[];
  moved: number[];
}

/** @param queue name of the queue that is pulled */
export async function readTruth(database: string, queue: string): Promise<Tickets> {
  const db = knex({ client: 'sqlite3', connection: { filename: database }, useNullAsDefault: true, pool: { min: 1, max: 1 } });
  try {
    const tickets = await db('Tickets as t')
      .join('Queues as q', 'q.id', 't.Queue')
      .join('Users as u', 'u.id', 't.Owner')
      .where('t.Type', 'ticket')
      .select<TicketRow[]>(
        't.id',
        't.EffectiveId',
        't.Status',
        'u.Name as Owner',
        'q.Name as Queue',
        't.Subject',
        't.Priority',
        't.Created',
        't.Resolved',
        't.Due',
      );
    const transactions = await db('Transactions as x')
      .join('Users as u', 'u.id', 'x.Creator')
      .where('x.ObjectType', 'RT::Ticket')
      .orderBy('x.id')
      .select<TransactionRow[]>('x.id', 'x.ObjectId', 'x.Type', 'x.Field', 'x.OldValue', 'x.NewValue', 'x.Created', 'u.Name as Creator');
    const values = await db('ObjectCustomFieldValues as v')
      .join('CustomFields as f', 'f.id', 'v.CustomField')
      .where({ 'v.ObjectType': 'RT::Ticket', 'v.Disabled': 0 })
      .select<{ ObjectId: number; Name: string; Content: string }[]>('v.ObjectId', 'f.Name', 'v.Content');
    const requestors = await db('Groups as g')
      .join('GroupMembers as m', 'm.GroupId', 'g.id')
      .join('Users as u', 'u.id', 'm.MemberId')
      .where({ 'g.Domain': 'RT::Ticket-Role', 'g.Name': 'Requestor' })
      .orderBy('m.id')
      .select<{ Instance: number; Name: string; EmailAddress: string }[]>('g.Instance', 'u.Name', 'u.EmailAddress');
    const found: Tickets = { present: new Map(), deleted: [], merged: [], moved: [] };
    for (const ticket of tickets) {
      const absence =
        ticket.EffectiveId !== ticket.id ? 'merged' : ticket.Status === 'deleted' ? 'deleted' : ticket.Queue !== queue ? 'moved' : null;
      if (absence) {
        found[absence].push(ticket.id);
        continue;
      }
      const own = transactions.filter((x) => x.ObjectId === ticket.id);
      const asking = requestors.filter((r) => r.Instance === ticket.id);
      const field = (name: string): string | null => values.find((v) => v.ObjectId === ticket.id && v.Name === name)?.Content ?? null;
      const isAnswer = (x: TransactionRow): boolean => x.Type === 'Correspond' && !asking.some((r) => r.Name === x.Creator);
      const moves = own.filter((x) => x.Type === 'Status');
      const isInactive = (status: string | null): boolean => inactive.includes(status ?? '');
      const reopenings = moves.filter((x) => isInactive(x.OldValue) && !isInactive(x.NewValue));
      const csat = field('CSAT');
      found.present.set(ticket.id, {
        status: statuses[ticket.Status] ?? ticket.Status,
        owner: ticket.Owner === nobody ? null : ticket.Owner,
        product: field('Product'),
        issue: field('Issue'),
        channel: field('Channel'),
        severity: severityOf(ticket.Priority),
        title: ticket.Subject,
        received: seconds(ticket.Created) ?? 0,
        resolved: ticket.Status === 'resolved' ? seconds(ticket.Resolved) : null,
        closed: ticket.Status === 'rejected' ? seconds(ticket.Resolved) : null,
        due: seconds(ticket.Due),
        first_response: seconds(own.find(isAnswer)?.Created),
        first_resolved: seconds(moves.find((x) => x.NewValue === 'resolved')?.Created),
        first_reopened: seconds(reopenings[0]?.Created),
        first_escalated: seconds(own.find(isEscalation)?.Created),
        reopens: reopenings.length,
        handovers: own.filter((x) => x.Type === 'Set' && x.Field === 'Owner' && x.OldValue !== '6' && x.NewValue !== '6').length,
        satisfaction: csat === null ? null : Number(csat),
        customer: asking[0]?.EmailAddress ?? null,
      });
    }
    return found;
  } finally {
    await db.destroy();
  }
}

/** What the map says of a priority, where there is no custom field that tells. */
function severityOf(priority: number): string {
  return priority >= 100 ? 'critical' : priority >= 80 ? 'high' : priority >= 40 ? 'medium' : 'low';
}

/** From the priority that the map counts as escalated on. */
function isEscalation({ Type, Field, OldValue, NewValue }: TransactionRow): boolean {
  return Type === 'Set' && Field === 'Priority' && Number(OldValue) < 80 && Number(NewValue) >= 80;
}

function seconds(text: string | null | undefined): number | null {
  if (!text || text.startsWith('1970-01-01')) return null;
  return Date.parse(`${text.replace(' ', 'T')}Z`) / 1000;
}
