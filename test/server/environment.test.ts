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
    logLevel: 'info',
    demo: true,
    localSources: false,
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
    logLevel: 'warn',
    demo: false,
    localSources: true,
  });
});

environment('names every problem at once, with what was expected', () => {
  const wrong = { PORT: '70000', HOST: 'a b', DATABASE_URL: 'mysql://x', SILVERLINING_DEMO: 'maybe', LOG_LEVEL: 'inof' };
  try {
    readEnvironment(wrong, folder);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
    const { problems } = error as BadInput;
    assert.equal(problems.map((p) => p.field).sort(), Object.keys(wrong).sort());
    assert.match(problems.find((p) => p.field === 'LOG_LEVEL')?.message ?? '', 'did you mean "info"');
    assert.not.match((error as BadInput).message, 'mysql'); // an address may hold a password
  }
});

for (const port of ['-1', '3000x', '1e3', '65536', '3 000']) {
  environment(`refuses the port ${port}`, () => assert.throws(() => readEnvironment({ PORT: port }, folder), /PORT/));
}

environment('describes every variable', () => {
  for (const { description } of Object.values(environmentKeys)) assert.match(description, /\.$/);
});

environment.run();
