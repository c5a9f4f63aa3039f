import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import knex, { type Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Extract } from '../../../etl/connector.ts';
import { sql } from '../../../etl/connectors/sql.ts';
import { sqlOptions, type SqlOptions } from '../../../etl/connectors/sql-options.ts';
import { BadInput, SourceFailed } from '../../../etl/errors.ts';
import { readContext } from '../../support/connector-contract.ts';
import { startPostgresql, type TestPostgresql } from '../../support/postgresql.ts';

const test = suite('sql');
const now = Date.UTC(2026, 0) / 1000;
let dir: string;
let server: TestPostgresql;
let pg: Knex;
let lite: Knex;
let file: string;

test.before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'silverlining-sql-'));
  file = path.join(dir, 'desk (1)?.sqlite');
  server = await startPostgresql({ own: true });
  pg = knex({ client: 'pg', connection: server.url });
  lite = knex({ client: 'sqlite3', connection: { filename: file }, useNullAsDefault: true });
});
test.after(async () => {
  await pg.destroy();
  await lite.destroy();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const engines = ['SQLite', 'PostgreSQL'] as const;
type Engine = (typeof engines)[number];
const dbOf = (engine: Engine) => (engine === 'SQLite' ? lite : pg);
const optionsOf = (engine: Engine, more: Partial<SqlOptions>): SqlOptions => ({
  ...(engine === 'SQLite' ? { file } : { database: server.url }),
  key: 'id', batch_rows: 2_000, timeout_seconds: 30, ...more,
}); // prettier-ignore
async function read(options: SqlOptions, since: string | null = null, at = now) {
  const extracts: Extract[] = [];
  for await (const extract of sql.read(options, since, readContext(at))) extracts.push(extract);
  return { extracts, rows: extracts.flatMap((e) => e.rows.map((r) => r.values)), cursor: extracts.at(-1)?.cursor ?? null };
}
const ids = (rows: Record<string, string>[]) => rows.map((r) => r.id);
const failure = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable() as never;
};

for (const engine of engines) {
  const db = () => dbOf(engine);

  test(`${engine}: ties on the watermark that lie across the end of a page lose nothing`, async () => {
    await db().schema.createTable('tied', (t) => void (t.integer('id').primary(), t.integer('changed')));
    await db()('tied').insert(Array.from({ length: 10 }, (_, i) => ({ id: 10 - i, changed: i < 8 ? 5 : 6 })));
    const { rows, extracts } = await read(optionsOf(engine, { table: 'tied', watermark: 'changed', batch_rows: 3 }));
    // By hand: 10…3 have 5, so in the order of the key 3…10; then 1 and 2 with 6.
    assert.equal(ids(rows), ['3', '4', '5', '6', '7', '8', '9', '10', '1', '2']);
    // The last extract closes the read of rows without a watermark.
    assert.equal(extracts.map((e) => e.rows.length), [3, 3, 3, 1, 0]); // prettier-ignore
  });

  test(`${engine}: a run goes on from the last watermark minus the overlap, so rows committed late are read`, async () => {
    await db().schema.createTable('late', (t) => void (t.integer('id').primary(), t.timestamp('changed', { useTz: false })));
    const at = (time: string) => `2025-06-01 ${time}`;
    await db()('late').insert([{ id: 1, changed: at('10:00:00') }, { id: 2, changed: at('10:05:00') }, { id: 3, changed: at('11:00:00') }]); // prettier-ignore
    const options = optionsOf(engine, { table: 'late', watermark: 'changed' });
    const first = await read(options);
    assert.equal(ids(first.rows), ['1', '2', '3']);
    // Row 4 was committed later than row 3, with an earlier time.
    await db()('late').insert([
      { id: 4, changed: at('10:50:00') },
      { id: 5, changed: at('10:49:59') },
    ]);
    const second = await read(options, first.cursor);
    assert.equal(ids(second.rows), ['4', '3'], 'ten minutes by default, the first second included');
    assert.equal(ids((await read({ ...options, overlap: 3_600 }, first.cursor)).rows), ['1', '2', '5', '4', '3']);
    assert.equal(ids((await read({ ...options, overlap: 0 }, first.cursor)).rows), []);
    await db()('late')
      .update({ changed: at('11:30:00') })
      .where({ id: 1 });
    assert.equal(ids((await read(options, second.cursor)).rows), ['4', '3', '1']);
  });

  test(`${engine}: rows without a watermark are read in every run, after the others`, async () => {
    await db().schema.createTable('unmarked', (t) => void (t.integer('id').primary(), t.integer('changed')));
    await db()('unmarked').insert([{ id: 1, changed: null }, { id: 2, changed: 7 }, { id: 3, changed: null }, { id: 4, changed: null }]); // prettier-ignore
    const options = optionsOf(engine, { table: 'unmarked', watermark: 'changed', batch_rows: 2 });
    const first = await read(options);
    assert.equal(ids(first.rows), ['2', '1', '3', '4']);
    assert.equal(ids((await read(options, first.cursor)).rows), ['1', '3', '4']);
    // In the middle of them a read goes on behind the last one.
    assert.equal(ids((await read(options, first.extracts[1]?.cursor ?? null)).rows), ['4']);
  });

  test(`${engine}: without a watermark every run reads the whole table, and a broken one goes on by the key`, async () => {
    await db().schema.createTable('plain', (t) => void (t.string('a'), t.integer('id'), t.primary(['a', 'id'])));
    await db()('plain').insert([{ a: 'y', id: 1 }, { a: 'x', id: 2 }, { a: 'x', id: 1 }]); // prettier-ignore
    const options = optionsOf(engine, { table: 'plain', key: ['a', 'id'], batch_rows: 1 });
    const { extracts, rows, cursor } = await read(options);
    assert.equal(rows, [{ a: 'x', id: '1' }, { a: 'x', id: '2' }, { a: 'y', id: '1' }]); // prettier-ignore
    assert.equal((await read(options, extracts[0]?.cursor ?? null)).rows.length, 2);
    assert.equal((await read(options, cursor)).rows.length, 3);
  });

  test(`${engine}: an empty table has a header and no rows`, async () => {
    await db().raw(
      'create table empty (id integer primary key, "Größe ""x""\\?.y" varchar(20))'.replace('\\?', engine === 'SQLite' ? '' : '\\?'),
    );
    const { extracts } = await read(optionsOf(engine, { table: 'empty' }));
    assert.equal(
      [extracts.length, extracts[0]?.header, extracts[0]?.rows],
      [1, ['id', engine === 'SQLite' ? 'Größe "x".y' : 'Größe "x"?.y'], []],
    );
  });

  test(`${engine}: a query is read like a table, with question marks and comments of its own`, async () => {
    const query = `with t as (select 1 as id, 'who?' as "a.b" union all select 2, 'ok') select * from t where "a.b" <> '?' -- all of them?\n;`;
    const { rows } = await read(optionsOf(engine, { query, batch_rows: 1 }));
    assert.equal(rows, [{ id: '1', 'a.b': 'who?' }, { id: '2', 'a.b': 'ok' }]); // prettier-ignore
  });

  test(`${engine}: a key that does not tell rows apart is refused rather than losing rows`, async () => {
    const query = 'select 1 as id, 2 as n union all select 1, 3 union all select 1, 4';
    const error = await failure(read(optionsOf(engine, { query, batch_rows: 2 })));
    assert.instance(error, BadInput);
    assert.is(error.message, 'key: several rows have the same id; name columns that tell rows apart, e.g. key: [id, another_column]');
  });

  test(`${engine}: rows without a key cannot be read, and their number is told`, async () => {
    const { rows, extracts } = await read(optionsOf(engine, { query: 'select 1 as id union all select null union all select 2' }));
    assert.equal(ids(rows), ['1', '2']);
    assert.is(extracts[0]?.notice, '1 row has no value in id and cannot be read');
  });

  test(`${engine}: a row ahead of the clock is read and told, and no row that comes after it is lost`, async () => {
    await db().schema.createTable('future', (t) => void (t.integer('id').primary(), t.timestamp('changed', { useTz: false })));
    const hour = (n: number): string => new Date((now + n * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' ');
    await db()('future').insert([{ id: 1, changed: hour(-1) }, { id: 2, changed: hour(20) }]); // prettier-ignore
    for (const overlap of [undefined, 0]) {
      await db()('future').where('id', '>', 2).delete();
      const options = optionsOf(engine, { table: 'future', watermark: 'changed', batch_rows: 1, ...(overlap === 0 ? { overlap } : {}) });
      const seen = new Set<string | undefined>();
      let cursor: string | null = null;
      for (let n = 0; n <= 24; n++) {
        await db()('future').insert({ id: 10 + n, changed: hour(n) });
        const found = await read(options, cursor, now + n * 3600);
        for (const id of ids(found.rows)) seen.add(id);
        const notice = found.extracts.at(-1)?.notice ?? '';
        assert.is(notice.startsWith('1 row has a time in changed that is ahead of our clock'), n < 20, `hour ${n}`);
        ({ cursor } = found);
      }
      assert.is(seen.size, 27);
    }
  });

  for (const [name, options, message] of [
    ['a missing table', { table: 'tide' }, /tide/],
    ['a missing key', { table: 'tied', key: 'idd' }, /^key: there is no column "idd" \(did you mean "id"\?\); there are id, changed$/],
    ['a missing watermark', { table: 'tied', watermark: 'change' }, /^watermark: there is no column "change" \(did you mean "changed"\?\)/],
    ['a missing column of a query', { query: 'select idd as id from tied' }, /^query: .*idd/],
    ['a mistake in a query', { query: 'select from where' }, /^query: .*syntax error/],
    ['a query that writes', { query: 'with x as (select 1) delete from tied' }, /^query: /],
    ['two statements', { query: 'select 1 as id) as q; drop table tied; select * from (select 1 as id' }, /./],
    [
      'two columns of the same name',
      { query: 'select 1 as id, 2 as "id"' },
      engine === 'SQLite' ? null : /^query: gives two columns called "id"/,
    ],
  ] as const) {
    if (message === null) continue;
    test(`${engine}: ${name} is told with what to do`, async () => {
      const error = await failure(read(optionsOf(engine, { ...options })));
      assert.instance(error, BadInput);
      assert.match(error.message, message);
      assert.equal((await db()('tied').count('* as n'))[0]?.n, engine === 'SQLite' ? 10 : '10');
    });
  }

  test(`${engine}: names near a missing table are told`, async () => {
    assert.match((await failure(read(optionsOf(engine, { table: 'tides' })))).message, /did you mean "tied"\?/);
  });

  test(`${engine}: a query that takes too long is ended, and the message says what to do`, async () => {
    const query =
      engine === 'SQLite'
        ? 'with recursive n(id) as (select 1 union all select id + 1 from n) select count(*) as id from n'
        : 'select 1 as id from pg_sleep(60)';
    const started = performance.now();
    const error = await failure(read(optionsOf(engine, { query, timeout_seconds: 1 })));
    assert.instance(error, SourceFailed);
    assert.match(error.message, /^a query took longer than 1 seconds and was ended; raise timeout_seconds/);
    assert.ok(performance.now() - started < 10_000);
  });

  test(`${engine}: a place to go on from holds only for the table, query, key and watermark it was noted for`, async () => {
    await db().schema.createTable('other', (t) => void (t.integer('id').primary(), t.integer('changed')));
    await db()('other').insert([{ id: 1, changed: 1 }, { id: 2, changed: 2 }]); // prettier-ignore
    const options = optionsOf(engine, { table: 'tied', watermark: 'changed' });
    const { cursor } = await read(options);
    const again = async (more: Partial<SqlOptions>, since = cursor) => {
      const { rows, extracts } = await read({ ...options, ...more }, since);
      return [rows.length, extracts.some(({ notice }) => notice?.startsWith('the source is asked for something else'))];
    };
    assert.equal(await again({ table: 'other' }), [2, true]);
    assert.equal(await again({ table: undefined, query: 'select * from tied where changed < 6' }), [8, true]);
    assert.equal(await again({ watermark: undefined }), [10, true]);
    assert.equal(await again({ key: ['id', 'changed'] }), [10, true]);
    for (const since of ['{"v":1,"after":["6","2"],"nulls":null}', 'x', '17']) assert.equal(await again({}, since), [10, true]);
    assert.equal(await again({ batch_rows: 7, timeout_seconds: 20, overlap: 0 }), [0, false]);
  });
}

test('PostgreSQL: values come exactly, times with an offset or as wall-clock text', async () => {
  await pg.raw(`create table typed (id bigint primary key, n numeric(30,10), f float8, b boolean, tz timestamptz, ts timestamp, d date, t time,
    j jsonb, u uuid, bin bytea, arr text[], iv interval, changed timestamptz)`);
  await pg.raw(`insert into typed values (9007199254740993, 12345678901234567890.1200000000, 0.1, true, '2025-03-30 03:30:00.123456+02', '2025-03-30 02:30:00', '2025-01-31', '16:05',
    '{"a": [1]}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x00ff', '{a,b}', '1 day', '2025-05-01 00:00:00.000001+00'),
    (2, null, 'NaN', false, null, null, null, null, null, null, null, null, null, '2025-05-01 00:00:00.000002+00')`);
  const { rows, extracts } = await read(
    optionsOf('PostgreSQL', { table: 'public.typed', watermark: 'changed', batch_rows: 1, overlap: 0 }),
  );
  assert.equal(rows[0], {
    id: '9007199254740993', n: '12345678901234567890.1200000000', f: '0.1', b: 'true', tz: '2025-03-30T01:30:00.123456+00:00', ts: '2025-03-30T02:30:00',
    d: '2025-01-31', t: '16:05:00', j: '{"a": [1]}', u: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', bin: '', arr: '{a,b}', iv: '1 day', changed: '2025-05-01T00:00:00.000001+00:00',
  }); // prettier-ignore
  assert.equal([rows[1]?.n, rows[1]?.f, rows[1]?.b, rows[1]?.tz], ['', 'NaN', 'false', '']);
  assert.is(extracts[0]?.notice, 'binary columns are left empty: bin');
});

test('SQLite: values come exactly; binary ones are left empty', async () => {
  await lite.raw('create table typed (id integer primary key, r real, t text, b blob)');
  await lite.raw("insert into typed values (9007199254740993, 0.1, 'größer', x'00ff'), (2, 1e21, 7, null)");
  const { rows, extracts } = await read(optionsOf('SQLite', { table: 'typed', batch_rows: 1 }));
  assert.equal(rows, [
    { id: '2', r: '1e+21', t: '7', b: '' },
    { id: '9007199254740993', r: '0.1', t: 'größer', b: '' },
  ]);
  assert.is(extracts.at(-1)?.notice, 'binary values are left empty: b');
});

test('PostgreSQL: the address, the password and the server being down are told without secrets', async () => {
  await pg.raw("create role reader login password 'right'");
  await pg.raw('create table closed (id int primary key)');
  const url = new URL(server.url);
  const at = (change: (u: URL) => void) => {
    const changed = new URL(url);
    change(changed);
    return optionsOf('PostgreSQL', { table: 'closed', database: changed.href });
  };
  const missing = await failure(read(at((u) => (u.pathname = '/nowhere'))));
  assert.match(missing.message, /^there is no database nowhere on 127\.0\.0\.1:\d+; mend the address in the secret of database:$/);
  const stranger = await failure(read(at((u) => (u.username = 'stranger'))));
  assert.match(stranger.message, /refuses the user or the password/);
  const reader = await failure(read(at((u) => (u.username = 'reader'))));
  assert.match(reader.message, /^permission denied for table closed; let the user read it: grant select on … to …$/);
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  silent.close();
  await once(silent, 'close');
  const down = await failure(read(at((u) => ((u.port = String(port)), (u.password = 'hushhush')))));
  assert.instance(down, SourceFailed);
  assert.ok((down as SourceFailed).retriable);
  assert.match(down.message, /^postgres on 127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)/);
  const wrong = await failure(read(optionsOf('PostgreSQL', { table: 'closed', database: 'mysql://root:hushhush@x/y' })));
  assert.is(wrong.message, 'database: the secret is no address of a database; it looks like postgres://user:password@host:5432/name');
  for (const error of [missing, stranger, reader, down, wrong])
    assert.not.match(`${error.message} ${String(error.cause)} ${JSON.stringify(error.cause)}`, /hushhush/);
});

test('PostgreSQL: a server that takes the connection and says nothing is given up', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const mute = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  const error = await failure(
    read(optionsOf('PostgreSQL', { table: 'tied', timeout_seconds: 1, database: `postgres://a:hushhush@127.0.0.1:${port}/b` })),
  );
  for (const socket of sockets) socket.destroy();
  mute.close();
  await once(mute, 'close');
  assert.match(error.message, /^b on 127\.0\.0\.1:\d+ does not answer/);
});

test('PostgreSQL: a function that writes cannot', async () => {
  await pg.raw("create function sly() returns int language sql as 'insert into tied values (99, 99) returning id'");
  const error = await failure(read(optionsOf('PostgreSQL', { query: 'select sly() as id' })));
  assert.is(error.message, 'query: it writes to the database; only queries that read can be used');
});

test('SQLite: a file that is missing is named with near ones and never created; one that is no database is told', async () => {
  const missing = path.join(dir, 'desk.sqlite');
  const error = await failure(read(optionsOf('SQLite', { table: 'tied', file: missing })));
  assert.match(error.message, /^there is no file desk\.sqlite in .* \(did you mean "desk \(1\)\?\.sqlite"\?\)$/);
  assert.not(existsSync(missing));
  const text = path.join(dir, 'text.sqlite');
  writeFileSync(text, 'not a database, but long enough to be read as the first page of one'.repeat(20));
  assert.match((await failure(read(optionsOf('SQLite', { table: 'tied', file: text })))).message, /^text\.sqlite is no SQLite database$/);
});

test('SQLite: the file stays as it is, byte for byte', async () => {
  const still = path.join(dir, 'still.sqlite');
  const db = knex({ client: 'sqlite3', connection: { filename: still }, useNullAsDefault: true });
  await db.raw('create table t (id integer primary key)');
  await db.raw('insert into t values (1)');
  await db.destroy();
  const before = { bytes: readFileSync(still), changed: statSync(still).mtimeMs };
  assert.equal(ids((await read(optionsOf('SQLite', { table: 't', file: still }))).rows), ['1']);
  assert.ok(readFileSync(still).equals(before.bytes));
  assert.is(statSync(still).mtimeMs, before.changed);
});

test('its options say what is missing and what does not go together', () => {
  const problems = (given: unknown) =>
    sqlOptions.safeParse(given).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  assert.equal(problems({ file: '/a', table: 't', key: 'id' }), undefined);
  assert.equal(problems({ database: '${DESK}', query: 'select 1 as id', key: ['id'] }), undefined);
  assert.equal(problems({ table: 't', key: 'id' }), ['database: expected either database: (PostgreSQL) or file: (SQLite)']);
  assert.equal(problems({ file: '/a', key: 'id' }), ['table: expected either table: or query:']);
  assert.equal(problems({ file: '/a', key: 'id', query: 'delete from t' }), ['query: begins with neither select nor with; only queries that read can be used']); // prettier-ignore
  assert.match(
    String(problems({ database: 'postgres://u:p@h/d', table: 't', key: 'id' })),
    /^database: is a secret: write \$\{NAME\} here/,
  );
  assert.match(String(problems({ file: '/a', table: 't', key: 'id', tabel: 't' })), /tabel/);
});

test.run();
