import type { MeasureName } from '../queries/model/measures.ts';
import { emptyWhere, queryOf, type Query } from '../queries/model/query.ts';
import type { TableJson } from '../queries/model/wire.ts';

/** The 24 months the panels are about, both days inclusive. */
export const panelDays = { from: '2023-07-01', to: '2025-06-30' } as const;
/** The products they are about, by code; and complaints only. */
export const panelProducts = [1, 2, 3] as const;

/** What a panel shows as whole numbers, by key: dates as they are, members by their codes, parts of a key parted by a blank. */
export type Integers = Record<string, number[]>;

/** One of the nine panels of the bench: what is asked, and what of the answer must be the same in every system. */
export interface Panel {
  /** Names its statement in duckdb.sql, too. */
  name: string;
  query: Query;
  integersOf: (row: TableJson['rows'][number]) => number[];
}

const where = {
  ...emptyWhere(),
  members: { kind: ['complaint'], product: panelProducts.map((code) => `product ${code}`) },
};
const about = (measures: MeasureName[], rest: Partial<Query>): Query => queryOf({ measures, ...panelDays, where, ...rest });
type Row = TableJson['rows'][number];
const count = (name: string) => (row: Row) => [Number(row[name])];
const share = (name: string) => (row: Row) => [Number(row[`${name}_n`]), Math.round(Number(row[name]) * Number(row[`${name}_n`]))];
const minutes = (days: unknown) => Math.round(Number(days) * 1440);

/** In the order of the design: DESIGN §7. */
export const panels: readonly Panel[] = [
  { name: 'received by month', query: about(['received'], { grain: 'month' }), integersOf: count('received') },
  { name: 'received by issue, top 20', query: about(['received'], { by: ['issue'], limit: 20 }), integersOf: count('received') },
  {
    name: 'issue by month, top 10',
    query: about(['received'], { by: ['issue'], grain: 'month', limit: 10 }),
    integersOf: count('received'),
  },
  {
    name: 'resolution p50 and p90 by month',
    query: about(['resolution_days_p50', 'resolution_days_p90'], { grain: 'month' }),
    integersOf: (row) => [minutes(row.resolution_days_p50), minutes(row.resolution_days_p90), Number(row.resolution_days_p50_n)],
  },
  { name: 'on time by due month', query: about(['on_time_rate'], { grain: 'month' }), integersOf: share('on_time_rate') },
  { name: 'open by month', query: about(['open'], { grain: 'month' }), integersOf: count('open') },
  { name: 'satisfied by month', query: about(['csat_rate'], { grain: 'month' }), integersOf: share('csat_rate') },
  { name: 'received by channel and team', query: about(['received'], { by: ['channel', 'team'] }), integersOf: count('received') },
  {
    name: 'redress by product',
    query: about(['redress_amount'], { by: ['product'] }),
    integersOf: (row) => [Math.round(Number(row.redress_amount) * 100), Number(row.redress_amount_n)],
  },
];

/** The whole numbers of a panel's table; what a limit leaves over is left out, and so are members nothing is about. */
export function integersOfTable({ query, integersOf }: Panel, table: TableJson | undefined): Integers {
  const found: Integers = {};
  for (const row of table?.rows ?? []) {
    const members = query.by.map((name) => String(row[name]));
    if (members.includes('(other)')) continue;
    const values = integersOf(row);
    if (values[0] !== 0) found[[...members.map(codeIn), ...(query.grain ? [String(row.period)] : [])].join(' ')] = values;
  }
  return found;
}

/** Where two systems differ, in words; null where they agree. */
export function differenceOf(panel: string, ours: Integers, theirs: Integers): string | null {
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  for (const key of keys)
    if (ours[key]?.join() !== theirs[key]?.join())
      return `${panel}, ${key}: ${ours[key]?.join() ?? 'nothing'} against ${theirs[key]?.join() ?? 'nothing'}`;
  return null;
}

/** Members of the bench's labels are named after their code. */
function codeIn(member: string): string {
  return member.replace(/^\D+/, '');
}
