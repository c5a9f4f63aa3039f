import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../../server/commands/list.ts';
import { cli, launch } from '../../support/cli.ts';
import { engine, storeEnv } from '../../support/test-store.ts';

const line = suite('command line');
let dir = '';
let env: Record<string, string> = {};
line.before.each(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-line-'));
  env = await storeEnv(path.join(dir, 'not', 'yet', 'there'));
});
line.after.each(() => rm(dir, { recursive: true, force: true }));

line('names near commands for one it does not know, with exit code 2', async () => {
  const { code, stdout, stderr } = await cli(['improt', 'x.csv']);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, 'there is no command "improt" (did you mean "import"?)');
  assert.match(stderr, 'usage: npx silverlining COMMAND');
});

line('shows what it can do without a command and with help', async () => {
  assert.is((await cli([])).code, 2);
  for (const args of [['help'], ['--help'], ['-h']]) {
    const { code, stdout } = await cli(args);
    assert.is(code, 0);
    for (const command of commands) assert.match(stdout, command.name);
  }
  const one = await cli(['help', 'import']);
  assert.match(one.stdout, '--through DATE');
  assert.is((await cli(['import', '--help'])).stdout, one.stdout);
  assert.is((await cli(['help', 'imprt'])).code, 2);
});

line('runs through the launcher as a process of its own', async () => {
  const { code, stdout, stderr } = await launch(['status', '--json'], env).finished;
  assert.is(code, 0, stderr);
  assert.equal(JSON.parse(stdout), { engine, data: env.SILVERLINING_DATA, cases: 0, sources: [] });
});

line('status says what to do in an empty store', async () => {
  const { code, stdout } = await cli(['status'], env);
  assert.is(code, 0);
  assert.match(stdout, 'npx silverlining import FILE --map NAME');
});

line('user adds, lists, links and disables', async () => {
  assert.equal(await cli(['user', 'list'], env), { code: 0, stdout: 'admin\tadministrator\n', stderr: '' });
  assert.is((await cli(['user', 'add', 'Zoë'], env)).code, 0);
  assert.match((await cli(['user', 'link', 'Zoë'], env)).stdout, /^http:\/\/127\.0\.0\.1:3000\/sign-in\?token=[\w-]{43}\n$/);
  assert.is((await cli(['user', 'disable', 'Zoë'], env)).code, 0);
  assert.is((await cli(['user', 'list'], env)).stdout, 'Zoë\tadministrator\tdisabled\nadmin\tadministrator\n');
  const refused: [string[], RegExp][] = [
    [['user', 'link', 'Zoë'], /the user "Zoë" is disabled/],
    [['user', 'link', 'admn'], /did you mean "admin"/],
    [['user', 'link'], /whose\?/],
    [['user', 'add', 'admin'], /there already is a user "admin"/],
    [['user', 'add', 'a b'], /cannot be a user's name/],
    [['user', 'add', 'x', '--role', 'king'], /"king" is not one of administrator/],
    [['user', 'lnik', 'admin'], /did you mean "link"/],
    [['user', 'disable', 'admin'], /"admin" is the last administrator/],
    [['user', 'role', 'admin', 'staff'], /"admin" is the last administrator/],
    [['user', 'role', 'admin'], /something is missing: user role takes one of administrator/],
    [['user', 'role', 'admin', 'triner'], /did you mean "trainer"/],
    [['user', 'scope', 'Zoë', 'North'], /neither team=LABEL nor company=LABEL/],
    [['user', 'scope', 'admin', 'team=North'], /there is no team "North"/],
    [['user', 'list', 'admin'], /user list takes nothing/],
  ];
  for (const [args, message] of refused) {
    const { code, stderr, stdout } = await cli(args, env);
    assert.is(code, 2, args.join(' '));
    assert.match(stderr, message);
    assert.is(stdout, '');
  }
});

line('run says what is configured when a source is unknown, and that there is nothing new', async () => {
  const unknown = await cli(['run', 'inbx'], env);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, 'there is no source "inbx" (did you mean "inbox"?)');
  const nothing = await cli(['run'], env);
  assert.is(nothing.code, 0);
  assert.match(nothing.stderr, /^inbox: nothing new in /);
});

line('says every problem of its environment at once, also a configuration that is not there', async () => {
  const wrong = await cli(['status'], { ...env, PORT: '-1', HOST: 'a b' });
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, /PORT: [\s\S]*HOST: /);
  const missing = await cli(['run'], { ...env, SILVERLINING_CONFIG: path.join(dir, 'none.yaml') });
  assert.is(missing.code, 2);
  assert.match(missing.stderr, 'SILVERLINING_CONFIG: there is no file');
});

line.run();
