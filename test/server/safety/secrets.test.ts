// time limit: 300 s
// one run: what is logged does not depend on where the store is
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, launch } from '../../support/cli.ts';
import { storeEnv } from '../../support/test-store.ts';

const secrets = suite('secrets');
let dir = '';
secrets.before(async () => void (dir = await mkdtemp(path.join(tmpdir(), 'silverlining-secrets-'))));
secrets.after(() => rm(dir, { recursive: true, force: true }));

const json = { 'content-type': 'application/json' };

secrets('of all kinds stand in no line that the server writes, but the first link it is started to print', async () => {
  const known = { mail: 'mail-Pw-7f3e', source: 'source-Pw-9c1a', password: 'correct horse battery 41', wrong: 'wrong horse battery 42' };
  const narrative = 'NARRATIVE-88 of Jane Doe';
  mkdirSync(path.join(dir, 'in'));
  writeFileSync(
    path.join(dir, 'hook.yaml'),
    'source: hook\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: at\n',
  );
  writeFileSync(
    path.join(dir, 'silverlining.yaml'),
    [
      'sources:',
      '  - { name: hook, connector: push, map: ./hook.yaml }',
      "  - { name: desk, connector: http-json, url: 'http://127.0.0.1:9/cases', auth: { bearer: '${SOURCE_SECRET}' }, paging: { kind: none }, map: ./hook.yaml }",
      '',
    ].join('\n'),
  );
  const env = {
    ...(await storeEnv(dir)),
    SILVERLINING_CONFIG: path.join(dir, 'silverlining.yaml'),
    PORT: '0',
    LOG_LEVEL: 'trace',
    SMTP_URL: `smtp://robot:${known.mail}@127.0.0.1:9`,
    SOURCE_SECRET: known.source,
  };
  const server = launch(['start', '--no-demo'], env);
  await new Promise<void>((resolve, reject) => {
    server.child.stdout?.on('data', () => /Silverlining is at [\s\S]*user link admin/.test(server.said()) && resolve());
    void server.finished.then(({ stderr }) => reject(new Error(`ended: ${stderr}`)));
  });
  const [, url = '', printed = ''] = /(http:\S+)\/sign-in\?token=([\w-]{43})/.exec(server.said()) ?? [];
  const linked = /token=([\w-]{43})/.exec((await cli(['user', 'link', 'admin'], env)).stdout)?.[1] ?? '';
  const post = (target: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') =>
    fetch(url + target, { method, headers: { ...json, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });

  const signedIn = await post('/sign-in', { token: linked });
  assert.is(signedIn.status, 200);
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const session = cookie.split('=')[1] ?? '';
  const signed = { cookie };
  assert.is((await post('/sign-in', { token: linked })).status, 401);
  await fetch(`${url}/sign-in?token=${printed}`);
  await fetch(`${url}/api/nothing?token=${linked}&password=${encodeURIComponent(known.password)}`, { headers: signed });
  const changed = await post('/api/account/password', { password: known.password }, signed, 'PUT');
  assert.ok(changed.ok, await changed.text());
  assert.is((await post('/sign-in', { name: 'admin', password: known.wrong })).status, 401);
  // A password in the wrong field.
  assert.is((await post('/sign-in', { name: known.password, password: 'x' })).status, 401);
  const again = await post('/sign-in', { name: 'admin', password: known.password });
  assert.is(again.status, 200);
  const second = again.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? '';
  const invited = await post('/api/people', { name: 'kim', role: 'staff', email: 'kim@example.org' }, signed);
  const invitation = /token=([\w-]{43})/.exec(await invited.text())?.[1] ?? '';
  const token = ((await (await post('/api/sources/hook/token', {}, signed)).json()) as { token: string }).token;
  for (const body of [{ id: 1, at: '2026-01-05' }, { id: 2, at: 'never' }, '{'])
    await post('/api/sources/hook/records', body, { authorization: `Bearer ${token}` });
  await post('/api/sources/hook/records', {}, { authorization: `Bearer ${token}x` });
  // Fails, since nobody listens there.
  await post('/api/sources/desk/run', {}, signed);
  await post(
    '/api/sources/preview',
    {
      source: { name: 'x', connector: 'http-json', url: 'http://example.invalid/', auth: { bearer: '${SOURCE_SECRET}' }, map: 'standard' },
    },
    signed,
  );
  const entry = { kind: 'complaint', received_at: '2026-01-05', issue: 'late', narrative, customer_ref: 'CUSTOMER-77' };
  await post('/api/entries/3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86', entry, signed, 'PUT');
  await fetch(`${url}/api/runs`, { headers: signed });
  await post('/sign-out', {}, signed);
  server.child.kill('SIGTERM');
  const { stdout, stderr, code } = await server.finished;
  assert.is(code, 0);

  const all = { ...known, linked, session, second, token, invitation, narrative, customer: 'CUSTOMER-77' };
  for (const [name, secret] of Object.entries(all)) {
    assert.ok(secret.length > 8, `there is no ${name}`);
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
      assert.not.ok((stdout + stderr).includes(form), `${name} is written`);
  }
  assert.is(stdout.split(printed).length, 2, 'the first link is printed once');
  assert.not.ok(stderr.includes(printed), 'the first link is in the log');
  assert.match(stderr, '"event":"server_started"');
  assert.match(stderr, '"source":"desk"');
});

secrets.run();
