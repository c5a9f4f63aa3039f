import { RecordBatchReader, Table, type Field } from 'apache-arrow';
import type { MeasureName } from '../queries/model/measures.ts';
import type { Column, ColumnRole, ColumnType, LimitsJson, Note, ParetoJson, Row, TableJson, Value } from '../queries/model/wire.ts';

/**
 * Reads Arrow IPC streams that lie back to back, one a table, with what their metadata says: a field's `label`, `unit`, `type`, `role` and
 * `measure`; the schema's `asOf`, `windows`, `notes`, `limits` and `pareto`.
 * @throws Error when the bytes are not such streams
 */
export function decodeTables(bytes: Uint8Array): TableJson[] {
  const tables: TableJson[] = [];
  // Each stream must be read before the reader moves on to the next.
  for (const reader of RecordBatchReader.readAll(bytes)) tables.push(decode(new Table(reader.open().schema, [...reader])));
  return tables;
}

function decode(table: Table): TableJson {
  const { fields, metadata } = table.schema;
  const columns = fields.map(columnOf);
  const vectors = columns.map((column) => table.getChild(column.name));
  // Column by column into plain objects: row proxies make Vega three times slower.
  const rows: Row[] = Array.from({ length: table.numRows }, () => ({}));
  for (const [c, column] of columns.entries()) {
    const vector = vectors[c];
    for (const [i, row] of rows.entries()) row[column.name] = valueOf(vector?.get(i), column.type);
  }
  const limits = metadata.get('limits');
  const pareto = metadata.get('pareto');
  return {
    columns,
    rows,
    windows: JSON.parse(metadata.get('windows') ?? '{}') as TableJson['windows'],
    notes: JSON.parse(metadata.get('notes') ?? '[]') as Note[],
    ...(limits !== undefined && { limits: JSON.parse(limits) as LimitsJson[] }),
    asOf: metadata.get('asOf') ?? '',
    ...(pareto !== undefined && { pareto: JSON.parse(pareto) as ParetoJson }),
  };
}

function columnOf({ name, metadata }: Field): Column {
  // The server writes these from the same declarations; see server/formats.ts.
  return {
    name,
    label: metadata.get('label') ?? name,
    unit: (metadata.get('unit') || null) as Column['unit'],
    type: (metadata.get('type') ?? 'number') as ColumnType,
    role: (metadata.get('role') ?? 'value') as ColumnRole,
    measure: (metadata.get('measure') || null) as MeasureName | null,
  };
}

function valueOf(value: unknown, type: ColumnType): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (type === 'date') return new Date(Number(value)).toISOString().slice(0, 10);
  return Number(value);
}
