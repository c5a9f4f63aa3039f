/** One row as text, and its place in the order of reading. */
export interface SqlRow {
  values: Record<string, string>;
  /** Watermark (where there is one) and key, as the database writes them. */
  place: string[];
}

export interface PageRequest {
  /** Rows with a watermark, in the order of watermark and key; those without one, in the order of the key; all, where none is named. */
  part: 'marked' | 'unmarked' | 'all';
  /** Only rows after this place. */
  after: string[] | null;
  /** Only rows whose watermark is not before this one minus the overlap. */
  from: string | null;
  limit: number;
}

/** A table or query of a database, only ever read. */
export interface SqlDatabase {
  /** @throws BadInput when key or watermark are none of them */
  columns(): Promise<string[]>;
  page(request: PageRequest): Promise<SqlRow[]>;
  /** Rows that cannot be read since a part of their key is null. */
  countKeyless(): Promise<number>;
  /** How far before this watermark a read begins, in seconds or its own unit. @throws BadInput when an overlap is configured that its type cannot have */
  overlapAt(watermark: string): number;
  /** When a watermark is, in seconds since 1970 UTC as far as it tells; null for one that is no time. */
  timeOf(watermark: string): number | null;
  /** What a person should know of the rows read so far, as binary columns left out. */
  notes(): string[];
  close(): Promise<void>;
}

/** What a source reads: from where, in which order. */
export interface SqlPlan {
  /** Name of the source or database, for messages; without secrets. */
  name: string;
  table: string | null;
  query: string | null;
  key: string[];
  watermark: string | null;
  /** Null for what suits the type of the watermark. */
  overlap: number | null;
  timeoutSeconds: number;
}

/** Where the rows come from, as a part of a statement for Knex: `?` of a query stand escaped. */
export function fromClause({ table, query }: SqlPlan): { sql: string; bindings: string[] } {
  if (query !== null) return { sql: `(${query.replace(/[\s;]+$/, '').replace(/\?/g, '\\?')}\n) as source_rows`, bindings: [] };
  return { sql: '?? as source_rows', bindings: [table ?? ''] };
}

/** A column in a statement for Knex. Its own `??` takes a dot in a name for the end of a table's name. */
export function columnName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`.replaceAll('?', '\\?');
}

/** Conditions and order of a page. @param bound how a value of a place stands in the statement: with one `?`, and what is bound to it */
export function pageClause(
  plan: SqlPlan,
  request: PageRequest,
  bound: (text: string) => { sql: string; binding: string },
  lowerBound: { sql: string; bindings: (string | number)[] } | null,
): { sql: string; bindings: (string | number)[] } {
  const { key, watermark } = plan;
  const columns = (request.part === 'marked' && watermark !== null ? [watermark, ...key] : key).map(columnName);
  const conditions = key.map((name) => `${columnName(name)} is not null`);
  const bindings: (string | number)[] = [];
  if (request.part !== 'all' && watermark !== null)
    conditions.push(`${columnName(watermark)} is ${request.part === 'marked' ? 'not ' : ''}null`);
  if (lowerBound && watermark !== null) {
    conditions.push(`${columnName(watermark)} >= ${lowerBound.sql}`);
    bindings.push(...lowerBound.bindings);
  }
  if (request.after) {
    const values = request.after.map(bound);
    conditions.push(`(${columns.join(', ')}) > (${values.map((v) => v.sql).join(', ')})`);
    bindings.push(...values.map((v) => v.binding));
  }
  return { sql: `where ${conditions.join(' and ')} order by ${columns.join(', ')} limit ?`, bindings: [...bindings, request.limit] };
}
