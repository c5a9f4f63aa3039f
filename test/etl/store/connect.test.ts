// one run: about a server that stores are kept on
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import pg from 'pg';
import { SourceFailed } from '../../../etl/errors.ts';
import { openStore } from '../../../etl/store/open.ts';
import { startPostgresql, type TestPostgresql } from '../../support/postgresql.ts';

const connecting = suite('a store on PostgreSQL that cannot be opened');
let server: TestPostgresql;
let dir: string;
connecting.before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'silverlining-connect-'));
  server = await startPostgresql({ own: true });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query("create role plain login password 'hushhush'");
  await client.end();
});
connecting.after(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

const at = (change: (url: URL) => void): string => {
  const url = new URL(server.url);
  change(url);
  return url.href;
};
const reasons: [string, () => string, RegExp][] = [
  ['a server that is not there', () => at((url) => (url.port = '1')), /^the database postgres on 127\.0\.0\.1:1 does not answer \(ECONNREFUSED\): /],
  ['a database that is not there', () => at((url) => (url.pathname = '/nowhere')), /^there is no database nowhere on 127\.0\.0\.1:\d+: create it, or /],
  ['a user that is not there', () => at((url) => (url.username = 'stranger')), /refuses the user or the password: mend them in DATABASE_URL$/],
  ['a user without rights', () => at((url) => ((url.username = 'plain'), (url.password = 'hushhush'))), /permission denied for schema public; the user of DATABASE_URL must/],
]; // prettier-ignore
for (const [name, url, expected] of reasons)
  connecting(`because of ${name}: says so and what to do, without the password`, async () => {
    const error = await openStore({ dataDir: dir, databaseUrl: url() }).then(
      () => null,
      (failed: unknown) => failed,
    );
    assert.instance(error, SourceFailed);
    assert.match((error as SourceFailed).message, expected);
    assert.not.match((error as SourceFailed).message, 'hushhush');
  });

connecting.run();
