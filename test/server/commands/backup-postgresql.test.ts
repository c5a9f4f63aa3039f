// one run: opens its stores on PostgreSQL itself
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../../etl/store/open.ts';
import { cli } from '../../support/cli.ts';
import { worldRecords, worldThrough } from '../../support/digest-world.ts';
import { findBinaries, startPostgresql } from '../../support/postgresql.ts';
import { loadRecords } from '../../support/store.ts';

const backups = suite('backup and restore of a store in PostgreSQL');
const run = promisify(execFile);
const asked = JSON.stringify({ measures: ['received', 'open'], by: ['issue'], from: '2026-01-01', to: '2026-10-31' });

backups('work by the lines that the commands name', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'silverlining-dump-'));
  const [first, second] = [await startPostgresql({ own: true }), await startPostgresql({ own: true })];
  const envOf = (url: string) => ({ SILVERLINING_DATA: path.join(dir, 'data'), DATABASE_URL: url });
  /** Runs the line a command says, as a person would. */
  const follow = async (args: string[], url: string) => {
    const { stderr } = await cli(args, envOf(url));
    const [, line = ''] = /run instead: (.*?); and /.exec(stderr) ?? [];
    assert.match(line, /^pg_(dump|restore) /);
    await run('sh', ['-c', line], { cwd: dir, env: { PATH: `${findBinaries()}:${process.env.PATH}`, DATABASE_URL: url } });
  };
  const figures = async (url: string) => (await cli(['query', asked, '--format', 'csv'], envOf(url))).stdout;
  try {
    const store = await openStore({ dataDir: path.join(dir, 'data'), databaseUrl: first.url });
    await loadRecords(store, worldRecords(), { source: 'desk', currency: 'EUR', throughAt: worldThrough });
    await store.close();
    await follow(['backup'], first.url);
    await follow(['restore', 'silverlining.dump'], second.url);
    const before = await figures(first.url);
    assert.ok(before.split('\n').length > 3, before);
    assert.is(await figures(second.url), before);
  } finally {
    await Promise.all([first.stop(), second.stop()]);
    await rm(dir, { recursive: true, force: true });
  }
});

backups.run();
