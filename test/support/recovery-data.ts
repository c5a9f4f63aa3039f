import createKnex, { type Knex } from 'knex';

export const recoveryKinds = ['plain', 'folding', 'pull'] as const;
/** A file of which each row is a case, a file whose rows are folded into cases, a table that is read on from a watermark. */
export type RecoveryKind = (typeof recoveryKinds)[number];

const fields = `source: desk
zone: UTC
date: iso
currency: EUR
key: id
fields:
  kind: { constant: complaint }
  received_at: received
  acknowledged_at: acknowledged
  resolved_at: resolved
  issue: issue
  product: product
  customer_ref: customer
  narrative: text
  redress_amount: redress
surveys:
  - { kind: csat, scale: 1-5, answered_at: resolved, score: score }
`;

/** The map of each kind. */
export const recoveryMaps: Record<RecoveryKind, string> = {
  plain: fields,
  folding: `${fields}fold:\n  take: last_given\n`,
  pull: fields,
};

const columns = ['id', 'received', 'acknowledged', 'resolved', 'issue', 'product', 'customer', 'text', 'redress', 'score'] as const;
const rows = 2000;

/** A CSV of 2,000 rows, among them some that are rejected, some that are flagged, and 100 that name earlier cases. */
export function ticketLines(kind: Exclude<RecoveryKind, 'pull'>): string[] {
  const repeated = kind === 'folding' ? 750 : 100;
  const lines = Array.from({ length: rows }, (_, i) => columns.map((column) => ticket(i, i % (rows - repeated))[column]).join(','));
  return [columns.join(','), ...lines, ''];
}

/** Tickets that the first pull finds. */
const firstTickets = 400;

/** A SQLite file with a table of 400 tickets. Several share an update time, so that a page may end between them. */
export async function makeTicketDatabase(filename: string): Promise<void> {
  await writeTickets(filename, async (trx) => {
    await trx.schema.createTable('ticket', (t) => {
      for (const column of columns) t.text(column);
      t.text('updated_at');
      t.primary(['id']);
    });
    await insertTickets(trx, 0, firstTickets);
  });
}

/**
 * What happens between two pulls: 1,600 tickets are opened and every third of the others is changed; one that could not be read can
 * be, another says something else and still cannot.
 * @returns how many tickets that are
 */
export async function changeTickets(filename: string): Promise<number> {
  let changed = 0;
  await writeTickets(filename, async (trx) => {
    await insertTickets(trx, firstTickets, rows);
    for (let i = 0; i < firstTickets; i += 3, changed++) {
      // Of the four without a day of receipt this one is among those that are changed.
      const mended = i === 207 ? { received: instant(i * 1800) } : {};
      await trx('ticket')
        .where({ id: ticket(i, i).id })
        .update({ text: `It came late a third time ${i}`, updated_at: instant((rows + changed) * 60), ...mended });
    }
    // Still not to be read, and not as it was.
    await trx('ticket')
      .where({ id: ticket(0, 110).id })
      .update({ text: 'It came never', updated_at: instant((2 * rows + 1) * 60) });
    changed += 1;
  });
  return rows - firstTickets + changed;
}

async function writeTickets(filename: string, work: (trx: Knex.Transaction) => Promise<void>): Promise<void> {
  const knex = createKnex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
  try {
    await knex.transaction(work);
  } finally {
    await knex.destroy();
  }
}

async function insertTickets(trx: Knex.Transaction, first: number, end: number): Promise<void> {
  const all = Array.from({ length: end - first }, (_, i) => first + i).map((i) => ({
    ...ticket(i, i),
    updated_at: instant(Math.floor(i / 7) * 60),
  }));
  for (let from = 0; from < all.length; from += 80) await trx('ticket').insert(all.slice(from, from + 80));
}

function ticket(row: number, key: number): Record<(typeof columns)[number], string> {
  const received = key * 1800;
  return {
    id: `K${String(key).padStart(5, '0')}`,
    received: key % 97 === 13 ? 'never' : instant(received),
    acknowledged: key % 5 === 0 ? '' : instant(received + 600),
    // Some lie before their arrival and are flagged.
    resolved: key % 89 === 7 ? instant(received - 86_400) : key % 3 === 0 ? '' : instant(received + 86_400),
    issue: `issue ${key % 40}`,
    product: `product ${key % 11}`,
    // Customers come back, so that what is in the store decides whether a case is a repeat.
    customer: `customer ${key % 450}`,
    text: `It came late again ${row}`,
    redress: key % 50 === 0 ? '12.50' : '',
    score: key % 4 === 1 ? String((key % 5) + 1) : '',
  };
}

function instant(seconds: number): string {
  return new Date((1_700_000_000 + seconds) * 1000).toISOString();
}
