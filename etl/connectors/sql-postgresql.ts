import knex, { type Knex } from 'knex';
import { BadInput, didYouMean } from '../errors.ts';
import { checkColumns } from './sql-columns.ts';
import { columnName, fromClause, pageClause, type PageRequest, type SqlDatabase, type SqlPlan, type SqlRow } from './sql-database.ts';
import { postgresqlError } from './sql-postgresql-errors.ts';

interface Result {
  fields: { name: string; dataTypeID: number }[];
  rows: Record<string, string | null>[];
}

// Knex writes to the console on its own; whatever goes wrong is thrown as well.
const quiet = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };

/** Of `pg_type`. */
const oid = { bool: 16, bytea: 17, date: 1082, timestamp: 1114, timestamptz: 1184 };
const numbers: Record<number, string> = { 20: 'bigint', 21: 'bigint', 23: 'bigint', 700: 'float8', 701: 'float8', 1700: 'numeric' };
const times: Record<number, string> = { [oid.date]: 'timestamp', [oid.timestamp]: 'timestamp', [oid.timestamptz]: 'timestamptz' };
const defaultOverlap = 600;

/**
 * A table or query of a PostgreSQL server. Every page is a transaction of its own that cannot write, with a limit on its time; values
 * come as the server writes them, so that numbers and microseconds are exact.
 * @param url as postgres://user:password@host:5432/name
 * @throws BadInput when it is none
 */
export function openPostgresql(plan: SqlPlan, url: string): SqlDatabase {
  const place = placeOf(url);
  const timeoutMs = Math.round(plan.timeoutSeconds * 1000);
  const db = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'silverlining',
      connectionTimeoutMillis: timeoutMs,
      // A server that is gone without a word would be waited for until the system gives up.
      query_timeout: timeoutMs + 5_000,
      types: { getTypeParser: () => (text: string | Buffer) => text.toString() },
    } as Knex.PgConnectionConfig,
    pool: { min: 0, max: 1 },
    log: quiet,
    acquireConnectionTimeout: timeoutMs + 5_000,
  });
  let types = new Map<string, number>();
  const binary = new Set<string>();

  async function ask(sql: string, bindings: (string | number)[]): Promise<Result> {
    try {
      return await db.transaction(async (trx) => {
        await trx.raw(
          `set transaction read only; set local statement_timeout = ${timeoutMs}; set local time zone 'UTC'; set local datestyle = 'ISO'; set local bytea_output = 'hex'`,
        );
        return await trx.raw<Result>(sql, bindings);
      });
    } catch (error) {
      throw await postgresqlError(error, { name: plan.name, place, timeoutSeconds: plan.timeoutSeconds, near: nearTables });
    }
  }

  async function nearTables(): Promise<string> {
    const { rows } = await db.raw<Result>(
      "select case table_schema when 'public' then table_name else table_schema || '.' || table_name end as name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') order by 1 limit 1000",
    );
    return didYouMean(plan.table ?? '', rows.map((row) => row.name ?? '')); // prettier-ignore
  }

  async function columns(): Promise<string[]> {
    const from = fromClause(plan);
    const { fields } = await ask(`select * from ${from.sql} limit ?`, [...from.bindings, 0]);
    const names = fields.map((field) => field.name);
    checkColumns(plan, names);
    types = new Map(fields.map((field) => [field.name, field.dataTypeID]));
    for (const { name, dataTypeID } of fields) if (dataTypeID === oid.bytea) binary.add(name);
    return names;
  }

  async function page(request: PageRequest): Promise<SqlRow[]> {
    const from = fromClause(plan);
    const rest = pageClause(plan, request, (text) => ({ sql: '?', binding: text }), lowerBound(request.from));
    // What is left out need not be sent.
    const wanted = binary.size ? [...types.keys()].filter((name) => !binary.has(name)) : null;
    const list = wanted ? wanted.map(columnName).join(', ') : '*';
    const { rows } = await ask(`select ${list} from ${from.sql} ${rest.sql}`, [...from.bindings, ...rest.bindings]);
    const order = request.part === 'marked' && plan.watermark !== null ? [plan.watermark, ...plan.key] : plan.key;
    return rows.map((row) => ({ values: textsOf(row), place: order.map((name) => row[name] ?? '') }));
  }

  function lowerBound(from: string | null): { sql: string; bindings: (string | number)[] } | null {
    if (from === null || plan.watermark === null) return null;
    const type = types.get(plan.watermark) ?? 0;
    const time = times[type];
    const number = numbers[type];
    const overlap = overlapAt();
    if (time) return { sql: `(?::${time} - make_interval(secs => ?))`, bindings: [from, overlap] };
    if (number) return { sql: number === 'bigint' ? 'floor(?::numeric - ?::numeric)::bigint' : `(?::${number} - ?::${number})`, bindings: [from, overlap] }; // prettier-ignore
    return { sql: '?', bindings: [from] };
  }

  function overlapAt(): number {
    const type = types.get(plan.watermark ?? '') ?? 0;
    if (plan.overlap && !times[type] && !numbers[type])
      throw new BadInput([{ field: 'overlap', message: `goes with times and numbers; "${plan.watermark ?? ''}" is neither` }]);
    return plan.overlap ?? (times[type] ? defaultOverlap : 0);
  }

  async function cannotBeNull(table: string): Promise<boolean> {
    const name = table.split('.').map(columnName).join('.');
    const list = plan.key.map(() => '?').join(', ');
    const { rows } = await ask(
      `select count(*) as n from pg_attribute where attrelid = to_regclass(?) and attnotnull and attname in (${list})`,
      [name.replaceAll('\\?', '?'), ...plan.key],
    );
    return Number(rows[0]?.n ?? 0) === plan.key.length;
  }

  function textsOf(row: Record<string, string | null>): Record<string, string> {
    const values: Record<string, string> = {};
    for (const [name, type] of types) values[name] = textOf(row[name] ?? null, type);
    return values;
  }

  return {
    columns,
    page,
    async countKeyless() {
      // Looking through a large table for what it cannot hold would take minutes.
      if (plan.table !== null && (await cannotBeNull(plan.table))) return 0;
      const from = fromClause(plan);
      const condition = plan.key.map((name) => `${columnName(name)} is null`).join(' or ');
      const { rows } = await ask(`select count(*) as n from ${from.sql} where ${condition}`, from.bindings);
      return Number(rows[0]?.n ?? 0);
    },
    overlapAt,
    timeOf(watermark) {
      if (/^-?infinity$/.test(watermark)) return watermark.startsWith('-') ? -Infinity : Infinity;
      const type = types.get(plan.watermark ?? '') ?? 0;
      if (!times[type]) return null;
      const text = textOf(watermark, type);
      const ms = Date.parse(type === oid.timestamp ? `${text}Z` : text);
      return Number.isNaN(ms) ? null : ms / 1000;
    },
    notes: () => (binary.size ? [`binary columns are left empty: ${[...binary].join(', ')}`] : []),
    close: () => db.destroy(),
  };
}

function textOf(value: string | null, type: number): string {
  if (value === null) return '';
  if (type === oid.bool) return value === 't' ? 'true' : 'false';
  if (type === oid.timestamp) return value.replace(' ', 'T');
  // In UTC by the setting above: 2026-01-31 15:05:00.25+00.
  if (type === oid.timestamptz) return value.replace(' ', 'T').replace(/\+00$/, '+00:00');
  return value;
}

/** Host and database, for messages. */
function placeOf(url: string): string {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) {
    const { host, pathname, searchParams } = new URL(url);
    return `${decodeURIComponent(pathname.slice(1)) || 'the database'} on ${host || searchParams.get('host') || 'this machine'}`;
  }
  throw new BadInput([{ field: 'database', message: 'the secret is no address of a database; it looks like postgres://user:password@host:5432/name' }]); // prettier-ignore
}
