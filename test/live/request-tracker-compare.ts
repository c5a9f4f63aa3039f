import type { Store } from '../../etl/store/open.ts';
import { severities, statuses } from '../../etl/record.ts';
import type { Tickets, Truth } from './request-tracker-truth.ts';

/** How one field of all cases compares with the source. */
export interface Compared {
  field: string;
  /** Tickets compared. */
  tickets: number;
  /** Of these, tickets with a value other than nothing and 0, in the source or the store. */
  values: number;
  /** Numbers of the tickets whose values differ, with both. */
  differences: string[];
}

interface CaseRow extends Record<string, unknown> {
  source_id: string;
}

/** Compares every case of a store with what the source's own tables say, field by field, and looks for tickets that must not be there. */
export async function compareCases(store: Store, { present, deleted, merged, moved }: Tickets): Promise<Compared[]> {
  const cases = await store
    .reader('case_fact as c')
    .leftJoin('label as a', (on) => on.on('a.code', 'c.agent').andOnVal('a.dimension', 'agent'))
    .leftJoin('label as p', (on) => on.on('p.code', 'c.product').andOnVal('p.dimension', 'product'))
    .leftJoin('label as i', (on) => on.on('i.code', 'c.issue').andOnVal('i.dimension', 'issue'))
    .leftJoin('label as h', (on) => on.on('h.code', 'c.channel').andOnVal('h.dimension', 'channel'))
    .leftJoin('case_text as t', (on) => on.on('t.case_id', 'c.case_id').andOn('t.shard_key', 'c.shard_key'))
    .leftJoin('survey_fact as s', (on) => on.on('s.case_id', 'c.case_id').andOn('s.shard_key', 'c.shard_key'))
    .select<CaseRow[]>(
      'c.*', 'a.name as agent_name', 'p.name as product_name', 'i.name as issue_name', 'h.name as channel_name', 't.customer_ref', 't.title', 's.score',
    ); // prettier-ignore
  const byId = new Map(cases.map((row) => [Number(row.source_id), row]));
  const unknown = [...byId.keys()].filter((id) => !present.has(id));
  const absent = Object.entries({ deleted, merged, 'moved away': moved }).map(([what, ids]): Compared => {
    const differences = ids.filter((id) => byId.has(id)).map((id) => `${id} is in the store`);
    return { field: `${what}: not there`, tickets: ids.length, values: ids.length, differences };
  });
  const missing = [...present.keys()].filter((id) => !byId.has(id)).map((id) => `${id} is missing`);
  const there: Compared = {
    field: 'all others: there',
    tickets: present.size,
    values: present.size,
    differences: [...missing, ...unknown.filter((id) => ![...deleted, ...merged, ...moved].includes(id)).map((id) => `${id} is not known`)],
  };
  const fields = Object.entries(fieldsOfStore).map(([name, ours]): Compared => {
    const compared: Compared = { field: name.replace('_', ' '), tickets: 0, values: 0, differences: [] };
    for (const [id, truth] of present) {
      const row = byId.get(id);
      if (!row) continue;
      const [here, expected] = [ours(row), truth[name as keyof Truth]];
      compared.tickets += 1;
      if (here || expected) compared.values += 1;
      if (here !== expected) compared.differences.push(`${id}: store ${String(here)}, Request Tracker ${String(expected)}`);
    }
    return compared;
  });
  return [there, ...absent, ...fields];
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

const fieldsOfStore: Record<keyof Truth, (row: CaseRow) => string | number | null> = {
  status: (row) => statuses[Number(row.status) - 1] ?? null,
  owner: (row) => (row.agent === 0 ? null : text(row.agent_name)),
  product: (row) => (row.product === 0 ? null : text(row.product_name)),
  issue: (row) => (row.issue === 0 ? null : text(row.issue_name)),
  channel: (row) => (row.channel === 0 ? null : text(row.channel_name)),
  severity: (row) => severities[Number(row.severity) - 1] ?? null,
  title: (row) => text(row.title),
  received: (row) => number(row.received_at),
  resolved: (row) => number(row.resolved_at),
  closed: (row) => number(row.closed_at),
  due: (row) => number(row.due_at),
  first_response: (row) => number(row.first_response_at),
  first_resolved: (row) => number(row.first_resolved_at),
  first_reopened: (row) => number(row.first_reopened_at),
  first_escalated: (row) => number(row.first_escalated_at),
  reopens: (row) => number(row.reopen_count),
  handovers: (row) => number(row.reassign_count),
  satisfaction: (row) => number(row.score),
  customer: (row) => text(row.customer_ref),
};

/** A table of what was compared, one line a field, differences below their field. */
export function tableOf(title: string, compared: readonly Compared[]): string {
  const line = (field: string, ...columns: (string | number)[]): string =>
    `  ${field.padEnd(22)}${columns.map((column) => String(column).padStart(12)).join('')}`;
  return [
    title,
    line('field', 'tickets', 'with value', 'mismatches'),
    ...compared.flatMap((c) => [line(c.field, c.tickets, c.values, c.differences.length), ...c.differences.map((d) => `      ${d}`)]),
  ].join('\n');
}
