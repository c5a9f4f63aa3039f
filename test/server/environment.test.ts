import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { environmentKeys, readEnvironment } from '../../server/environment.ts';

const environment = suite('readEnvironment');
const folder = path.resolve('somewhere');

environment('has a default for everything', () => {
  assert.equal(readEnvironment({ UNRELATED: '1', PORT: ' ' }, folder), {
    port: 3000,
    host: '127.0.0.1',
    dataDir: path.join(folder, 'data'),
    databaseUrl: null,
    configPath: path.join(folder, 'silverlining.yaml'),
    isConfigNamed: false,
    memoryBytes: null,
    logLevel: 'info',
    demo: true,
    localSources: false,
    mail: null,
    publicUrl: null,
    trustProxy: null,
  });
});

environment('reads what is given', () => {
  const given = readEnvironment(
    {
      PORT: '0',
      HOST: '::1',
      SILVERLINING_DATA: 'x/y',
      DATABASE_URL: 'postgres://u:p@h/d',
      SILVERLINING_CONFIG: 'my.yaml',
      SILVERLINING_DEMO: 'OFF',
      SILVERLINING_LOCAL_SOURCES: 'on',
      SILVERLINING_MEMORY: '0',
      SMTP_URL: 'smtps://robot%40example.org:p%23w@mail.example.org',
      MAIL_FROM: 'Complaints team <complaints@example.org>',
      SILVERLINING_URL: 'https://silverlining.example.org/',
      SILVERLINING_TRUST_PROXY: 'loopback, 10.0.0.0/8',
      LOG_LEVEL: 'Warn',
    },
    folder,
  );
  assert.equal(given, {
    port: 0,
    host: '::1',
    dataDir: path.join(folder, 'x/y'),
    databaseUrl: 'postgres://u:p@h/d',
    configPath: path.join(folder, 'my.yaml'),
    isConfigNamed: true,
    memoryBytes: 0,
    logLevel: 'warn',
    demo: false,
    localSources: true,
    mail: {
      host: 'mail.example.org',
      port: 465,
      secure: true,
      user: 'robot@example.org',
      password: 'p#w',
      from: { name: 'Complaints team', address: 'complaints@example.org' },
    },
    publicUrl: 'https://silverlining.example.org',
    trustProxy: ['loopback', '10.0.0.0/8'],
  });
  assert.equal(readEnvironment({ SILVERLINING_TRUST_PROXY: 'none' }, folder).trustProxy, []);
});

environment('names every problem at once, with what was expected', () => {
  const wrong = {
    PORT: '70000',
    HOST: 'a b',
    DATABASE_URL: 'mysql://x',
    SILVERLINING_DEMO: 'maybe',
    SILVERLINING_MEMORY: '1.5 GB',
    LOG_LEVEL: 'inof',
    SMTP_URL: 'smtp://robot:hunter2@mail.example.org/inbox',
    MAIL_FROM: 'Complaints team',
    SILVERLINING_URL: 'https://me:hunter2@silverlining.example.org',
    SILVERLINING_TRUST_PROXY: 'true',
  };
  try {
    readEnvironment(wrong, folder);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
    const { problems } = error as BadInput;
    assert.equal(problems.map((p) => p.field).sort(), Object.keys(wrong).sort());
    assert.match(problems.find((p) => p.field === 'LOG_LEVEL')?.message ?? '', 'did you mean "info"');
    assert.not.match((error as BadInput).message, /mysql|hunter2/); // an address may hold a password
  }
});

for (const port of ['-1', '3000x', '1e3', '65536', '3 000']) {
  environment(`refuses the port ${port}`, () => assert.throws(() => readEnvironment({ PORT: port }, folder), /PORT/));
}

for (const [given, expected] of [
  ['smtp://mail.example.org', { port: 587, secure: false, user: null, from: 'silverlining@mail.example.org' }],
  ['smtp://robot@example.org:x@mail.example.org:25', { port: 25, secure: false, user: 'robot@example.org', from: 'robot@example.org' }],
  ['smtp://robot:x@[::1]:2525', { port: 2525, secure: false, user: 'robot', from: 'silverlining@[IPv6:::1]' }],
  ['smtp://10.0.0.7', { port: 587, secure: false, user: null, from: 'silverlining@[10.0.0.7]' }],
  ['SMTPS://robot:x@mail', { port: 465, secure: true, user: 'robot', from: 'silverlining@mail' }],
  ['http://mail.example.org', null],
  ['smtp://', null],
  ['smtp://robot:a#b@mail.example.org', null],
  ['smtp://robot:a%0d%0ab@mail.example.org', null],
  ['mail.example.org:587', null],
] as const) {
  environment(`takes ${given} for ${expected ? 'a mail server' : 'no mail server'}`, () => {
    const read = () => readEnvironment({ SMTP_URL: given }, folder).mail;
    if (!expected) return assert.throws(read, /^SMTP_URL: is not an address like/);
    const mail = read();
    assert.equal({ port: mail?.port, secure: mail?.secure, user: mail?.user, from: mail?.from.address }, expected);
    assert.is(mail?.from.name, 'Silverlining');
  });
}

environment('describes every variable', () => {
  for (const { description } of Object.values(environmentKeys)) assert.match(description, /\.$/);
});

environment.run();
