import type { Lab } from './request-tracker-lab.ts';

type Fields = Record<string, unknown>;

/** The people of a help desk at work: every call is one request to REST2, made as the person named. */
export interface Desk {
  create: (who: string, requestor: string, fields: Fields) => Promise<number>;
  reply: (who: string, id: number) => Promise<void>;
  comment: (who: string, id: number) => Promise<void>;
  change: (who: string, id: number, fields: Fields) => Promise<void>;
}

/** @throws Error when Request Tracker refuses, which it also does with status 200 and a text */
export function openDesk(lab: Lab): Desk {
  async function send(who: string, method: string, path: string, body: Fields): Promise<unknown> {
    const answer = await fetch(`${lab.url}/REST/2.0/${path}`, {
      method,
      headers: { authorization: `token ${lab.tokens[who] ?? ''}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await answer.text();
    if (!answer.ok || /Permission Denied|not allowed|isn't allowed|could not|failed/i.test(text))
      throw new Error(`${who}: ${method} ${path} with ${Object.keys(body).join(', ')} was answered ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
  return {
    async create(who, requestor, fields) {
      const made = await send(who, 'POST', 'ticket', { Requestor: `${requestor}@lab.example`, Content: 'It went wrong.', ...fields });
      return Number((made as { id: string }).id);
    },
    async reply(who, id) {
      await send(who, 'POST', `ticket/${id}/correspond`, { Content: 'A reply.', ContentType: 'text/plain' });
    },
    async comment(who, id) {
      await send(who, 'POST', `ticket/${id}/comment`, { Content: 'A note.', ContentType: 'text/plain' });
    },
    async change(who, id, fields) {
      await send(who, 'PUT', `ticket/${id}`, fields);
    },
  };
}

const products = ['Card', 'Loan', 'Payments, instant', 'Überweisung'];
const issues = ['Late', 'Fees', 'Staff conduct'];
const channels = ['Email', 'Phone', 'Web'];

/** Numbers of tickets by what happened to them. */
export interface Worked {
  all: number[];
  open: number[];
  deleted: number;
  merged: { from: number; into: number };
  moved: number;
}

// More than fit on a page, so that a pull has to go on from the time of the last one.
const ticketCount = 130;

/** Complaints, the first forty of them worked on: answered, handed over, put on hold, resolved, reopened by agent and by customer, refused, merged, deleted, moved away. */
export async function work(desk: Desk): Promise<Worked> {
  const all: number[] = [];
  for (let n = 0; n < ticketCount; n++) {
    all.push(
      await desk.create('root', `customer${1 + (n % 2)}`, {
        Queue: 'Complaints',
        Subject: `Complaint number ${n}`,
        Priority: [0, 20, 50, 100][n % 4],
        CustomFields: {
          ...(n % 5 === 4 ? {} : { Product: products[n % 4] }),
          Issue: issues[n % 3],
          Channel: channels[n % 3],
          ...(n % 7 === 0 ? { Labels: ['vip', 'press'] } : {}),
        },
      }),
    );
  }
  const at = (n: number): number => all[n] as number; // so many were made
  const agent = (n: number): string => (n % 2 ? 'alice' : 'bob');
  for (let n = 4; n < 34; n++) {
    const id = at(n);
    await desk.change('root', id, { Owner: agent(n) });
    if (n % 4 === 0) await desk.comment(agent(n), id);
    // The customer writes first in some: that is no first response.
    if (n % 6 === 0) await desk.reply(`customer${1 + (n % 2)}`, id);
    if (n % 9 !== 0) await desk.reply(agent(n), id);
    if (n % 5 === 0) await desk.change('root', id, { Owner: agent(n + 1) });
  }
  for (let n = 10; n < 28; n++) await desk.change(agent(n), at(n), { Status: 'resolved', CustomFields: { CSAT: String(1 + (n % 5)) } });
  for (const n of [12, 13, 14]) await desk.change(agent(n), at(n), { Status: 'open' });
  for (const n of [15, 16]) await desk.reply(`customer${1 + (n % 2)}`, at(n));
  for (const n of [13, 15]) await desk.change(agent(n), at(n), { Status: 'resolved' });
  await desk.change(agent(13), at(13), { Status: 'open' });
  for (const n of [28, 29]) await desk.change(agent(n), at(n), { Status: 'rejected' });
  for (const n of [30, 31]) await desk.change(agent(n), at(n), { Status: 'stalled' });
  for (const n of [5, 6]) await desk.change(agent(n), at(n), { Priority: 100 });
  await desk.change('root', at(7), { Due: '2031-05-06 07:08:09' });
  await desk.change('root', at(8), { CustomFields: { Product: '' } });
  await desk.change('root', at(35), { Status: 'deleted' });
  await desk.change('root', at(20), { MergeInto: at(21) });
  await desk.change('root', at(36), { Queue: 'Archive' });
  return { all, open: [at(0), at(1), at(2), at(3), at(4), at(9)], deleted: at(35), merged: { from: at(20), into: at(21) }, moved: at(36) };
}

/** What happens between two pulls: changes of tickets that were pulled before, and three new tickets. Ten cases differ afterwards, and three are gone. */
export async function workOn(desk: Desk, { all, open }: Worked): Promise<void> {
  const at = (n: number): number => all[n] as number; // so many were made
  for (let n = 0; n < 3; n++)
    await desk.create('root', 'customer1', { Queue: 'Complaints', Subject: `Later complaint ${n}`, CustomFields: { Product: 'Card' } });
  const [first = 0, second = 0, third = 0, fourth = 0] = open;
  await desk.change('root', first, { Owner: 'alice' });
  await desk.reply('alice', first);
  await desk.change('alice', first, { Status: 'resolved' });
  await desk.change('root', second, { CustomFields: { Product: 'Card', Labels: ['vip'] } });
  await desk.change('root', third, { MergeInto: fourth });
  await desk.change('alice', at(17), { Status: 'open' });
  await desk.reply('customer1', at(18));
  await desk.change('bob', at(30), { Status: 'open' });
  await desk.change('root', at(37), { Status: 'deleted' });
  await desk.change('root', at(38), { Queue: 'Archive' });
  await desk.change('root', at(36), { Queue: 'Complaints' });
  await desk.change('root', at(33), { Owner: 'Nobody' });
  await desk.change('root', at(9), { Owner: 'bob', Priority: 100, Due: '2032-01-02 03:04:05' });
  await desk.change('alice', at(22), { CustomFields: { CSAT: '1' } });
  await desk.change('bob', at(32), { Status: 'rejected' });
}
