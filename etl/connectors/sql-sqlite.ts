import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import knex from 'knex';
import type { Database } from 'sqlite3';
import { BadInput, didYouMean, SourceFailed } from '../errors.ts';
import { checkColumns } from './sql-columns.ts';
import { columnName, fromClause, pageClause, type PageRequest, type SqlDatabase, type SqlPlan, type SqlRow } from './sql-database.ts';

type Cell = string | number | Buffer | null;

const quiet = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };
const defaultOverlap = 600;
const isoTime = /^(\d{4}-\d\d-\d\d)(?:([T ])(\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/;

/**
 * A table or query of a SQLite file, opened so that nothing can be written to it and it is never created. Integers are exact. A
 * watermark is a number or a time as text (`2026-01-31 15:05:00`, also with T, fraction and offset), which SQLite compares as text.
 * @param file absolute path
 * @throws SourceFailed when there is no such file
 */
export function openSqlite(plan: SqlPlan, file: string): SqlDatabase {
  if (!existsSync(file)) throw new SourceFailed(plan.name, missing(file), { retriable: false });
  const timeoutMs = Math.round(plan.timeoutSeconds * 1000);
  let connection: Database | null = null;
  const db = knex({
    client: 'sqlite3',
    // Knex adds the flags to read, write and create; the address says read only, and that holds.
    connection: { filename: `${pathToFileURL(file).href}?mode=ro`, flags: ['OPEN_URI'] },
    useNullAsDefault: true,
    log: quiet,
    pool: {
      min: 0,
      max: 1,
      afterCreate(opened: Database, done: (error: Error | null, connection: Database) => void) {
        connection = opened;
        opened.configure('busyTimeout', Math.min(timeoutMs, 10_000));
        opened.exec('pragma query_only = on', (error) => done(error, opened));
      },
    },
  });
  let names: string[] = [];
  const binary = new Set<string>();

  async function ask(sql: string, bindings: (string | number)[]): Promise<Record<string, Cell>[]> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      connection?.interrupt();
    }, timeoutMs);
    try {
      return await db.raw<Record<string, Cell>[]>(...named(sql, bindings));
    } catch (error) {
      throw isLate ? late(plan) : await sqliteError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async function sqliteError(error: unknown): Promise<Error> {
    if (!(error instanceof Error)) return new Error('SQLite failed without a reason');
    const [, code = '', words = ''] = /(SQLITE_[A-Z_]+): (.*)$/s.exec(error.message) ?? [];
    const fail = (message: string, retriable: boolean) =>
      new SourceFailed(plan.name, `${path.basename(file)} ${message}`, { retriable, cause: new Error(code || error.name) });
    if (/^no such table/.test(words)) {
      const tables = await db.raw<{ name: string }[]>("select name from sqlite_master where type in ('table', 'view') order by name");
      const known = tables.map((table) => table.name);
      const near = didYouMean(plan.table ?? words.slice(words.indexOf(': ') + 2), known);
      return new BadInput([{ field: plan.table === null ? 'query' : 'table', message: `${words}${near}; there are ${known.join(', ') || 'none'}` }]); // prettier-ignore
    }
    if (code === 'SQLITE_READONLY') return new BadInput([{ field: 'query', message: 'it writes to the database; only queries that read can be used' }]); // prettier-ignore
    if (code === 'SQLITE_ERROR') return new BadInput([{ field: 'query', message: words }]);
    if (code === 'SQLITE_NOTADB') return fail('is no SQLite database', false);
    if (code === 'SQLITE_CORRUPT') return fail('is damaged; check it with: sqlite3 FILE "pragma integrity_check"', false);
    if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED') return fail('is locked by another program', true);
    if (code === 'SQLITE_CANTOPEN') return fail('cannot be opened; is it a file this program may read?', false);
    return fail(`cannot be read${code ? ` (${code})` : ''}`, false);
  }

  async function columns(): Promise<string[]> {
    const from = fromClause(plan);
    // One row of nulls when there is none, since columns are only seen on a row.
    const [row = {}] = await ask(
      `select probe.* from (select 1) left join (select * from ${from.sql} limit 0) as probe on true`,
      from.bindings,
    );
    names = Object.keys(row);
    checkColumns(plan, names);
    return names;
  }

  async function page(request: PageRequest): Promise<SqlRow[]> {
    const from = fromClause(plan);
    const order = request.part === 'marked' && plan.watermark !== null ? [plan.watermark, ...plan.key] : plan.key;
    // Integers may be too large for a JavaScript number; of binary values only that they are there is asked.
    const cells = names.map((name, i) => {
      const column = columnName(name);
      return `case typeof(${column}) when 'integer' then cast(${column} as text) when 'blob' then x'00' else ${column} end as c${i}`;
    });
    const places = order.map((name, i) => `quote(${columnName(name)}) as p${i}`);
    const rest = pageClause(plan, request, bound, lowerBound(request.from));
    const rows = await ask(`select ${[...cells, ...places].join(', ')} from ${from.sql} ${rest.sql}`, [...from.bindings, ...rest.bindings]);
    return rows.map((row) => {
      const values: Record<string, string> = {};
      names.forEach((name, i) => {
        const cell = row[`c${i}`] ?? null;
        if (cell instanceof Uint8Array) binary.add(name);
        values[name] = cell === null || cell instanceof Uint8Array ? '' : String(cell);
      });
      return { values, place: order.map((_, i) => String(row[`p${i}`])) };
    });
  }

  function overlapAt(watermark: string): number {
    const isTime = watermark.startsWith("'") && timeOf(unquote(watermark)) !== null;
    if (watermark.startsWith("'") && !isTime && plan.overlap)
      throw new BadInput([{ field: 'overlap', message: `goes with times and numbers; "${plan.watermark ?? ''}" is neither` }]);
    return plan.overlap ?? (isTime ? defaultOverlap : 0);
  }

  function lowerBound(from: string | null): { sql: string; bindings: (string | number)[] } | null {
    if (from === null) return null;
    if (from.startsWith("'")) return { sql: '?', bindings: [minus(unquote(from), overlapAt(from)) ?? unquote(from)] };
    const { sql, binding } = bound(from);
    return { sql: `${sql} - ?`, bindings: [binding, overlapAt(from)] };
  }

  return {
    columns,
    page,
    async countKeyless() {
      const from = fromClause(plan);
      const condition = plan.key.map((name) => `${columnName(name)} is null`).join(' or ');
      const [row] = await ask(`select count(*) as n from ${from.sql} where ${condition}`, from.bindings);
      return Number(row?.n ?? 0);
    },
    overlapAt,
    timeOf(watermark) {
      if (!watermark.startsWith("'")) return null;
      const ms = timeOf(unquote(watermark));
      return ms === null ? null : ms / 1000;
    },
    notes: () => (binary.size ? [`binary values are left empty: ${[...binary].join(', ')}`] : []),
    close: () => db.destroy(),
  };
}

/** With bindings by name: for SQLite Knex leaves the backslash of a question mark that is none of them. */
function named(sql: string, bindings: (string | number)[]): [string, Record<string, string | number>] {
  const values: Record<string, string | number> = {};
  let count = 0;
  const text = sql.replace(/\\\?|\?\??/g, (mark) => {
    if (mark.startsWith('\\')) return '?';
    const name = `silverlining_${count}`;
    values[name] = bindings[count++] ?? '';
    return mark === '??' ? `:${name}:` : `:${name}`;
  });
  return [text, values];
}

function late(plan: SqlPlan): SourceFailed {
  const message = `a query took longer than ${plan.timeoutSeconds} seconds and was ended; raise timeout_seconds, or give the table an index on watermark and key`;
  return new SourceFailed(plan.name, message, { retriable: true });
}

function missing(file: string): string {
  const folder = path.dirname(file);
  const near = existsSync(folder) ? didYouMean(path.basename(file), readdirSync(folder)) : '; nor is there the folder';
  return `there is no file ${path.basename(file)} in ${folder}${near}`;
}

/** A value as `quote()` writes it. */
function bound(literal: string): { sql: string; binding: string } {
  if (literal.startsWith("'")) return { sql: '?', binding: unquote(literal) };
  if (/^x'/i.test(literal)) throw new BadInput([{ field: 'key', message: 'a binary value stands in key or watermark; take a column of numbers or texts' }]); // prettier-ignore
  return { sql: /^-?\d+$/.test(literal) ? 'cast(? as integer)' : 'cast(? as real)', binding: literal };
}

function unquote(literal: string): string {
  return literal.slice(1, -1).replaceAll("''", "'");
}

/** Milliseconds since 1970; a text without an offset counts as UTC. */
function timeOf(text: string): number | null {
  const [, date, , minutes = '00:00', seconds = '00', offset = 'Z'] = isoTime.exec(text) ?? [];
  if (date === undefined) return null;
  const ms = Date.parse(`${date}T${minutes}:${seconds}${offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(ms) ? null : ms;
}

/** A text that comes before every time from `seconds` before this one on, in the same form; null when it is no time. */
function minus(text: string, seconds: number): string | null {
  const [, date, separator, minutes = '00:00', second = '00'] = isoTime.exec(text) ?? [];
  if (date === undefined) return null;
  const ms = Date.parse(`${date}T${minutes}:${second}Z`);
  if (Number.isNaN(ms)) return null;
  const earlier = new Date(ms - seconds * 1000).toISOString();
  return separator === undefined ? earlier.slice(0, 10) : `${earlier.slice(0, 10)}${separator}${earlier.slice(11, 19)}`;
}
