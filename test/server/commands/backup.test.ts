// time limit: 300 s
// one run: a store in PostgreSQL is backed up by its own tools, which the commands name
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { create, extract, list } from 'tar';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evidenceFolder, openEvidenceFiles } from '../../../etl/evidence-files.ts';
import { noteServing } from '../../../etl/store/serving.ts';
import type { CaseFactRow, EvidenceRow } from '../../../etl/store/tables.ts';
import { addUser, ensureAdministrator } from '../../../server/auth/users.ts';
import { audit } from '../../../server/auth/audit.ts';
import type { Manifest } from '../../../server/backup/manifest.ts';
import { projectDir } from '../../../server/project-dir.ts';
import { cli, launch } from '../../support/cli.ts';
import { worldRecords, worldThrough } from '../../support/digest-world.ts';
import { loadRecords } from '../../support/store.ts';
import { openTestStore } from '../../support/test-store.ts';

const backups = suite('silverlining backup and restore');
let dir = '';
/** A file below the folder of evidence. */
let photo = '';
const at = (name: string) => path.join(dir, name);
const environment = (name = 'data') => ({
  SILVERLINING_DATA: at(name),
  SILVERLINING_CONFIG: at(`${name}-config/silverlining.yaml`),
});
const asked = JSON.stringify({
  measures: ['received', 'resolved', 'open'],
  by: ['issue'],
  from: '2026-01-01',
  to: '2026-10-31',
  where: { source: ['desk'] },
});
const figures = async (env: Record<string, string>) => (await cli(['query', asked, '--format', 'csv'], env)).stdout;

backups.before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-backup-'));
  const store = await openTestStore(at('data'));
  await loadRecords(store, worldRecords(), { source: 'desk', currency: 'EUR', throughAt: worldThrough });
  await ensureAdministrator(store, 1_760_000_000);
  await addUser(store, { name: 'pat', role: 'staff', now: 1_760_000_000 });
  for (let i = 0; i < 20; i++) await audit(store.writer, { at: 1_760_000_000 + i, userId: 1, action: 'figures_exported', target: `${i}` });
  const evidence = openEvidenceFiles(evidenceFolder(at('data')));
  for (const { case_id, shard_key } of await store.reader<CaseFactRow>('case_fact').orderBy('case_id').limit(3)) {
    const received = await evidence.receive(Readable.from([Buffer.alloc(100_000, case_id)]));
    await evidence.keep(received);
    const { hash } = received;
    photo = `${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash}.evidence`;
    const row = {
      case_id,
      shard_key,
      evidence_no: 1,
      hash: received.hash,
      name: 'photo.jpg',
      type: 'jpeg',
      bytes: received.bytes,
      note: 'It',
    };
    await store.writer<EvidenceRow>('case_evidence').insert({ ...row, added_by: 'pat', added_at: 1_760_000_000 });
  }
  writeFileSync(at('data/evidence/incoming/half'), 'half of a file');
  await store.close();
  writeFileSync(at('data/store.key'), 'a key');
  mkdirSync(at('data/cube'));
  writeFileSync(at('data/cube/facts.arrow'), 'made anew');
  mkdirSync(at('data-config/maps'), { recursive: true });
  writeFileSync(at('data-config/silverlining.yaml'), 'sources:\n  - { name: app, connector: push, map: ./maps/app.yaml }\n');
  writeFileSync(at('data-config/maps/app.yaml'), 'source: app\n');
});
backups.after(() => rm(dir, { recursive: true, force: true }));

/** Every file below a folder with its bytes, but what a database keeps for itself. */
function contentOf(folder: string): [string, string][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(path.join(folder, name)).isFile() && !/-(wal|shm)$/.test(name))
    .sort()
    .map((name) => [name, readFileSync(path.join(folder, name)).toString('base64')]);
}

backups('takes a store as it is at one instant while others write to it, and gives all of it back', async () => {
  const store = await openTestStore(at('data'));
  const tables = async (from: typeof store) => ({
    cases: (await from.reader('case_fact').where({ source: 1 }).orderBy('case_id')) as unknown,
    users: (await from.reader('user').orderBy('user_id')) as unknown,
    events: (await from.reader('audit_event').orderBy('audit_id')) as unknown,
    settings: (await from.reader('setting').orderBy('name')) as unknown,
    evidence: await from.reader<EvidenceRow>('case_evidence').orderBy('case_id'),
  });
  const [before, told] = [await tables(store), await figures(environment())];
  let isOver = false;
  let batches = 0;
  const writing = (async () => {
    for (; !isOver; batches++) {
      const batch = Array.from({ length: 7 }, (_, i) => ({
        source_id: `${batches}-${i}`,
        kind: 'complaint' as const,
        received_at: 1_790_000_000,
      }));
      await loadRecords(store, batch, { source: 'writer' });
    }
  })();
  while (batches < 2) await new Promise((resolve) => setImmediate(resolve));
  const made = await cli(['backup', at('one.tar.gz')], environment());
  const during = batches;
  isOver = true;
  await writing;
  assert.is(made.code, 0, made.stderr);
  assert.is(statSync(at('one.tar.gz')).mode & 0o777, 0o600);
  assert.equal(
    readdirSync(dir).filter((name) => name.startsWith('.')),
    [],
  );
  await store.close();

  const restored = await cli(['restore', at('one.tar.gz')], environment('other'));
  assert.is(restored.code, 0, restored.stderr);
  const copy = await openTestStore(at('other'));
  assert.equal(await tables(copy), before);
  // They are opened only where their bytes are those of the hash in the store.
  const evidence = openEvidenceFiles(evidenceFolder(at('other')));
  assert.is(before.evidence.length, 3);
  for (const { hash, bytes } of before.evidence) {
    const handle = await evidence.open(hash);
    assert.is((await handle.stat()).size, bytes);
    await handle.close();
  }
  const { count } = (await copy.reader('case_fact').whereNot({ source: 1 }).count('* as count').first()) as { count: number };
  assert.is(count % 7, 0, 'half a batch');
  assert.ok(count >= 7 && count <= 7 * (during + 1), `${count} of ${during} batches`);
  await copy.close();
  assert.ok(told.split('\r\n').length > 3);
  assert.is(await figures(environment('other')), told);
  assert.is(existsSync(at('other/evidence/incoming')), false, 'what was still being received');
  assert.is(readFileSync(at('other/store.key'), 'utf8'), 'a key');
  assert.not.ok(existsSync(at('other/cube')) && existsSync(at('other/cube/facts.arrow')));
  for (const name of ['silverlining.yaml', 'maps/app.yaml'])
    assert.is(readFileSync(at(`other-config/${name}`), 'utf8'), readFileSync(at(`data-config/${name}`), 'utf8'));
});

backups('overwrites no file, and makes none where there is no store', async () => {
  const size = statSync(at('one.tar.gz')).size;
  const again = await cli(['backup', at('one.tar.gz')], environment());
  assert.is(again.code, 2);
  assert.match(again.stderr, 'exists; name another file');
  assert.is(statSync(at('one.tar.gz')).size, size);
  const none = await cli(['backup', at('none.tar.gz')], environment('nothing'));
  assert.is(none.code, 2);
  assert.match(none.stderr, 'holds no store');
  assert.not.ok(existsSync(at('none.tar.gz')));
});

backups('is started on as it is, backed up while it is served, and not restored over meanwhile', async () => {
  const env = { ...environment('other'), PORT: '0', SILVERLINING_DEMO: 'off' };
  writeFileSync(at('other-config/silverlining.yaml'), 'organisation: { name: Other }\n');
  const server = launch(['start'], env);
  await new Promise<void>((resolve, reject) => {
    server.child.stdout?.on('data', () => server.said().includes('Silverlining is at ') && resolve());
    void server.finished.then(({ stderr }) => reject(new Error(`ended: ${stderr}`)));
  });
  const url = /Silverlining is at (\S+)/.exec(server.said())?.[1] ?? '';
  const token = /token=([\w-]{43})/.exec((await cli(['user', 'link', 'admin'], env)).stdout)?.[1];
  const json = { 'content-type': 'application/json' };
  const signedIn = await fetch(`${url}/sign-in`, { method: 'POST', headers: json, body: JSON.stringify({ token }) });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const answer = await fetch(`${url}/api/query`, { method: 'POST', headers: { ...json, cookie, accept: 'text/csv' }, body: asked });
  assert.is(await answer.text(), await figures(environment()));

  assert.is((await cli(['backup', at('served.tar.gz')], env)).code, 0);
  for (const flags of [[], ['--replace']]) {
    const refused = await cli(['restore', at('one.tar.gz'), ...flags], env);
    assert.is(refused.code, 2);
    assert.match(refused.stderr, 'a Silverlining serves from this folder; stop it first');
  }
  server.child.kill('SIGTERM');
  assert.is((await server.finished).code, 0);
  assert.is((await cli(['restore', at('served.tar.gz')], environment('third'))).code, 0);
  assert.is(await figures(environment('third')), await figures(environment()));
  const restored = await openTestStore(at('third'));
  for (const table of ['session', 'sign_in_link'])
    assert.equal(await restored.reader(table), [], 'what was ended since is not brought back');
  await restored.close();
});

backups('takes no place of a store but with --replace, and then says where that is', async () => {
  const env = environment('third');
  const before = contentOf(at('third'));
  const refused = await cli(['restore', at('one.tar.gz')], env);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, 'holds a store');
  assert.equal(contentOf(at('third')), before);
  writeFileSync(at('third/evidence/late.txt'), 'only in the old one');
  writeFileSync(at('third-config/silverlining.yaml'), '# changed since\n');
  const done = await cli(['restore', at('one.tar.gz'), '--replace'], env);
  assert.is(done.code, 0, done.stderr);
  const aside = /before is in (\S+);/.exec(done.stdout)?.[1] ?? '';
  assert.is(readFileSync(path.join(aside, 'evidence/late.txt'), 'utf8'), 'only in the old one');
  assert.ok(existsSync(path.join(aside, 'silverlining.sqlite')));
  assert.not.ok(existsSync(at('third/evidence/late.txt')));
  assert.match(done.stdout, 'differs from the one in the backup and was left as it is');
  assert.is(readFileSync(at('third-config/silverlining.yaml'), 'utf8'), '# changed since\n');
  // What was moved aside goes into no further backup.
  assert.is((await cli(['backup', at('third.tar.gz')], env)).code, 0);
  const names: string[] = [];
  await list({ file: at('third.tar.gz'), onReadEntry: ({ path: name }) => void names.push(name) });
  assert.not.match(names.join('\n'), 'replaced-');
});

backups('waits for whoever has the store open', async () => {
  const store = await openTestStore(at('third'));
  await store.writer('user').first();
  const refused = await cli(['restore', at('one.tar.gz'), '--replace'], environment('third'));
  assert.is(refused.code, 2);
  assert.match(refused.stderr, 'is in use by another process');
  await store.close();
  const forget = noteServing(at('third'));
  assert.is((await cli(['restore', at('one.tar.gz'), '--replace'], environment('third'))).code, 2);
  forget();
  // A server that was killed left its note.
  mkdirSync(at('third/servers'), { recursive: true });
  writeFileSync(at('third/servers/left'), readFileSync('/etc/hostname', 'utf8').trim() + ' 4194305 x');
  const { code, stderr } = await cli(['restore', at('one.tar.gz'), '--replace'], environment('third'));
  assert.is(code, 0, stderr);
});

backups('that is damaged, cut off or something else is refused, and nothing is changed', async () => {
  const whole = readFileSync(at('one.tar.gz'));
  const before = contentOf(at('third'));
  const tried = async (bytes: Buffer, what: string) => {
    writeFileSync(at('bad.tar.gz'), bytes);
    for (const [name, flags] of [
      ['third', ['--replace']],
      ['empty', []],
    ] as const) {
      const { code, stderr } = await cli(['restore', at('bad.tar.gz'), ...flags], environment(name));
      assert.is(code, 2, `${what}: ${stderr}`);
      assert.match(stderr, /damaged|no backup/, what);
    }
    assert.equal(contentOf(at('empty')), [], what);
    assert.not.ok(existsSync(at('empty-config')), what);
  };
  for (const share of [0, 0.0001, 0.01, 0.3, 0.7, 0.99])
    await tried(whole.subarray(0, Math.floor(whole.length * share)), `cut at ${share}`);
  await tried(whole.subarray(0, whole.length - 1), 'cut before the last byte');
  for (const share of [0, 0.001, 0.2, 0.5, 0.8, 0.9999]) {
    const bytes = Buffer.from(whole);
    const place = Math.floor((whole.length - 1) * share);
    bytes[place] = (bytes[place] ?? 0) ^ 0x10;
    await tried(bytes, `byte ${place} changed`);
  }
  await tried(Buffer.from('no archive at all'), 'text');
  assert.equal(contentOf(at('third')), before);
});

/** A backup like the first, with its files and manifest changed by `change`. */
async function forged(change: (folder: string, manifest: Manifest) => void, more: string[] = []): Promise<string> {
  const folder = await mkdtemp(at('forged-'));
  await extract({ file: at('one.tar.gz'), cwd: folder });
  const place = path.join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(place, 'utf8')) as Manifest;
  change(folder, manifest);
  writeFileSync(place, JSON.stringify(manifest));
  await create({ file: `${folder}.tar.gz`, cwd: folder, gzip: true, preservePaths: true }, ['manifest.json', 'data', 'config', ...more]);
  return `${folder}.tar.gz`;
}

backups('of a newer version, or with what its manifest does not say, is refused with what to do', async () => {
  const refusals: [string, RegExp][] = [
    [
      await forged((_folder, manifest) => void (manifest.migrations.push('999_from_the_future'), (manifest.version = '9.9.9'))),
      /made by a newer Silverlining \(9\.9\.9\).*999_from_the_future.*install that version or a later one/,
    ],
    [await forged((folder) => writeFileSync(path.join(folder, 'data/store.key'), 'another key')), /data\/store\.key is not what it was/],
    [await forged((folder) => writeFileSync(path.join(folder, 'data/more.txt'), 'x')), /data\/more\.txt is not in its manifest/],
    [
      await forged((_folder, manifest) => void manifest.files.push({ path: 'data/gone', bytes: 1, sha256: 'a'.repeat(64) })),
      /data\/gone is missing/,
    ],
    [await forged((_folder, manifest) => void Object.assign(manifest, { format: 'other' })), /no backup this version can read/],
  ];
  // What leads out of the folder is not even unpacked.
  writeFileSync(at('outside.txt'), 'as it was');
  const planted = async (name: string) =>
    forged((folder, manifest) => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), 'x');
      manifest.files.push({ path: name, bytes: 1, sha256: createHash('sha256').update('x').digest('hex') });
    });
  for (const name of ['config/.npmrc', 'config/.git/hooks/post-checkout.yaml', 'config/node_modules/x.yaml', 'config/run.sh'])
    refusals.push([await planted(name), /is no file of a configuration; nothing was changed/]);
  for (const name of ['data/.restoring/x', 'data/servers/x', 'data/replaced-2020/x'])
    refusals.push([await planted(name), /is no backup of ours/]);
  refusals.push([await forged(() => undefined, ['../outside.txt']), /damaged|not in its manifest/]);
  for (const [file, message] of refusals) {
    const { code, stderr } = await cli(['restore', file], environment('empty'));
    assert.is(code, 2, String(message));
    assert.match(stderr, message);
    assert.equal(contentOf(at('empty')), []);
  }
  assert.is(readFileSync(at('outside.txt'), 'utf8'), 'as it was');
});

backups('that is killed while it is restored leaves the old store or the new one, whole', async () => {
  const old = await openTestStore(at('old'));
  await ensureAdministrator(old, 1_760_000_000);
  await old.close();
  mkdirSync(at('old/evidence'));
  writeFileSync(at('old/evidence/old.txt'), 'old');
  const seen = new Set<string>();
  for (let number = 1; ; number++) {
    assert.ok(number < 20, 'the child never finishes');
    const name = `killed-${number}`;
    cpSync(at('old'), at(name), { recursive: true });
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/restore-child.ts', `${number}`, at('one.tar.gz'), at(name)], {
      cwd: projectDir, stdio: ['ignore', 'ignore', 'inherit'],
    }); // prettier-ignore
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    const store = await openTestStore(at(name));
    const { count } = (await store.reader('case_fact').count('* as count').first()) as { count: number };
    await store.close();
    const isOld = existsSync(at(`${name}/evidence/old.txt`));
    const isNew = existsSync(at(`${name}/evidence/${photo}`)) && existsSync(at(`${name}/store.key`));
    assert.is.not(isOld, isNew, `half of each before rename ${number}`);
    assert.is(count > 0, isNew, `evidence and cases differ before rename ${number}`);
    if (isNew) {
      assert.equal(
        readFileSync(
          path.join(at(name), readdirSync(at(name)).find((each) => each.startsWith('replaced-')) ?? '', 'evidence/old.txt'),
          'utf8',
        ),
        'old',
      );
      assert.not.ok(existsSync(at(`${name}/.restoring`)));
    }
    seen.add(isNew ? 'new' : 'old');
    if (signal === null) {
      assert.is(code, 0);
      assert.ok(isNew);
      break;
    }
    // Whatever it left, the next one goes through.
    if (number === 1) assert.is((await cli(['restore', at('one.tar.gz'), '--replace'], environment(name))).code, 0);
  }
  assert.equal([...seen], ['old', 'new']);
});

backups('says what to run instead where the store is in PostgreSQL', async () => {
  const env = { ...environment(), DATABASE_URL: 'postgres://silverlining:hunter2@127.0.0.1:1/x' };
  for (const [args, tool] of [
    [['backup'], 'pg_dump --format=custom'],
    [['restore', at('one.tar.gz')], 'pg_restore --no-owner --single-transaction'],
  ] as const) {
    const { code, stderr } = await cli([...args], env);
    assert.is(code, 2);
    assert.match(stderr, tool);
    assert.not.match(stderr, 'hunter2');
  }
});

backups.run();
