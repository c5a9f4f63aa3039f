import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import knex from 'knex';
import { suite } from 'uvu';
import type { Reader } from '../../../etl/connector.ts';
import { readerOf, type FileRead } from '../../../etl/connectors/file-format.ts';
import { file } from '../../../etl/connectors/file.ts';
import { folder } from '../../../etl/connectors/folder.ts';
import { sql } from '../../../etl/connectors/sql.ts';
import type { SqlOptions } from '../../../etl/connectors/sql-options.ts';
import { readMap } from '../../../etl/map.ts';
import { connectorContract } from '../../support/connector-contract.ts';
import { startPostgresql, type TestPostgresql } from '../../support/postgresql.ts';
import { workbook } from '../../support/workbook.ts';

const test = suite('connector contract');
const map = readMap(
  `
source: desk
zone: UTC
date: iso
key: id
fields:
  kind: { constant: complaint }
  received_at: received
  issue: { column: issue, optional: true }
`,
  'desk.yaml',
);
const total = 2_300;
const issues = ['late', 'rude', '', 'größer'];
const cases = Array.from({ length: total }, (_, i) => ({
  id: `C${i}`,
  // Every 1,000th has no time the map can read.
  received: i % 1_000 === 999 ? 'soon' : `2024-03-${String((i % 28) + 1).padStart(2, '0')}T10:00:00Z`,
  issue: issues[i % 4] ?? '',
}));
const unreadable = 2;

let dir: string;
let server: TestPostgresql;
test.before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'silverlining-contract-'));
  const lines = cases.map((c) => JSON.stringify(c));
  writeFileSync(
    path.join(dir, 'a.csv'),
    ['id,received,issue', ...cases.map((c) => `${c.id},${c.received},${c.issue}`), 'broken'].join('\n'),
  );
  writeFileSync(path.join(dir, 'a.ndjson'), [...lines, '{"id":', ''].join('\n'));
  writeFileSync(path.join(dir, 'a.json'), `{"meta":{"n":1},"data":[${[...lines, '7'].join(',\n')}]}`);
  writeFileSync(
    path.join(dir, 'a.xlsx'),
    workbook([{ name: 'cases', rows: [['id', 'received', 'issue'], ...cases.map((c) => [c.id, c.received, c.issue])] }]),
  );
  server = await startPostgresql();
  await fill({ client: 'sqlite3', connection: { filename: path.join(dir, 'a.sqlite') }, useNullAsDefault: true });
  await fill({ client: 'pg', connection: server.url });
});
test.after(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function fill(config: Parameters<typeof knex>[0]): Promise<void> {
  const db = knex(config as object);
  try {
    await db.schema.createTable('ticket', (table) => {
      table.string('id').primary();
      table.string('received');
      table.string('issue');
      table.integer('changed');
    });
    // Ten rows share each watermark, so that pages end between them.
    const rows = cases.map((c, i) => ({ ...c, changed: Math.floor(i / 10) }));
    for (let from = 0; from < rows.length; from += 500) await db('ticket').insert(rows.slice(from, from + 500));
  } finally {
    await db.destroy();
  }
}

for (const [name, broken] of [
  ['a.csv', 1],
  ['a.ndjson', 1],
  ['a.json', 1],
  ['a.xlsx', 0],
] as const)
  // prettier-ignore
  connectorContract<FileRead>(test, {
    reader: readerOf(name, {}),
    options: () => ({ file: path.join(dir, name), rows: 'data' }),
    map,
    read: total + broken,
    rejected: unreadable + broken,
  });

for (const connector of [folder, file]) {
  const reader: Reader<null> = {
    name: connector.name,
    description: connector.description,
    async *read(_, since, context) {
      const options = { path: connector === folder ? dir : path.join(dir, '*.ndjson') };
      const none = () => Promise.resolve(false);
      const found = await connector.files(options, { source: 'desk', isLoaded: none, isCurrent: none, settleMs: 5 });
      const only = found.find((each) => each.name === 'a.ndjson');
      if (only) yield* readerOf(only.name, {}).read({ file: only.path }, since, context);
    },
  };
  connectorContract<null>(test, {
    reader, options: () => null, map, read: total + 1, rejected: unreadable + 1, optionsSchema: connector.options,
  }); // prettier-ignore
}

const sqlCase = (name: string, options: () => SqlOptions, afterEnd: 'nothing' | 'everything') =>
  connectorContract<SqlOptions>(test, {
    reader: { ...sql, name }, options, map, read: total, rejected: unreadable, optionsSchema: sql.options, afterEnd,
  }); // prettier-ignore
const common = { table: 'ticket', key: 'id', batch_rows: 503, timeout_seconds: 30 };
sqlCase('sql on SQLite', () => ({ ...common, file: path.join(dir, 'a.sqlite') }), 'everything');
sqlCase('sql on SQLite with a watermark', () => ({ ...common, file: path.join(dir, 'a.sqlite'), watermark: 'changed' }), 'nothing');
sqlCase('sql on PostgreSQL', () => ({ ...common, database: server.url }), 'everything');
sqlCase('sql on PostgreSQL with a watermark', () => ({ ...common, database: server.url, watermark: 'changed' }), 'nothing');

test.run();
