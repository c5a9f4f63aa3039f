import { z } from 'zod';
import { configPath } from '../config-path.ts';
import { secret } from '../secret.ts';

const column = z.string().min(1);

/** What a source with `connector: sql` says. */
export const sqlOptions = z
  .strictObject({
    database: secret().optional().describe('Address of a PostgreSQL database, as postgres://user:password@host:5432/name; a secret.'),
    file: configPath()
      .optional()
      .describe('A SQLite file instead of a PostgreSQL database. It is opened for reading only and never created.'),
    table: z.string().min(1).optional().describe('Table or view to read, with its schema where that is needed: support.ticket.'),
    query: z.string().min(1).optional().describe('A select instead of a table; it must name every column once and needs no order.'),
    key: z
      .union([column, z.array(column).min(1)])
      .describe('Column, or columns, that tell rows apart; rows are read in their order. A row without a value in one cannot be read.'),
    watermark: column
      .optional()
      .describe(
        'Column that grows with every change of a row, as updated_at. Each run then goes on where the last one ended; rows without a value in it are read in every run. Without a watermark every run reads all rows.',
      ),
    overlap: z
      .number()
      .min(0)
      .optional()
      .describe(
        'How far before the last watermark a run begins, for rows that were committed late: seconds for times (default 600), the same unit for numbers (default 0).',
      ),
    batch_rows: z.int().min(1).max(50_000).default(2_000).describe('Rows asked for at a time.'),
    timeout_seconds: z.number().min(1).max(3_600).default(60).describe('How long one query may take.'),
  })
  .refine((o) => (o.database === undefined) !== (o.file === undefined), {
    path: ['database'],
    error: 'expected either database: (PostgreSQL) or file: (SQLite)',
  })
  .refine((o) => (o.table === undefined) !== (o.query === undefined), { path: ['table'], error: 'expected either table: or query:' })
  .refine((o) => o.query === undefined || /^\s*(select|with|values)\b/i.test(o.query), {
    path: ['query'],
    error: 'begins with neither select nor with; only queries that read can be used',
  });

export type SqlOptions = z.output<typeof sqlOptions>;
