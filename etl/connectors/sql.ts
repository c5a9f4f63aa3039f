import type { Extract, PullConnector, ReadContext } from '../connector.ts';
import { BadInput } from '../errors.ts';
import { anewNote } from './fingerprint.ts';
import { askedFor, readCursor, writeCursor, type SqlCursor } from './sql-cursor.ts';
import type { PageRequest, SqlDatabase, SqlPlan, SqlRow } from './sql-database.ts';
import { sqlOptions, type SqlOptions } from './sql-options.ts';
import { openPostgresql } from './sql-postgresql.ts';
import { openSqlite } from './sql-sqlite.ts';

/**
 * A table or query of PostgreSQL or SQLite, read page by page in the order of watermark and key, so that ties lose nothing. With a
 * watermark a read goes on from the last one minus the overlap, and reads rows without a watermark after the others, all of them each
 * time; without one it reads every row. A watermark later than the start of the read is read but never gone on from, since what is
 * written until then would be passed over. `line` of a row is its number within the read.
 */
export const sql: PullConnector<SqlOptions> = {
  kind: 'pull',
  name: 'sql',
  description: 'Table or query of a PostgreSQL or SQLite database, only ever read',
  options: sqlOptions,
  read: readSql,
};

async function* readSql(options: SqlOptions, since: string | null, context: ReadContext): AsyncGenerator<Extract> {
  const plan = planOf(options);
  const asked = askedFor(plan, options);
  const known = since === null ? null : readCursor(since, asked);
  const started = known ?? { after: null, nulls: null };
  const batchRows = Math.min(options.batch_rows, context.firstRows ?? options.batch_rows);
  const database = open(plan, options);
  try {
    const header = await database.columns();
    const keyless = await database.countKeyless();
    const warnings = since !== null && !known ? [anewNote] : [];
    if (keyless)
      warnings.push(`${keyless} ${keyless === 1 ? 'row has' : 'rows have'} no value in ${plan.key.join(', ')} and cannot be read`);
    let line = 0;
    let bytes = 0;
    let ahead = 0;
    const cursor: SqlCursor = { ...started };

    const extract = (rows: SqlRow[]): Extract => {
      for (const row of rows) for (const name of header) bytes += row.values[name]?.length ?? 0;
      const notes = [...warnings, ...database.notes()];
      if (ahead)
        notes.push(
          `${ahead.toLocaleString('en')} ${ahead === 1 ? 'row has' : 'rows have'} a time in ${plan.watermark} that is ahead of our clock; they are loaded, and read again in every run until then: check the clock of the database, and whether the times of the column are UTC`,
        );
      return {
        header,
        rows: rows.map(({ values }) => ({ line: ++line, values })),
        broken: [],
        cursor: writeCursor(asked, cursor),
        bytes,
        ...(notes.length ? { notice: notes.join('; ') } : {}),
      };
    };

    const begun = context.now();
    const part: PageRequest['part'] = plan.watermark === null ? 'all' : 'marked';
    const last = plan.watermark === null ? undefined : started.after?.[0];
    const from = last !== undefined && database.overlapAt(last) > 0 ? last : null;
    const first = from === null ? started.after : null;
    for await (const { rows, isLast } of pages(database, plan, { part, after: first, from }, batchRows, context)) {
      for (const row of rows) {
        const at = part === 'marked' ? database.timeOf(row.place[0] ?? '') : null;
        if (at !== null && at > context.now()) ahead++;
        if (at === null || at <= begun) cursor.after = row.place;
      }
      // Without a watermark the next read begins anew.
      if (isLast && part === 'all') cursor.after = null;
      if (rows.length || (isLast && part === 'all')) yield extract(rows);
    }
    if (part === 'all') return;
    for await (const { rows, isLast } of pages(
      database,
      plan,
      { part: 'unmarked', after: started.nulls, from: null },
      batchRows,
      context,
    )) {
      cursor.nulls = isLast ? null : (rows.at(-1)?.place ?? cursor.nulls);
      if (rows.length || isLast) yield extract(rows);
    }
  } finally {
    await database.close();
  }
}

/** @throws BadInput when two neighbours have the same place, so that a page may end between them */
async function* pages(
  database: SqlDatabase,
  plan: SqlPlan,
  start: Pick<PageRequest, 'part' | 'after' | 'from'>,
  limit: number,
  { signal }: ReadContext,
): AsyncGenerator<{ rows: SqlRow[]; isLast: boolean }> {
  let { after, from } = start;
  for (;;) {
    signal?.throwIfAborted();
    const rows = await database.page({ part: start.part, after, from, limit: limit + 1 });
    const isLast = rows.length <= limit;
    const [next] = rows.splice(limit, 1);
    const last = rows.at(-1);
    if (next && last && next.place.every((part, i) => part === last.place[i])) {
      const message = `several rows have the same ${plan.key.join(', ')}; name columns that tell rows apart, e.g. key: [${[...plan.key, 'another_column'].join(', ')}]`;
      throw new BadInput([{ field: 'key', message }]);
    }
    yield { rows, isLast };
    if (isLast) return;
    after = last?.place ?? after;
    from = null;
  }
}

function planOf(options: SqlOptions): SqlPlan {
  return {
    name: 'database',
    table: options.table ?? null,
    query: options.query ?? null,
    key: typeof options.key === 'string' ? [options.key] : options.key,
    watermark: options.watermark ?? null,
    overlap: options.overlap ?? null,
    timeoutSeconds: options.timeout_seconds,
  };
}

function open(plan: SqlPlan, { database, file }: SqlOptions): SqlDatabase {
  return file === undefined ? openPostgresql(plan, database ?? '') : openSqlite(plan, file);
}
