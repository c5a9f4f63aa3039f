import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultProcedure } from '../../etl/procedure.ts';
import { defaultConfig, readConfig, readSource } from '../../etl/config.ts';
import { defaultSatisfaction } from '../../etl/config-satisfaction.ts';
import { defaultServer } from '../../etl/config-server.ts';
import { BadInput } from '../../etl/errors.ts';

const config = suite('config');
const place = { where: 'silverlining.yaml', folder: '/etc/silverlining' };
const problemsOf = (text: string): [string, string][] => {
  try {
    readConfig(text, place);
  } catch (error) {
    assert.instance(error, BadInput);
    return (error as BadInput).problems.map((p) => [p.field, p.message]);
  }
  return [];
};

config('reads one drop folder every 15 minutes when there is no file', () => {
  assert.equal(defaultConfig('/data'), {
    organisation: { name: 'Silverlining', zone: null, currency: null },
    calendars: {},
    slaPolicies: [],
    procedure: defaultProcedure,
    openId: null,
    targets: {},
    satisfaction: defaultSatisfaction,
    digests: [],
    server: { trustProxy: [], limits: { signIn: 20, push: 300, writes: 240 } },
    sources: [
      { name: 'inbox', connector: 'folder', options: { path: path.resolve('/data/inbox') }, map: 'standard', schedule: { every: '15m' } },
    ],
  });
});

config('reads the options of a connector apart from what every source says, with paths from the folder of the file', () => {
  const { sources } = readConfig(
    `
sources:
  - { name: desk, connector: folder, path: ./inbox, map: standard, schedule: hour }
  - { name: shop, connector: folder, path: /srv/shop, map: maps/shop.yaml, schedule: { every: week, on: Monday, at: "06:30", zone: Europe/Vienna } }
  - { name: app, connector: push, map: standard }
`,
    place,
  );
  assert.equal(sources, [
    { name: 'desk', connector: 'folder', options: { path: '/etc/silverlining/inbox' }, map: 'standard', schedule: { every: 'hour' } },
    {
      name: 'shop',
      connector: 'folder',
      options: { path: '/srv/shop' },
      map: '/etc/silverlining/maps/shop.yaml',
      schedule: { every: 'week', on: 'monday', at: '06:30', zone: 'Europe/Vienna' },
    },
    { name: 'app', connector: 'push', options: {}, map: 'standard', schedule: null },
  ]);
});

config('believes no proxy unless it is told to, and none that could be anybody', () => {
  assert.equal(readConfig('server: { trust_proxy: [loopback, 10.0.0.7, "10.0.0.0/8", "fd00::/8"], limits: { writes: 9 } }', place).server, {
    trustProxy: ['loopback', '10.0.0.7', '10.0.0.0/8', 'fd00::/8'],
    limits: { ...defaultServer.limits, writes: 9 },
  });
  for (const wrong of [
    'true',
    '1',
    '"*"',
    'all',
    'proxy.example.org',
    '0.0.0.0/0',
    '"::/0"',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '"10.0.0.0/255.0.0.0"',
  ]) {
    const [problem] = problemsOf(`server: { trust_proxy: [${wrong}] }`);
    assert.is(problem?.[0], 'server.trust_proxy[0]', wrong);
  }
  for (const wrong of ['0', '-1', '1.5', 'none'])
    assert.is(problemsOf(`server: { limits: { push: ${wrong} } }`)[0]?.[0], 'server.limits.push');
});

config('takes an empty file, and parts without entries, as one without sources', () => {
  const empty = {
    organisation: { name: 'Silverlining', zone: null, currency: null },
    calendars: {},
    slaPolicies: [],
    procedure: defaultProcedure,
    openId: null,
    targets: {},
    satisfaction: defaultSatisfaction,
    digests: [],
    server: defaultServer,
    sources: [],
  };
  for (const text of ['', '# nothing yet', 'organisation:\ncalendars:\nsla_policies:\nsources:\n']) {
    assert.equal(readConfig(text, place), empty);
  }
});

config('reports every problem at once, by its path and line', () => {
  const problems = problemsOf(`
organisaton: {}
organisation: { name: 7, zone: Europe/Vienn, currency: euro }
sources:
  - { name: a, connector: foldr, path: in, map: standard, schedule: { every: weak, at: "6:30" } }
  - { name: a, connector: folder, map: "\${MAP}", schedule: { every: month, on: 32, at: "06:30" } }
  - { name: entry, connector: folder, path: x, map: standard, schedule: hour, retries: 3 }
  - name: b
    connector: folder
    path: x
    map: standard
    schedule:
      every: 15m
      at: "06:00"
      on: monday
      zone: Mars
`);
  const messages = new Map(problems);
  assert.equal(
    [...messages.keys()].sort(),
    [
      'organisaton', 'organisation.zone', 'organisation.currency', 'organisation.name', 'sources[0].connector', 'sources[0].schedule.every', 'sources[0].schedule.at',
      'sources[1].path', 'sources[1].map', 'sources[1].schedule.on', 'sources[2].retries', 'sources[2].name', 'sources[3].schedule.at', 'sources[3].schedule.zone',
      'sources[3].schedule.on', 'sources[1].name',
    ].sort(), // prettier-ignore
  );
  assert.is(messages.size, problems.length);
  assert.is(
    messages.get('organisaton'),
    'is no setting here (did you mean "organisation"?); there are organisation, calendars, sla_policies, procedure, sign_in, targets, satisfaction, digests, retention, server, sources (line 2)',
  );
  assert.is(messages.get('organisation.name'), 'is a number; it must be text (line 3)');
  assert.match(messages.get('organisation.zone') ?? '', '"Europe/Vienn" is no time zone');
  assert.match(messages.get('organisation.zone') ?? '', 'did you mean "Europe/Vienna"');
  assert.match(messages.get('sources[0].connector') ?? '', '"foldr" is no connector; there are ');
  assert.match(messages.get('sources[0].connector') ?? '', 'did you mean "folder"?');
  assert.match(messages.get('sources[0].schedule.every') ?? '', '"weak" is not one of 15m, hour, day, week, month (did you mean "week"?)');
  assert.is(messages.get('sources[1].path'), 'is missing (line 6)');
  assert.match(messages.get('sources[1].map') ?? '', 'only secrets do');
  assert.is(messages.get('sources[1].name'), '"a" is the name of another source (line 6)');
  assert.is(messages.get('sources[3].schedule.at'), 'goes with day, week or month, not with 15m (line 14)');
  assert.match(messages.get('sources[3].schedule.zone') ?? '', /Mars.*\(line 16\)$/);
});

config('says what is wrong with and between calendars and policies, with near names', () => {
  const messages = new Map(
    problemsOf(`
organisation: { calendar: ofice }
calendars:
  office: { zone: Europe/Vienna, hours: { monday: ["09:00-17:00"], tusday: ["09:00-17:00"] } }
  shop: { zone: Europe/Viena, hours: { monday: ["9-5"] } }
sla_policies:
  - { name: standard, calendar: offise, resolve: { calendar_days: 56 } }
`),
  );
  assert.is(messages.size, 5);
  assert.match(messages.get('calendars.office.hours.tusday') ?? '', /did you mean "tuesday".*line 4/);
  assert.match(messages.get('calendars.shop.zone') ?? '', /did you mean "Europe\/Vienna".*line 5/);
  assert.match(messages.get('calendars.shop.hours.monday[0]') ?? '', /line 5/);
  assert.match(messages.get('organisation.calendar') ?? '', /did you mean "office"\?.*line 2/);
  assert.match(messages.get('sla_policies[0].calendar') ?? '', /did you mean "office"\?.*line 7/);
});

config('takes ${NAME} for secrets only, and no secret in any other form', () => {
  const source = (options: string) =>
    `sources: [{ name: a, connector: http-json, map: standard, url: https://desk.example.org, ${options} }]`;
  const { sources } = readConfig(source('auth: { bearer: "${DESK_TOKEN}" }'), place);
  assert.equal((sources[0]?.options as { auth: unknown }).auth, { bearer: '${DESK_TOKEN}' });
  const howTo = 'is a secret: write ${NAME} here and put the value into the environment variable NAME (line 1)';
  for (const literal of ['hunter2', '12345']) {
    assert.equal(problemsOf(source(`auth: { bearer: ${literal} }`)).at(-1), ['sources[0].auth.bearer', howTo], literal);
  }
  for (const mixed of ['"x${DESK_TOKEN}"', '"${1}"'])
    assert.match(problemsOf(source(`auth: { bearer: ${mixed} }`))[0]?.[1] ?? '', 'only secrets do, and there it stands alone');
  const [[field, message] = ['', '']] = problemsOf(source('headers: { X-Who: "${WHO}" }'));
  assert.is(field, 'sources[0].headers.X-Who');
  assert.match(message, 'takes no ${NAME} of the environment; only secrets do');
  assert.match(problemsOf(source('query: { who: "by ${WHO}" }'))[0]?.[1] ?? '', 'only secrets do');
});

config('takes what is named as a secret by reference in headers, parameters and bodies too', () => {
  const source = (options: string) =>
    `sources: [{ name: a, connector: http-json, map: standard, url: https://desk.example.org, ${options} }]`;
  const { sources } = readConfig(source('query: { api_key: "${DESK_KEY}" }'), place);
  assert.equal((sources[0]?.options as { query: unknown }).query, { api_key: '${DESK_KEY}' });
  for (const [options, field] of [
    ['query: { api_key: hunter2 }', 'query.api_key'],
    ['headers: { X-Api-Key: hunter2 }', 'headers.X-Api-Key'],
    ['body: { token: hunter2 }', 'body.token'],
  ] as const) {
    const [[at, message] = ['', '']] = problemsOf(source(options));
    assert.is(at, `sources[0].${field}`);
    assert.match(message, /^is a secret: write \$\{NAME\} here/);
  }
});

config('never shows what stands in the place of a secret', () => {
  for (const auth of [
    'hunter2',
    '[hunter2]',
    '{ bearer: [hunter2] }',
    '{ bearer: { hunter: hunter2 } }',
    '{ basic: hunter2 }',
    '{ berer: hunter2 }',
  ]) {
    const problems = problemsOf(
      `sources: [{ name: a, connector: http-json, map: standard, url: https://desk.example.org, auth: ${auth} }]`,
    );
    assert.ok(problems.length > 0, auth);
    assert.not.match(JSON.stringify(problems), 'hunter2', auth);
  }
});

config('names the keys that are meant where one of several forms is expected', () => {
  const problemsOfAuth = (auth: string) =>
    problemsOf(`sources: [{ name: a, connector: http-json, map: standard, url: https://desk.example.org, auth: ${auth} }]`);
  assert.equal(problemsOfAuth('{ basik: {} }'), [
    ['sources[0].auth.basik', 'is no setting here (did you mean "basic"?); there are bearer, basic, header (line 1)'],
  ]);
  assert.equal(problemsOfAuth('{ basic: { user: u } }'), [['sources[0].auth.basic.password', 'is missing (line 1)']]);
});

config('refuses names of calendars that would be lost', () => {
  const hours = '{ zone: UTC, hours: { monday: ["09:00-17:00"] } }';
  for (const name of ['__proto__', '"-"', '""']) {
    const problems = problemsOf(`organisation: { calendar: ${name} }\ncalendars:\n  ${name}: ${hours}\n`);
    assert.ok(
      problems.some(([, message]) => message?.includes('is no name of a calendar')),
      `${name}: ${JSON.stringify(problems)}`,
    );
  }
  assert.equal(problemsOf(`organisation: { calendar: Büro 2 }\ncalendars:\n  Büro 2: ${hours}\n`), []);
});

config('reads one source as a form sends it', () => {
  const source = { name: 'desk', connector: 'folder', path: 'in', map: 'standard' };
  assert.equal(readSource(source, '/srv'), {
    name: 'desk',
    connector: 'folder',
    options: { path: '/srv/in' },
    map: 'standard',
    schedule: null,
  });
  const problems = (value: unknown, others: { name: string }[] = []) => {
    try {
      readSource(value, '/srv', others);
    } catch (error) {
      return (error as BadInput).problems.map((p) => p.field);
    }
    return [];
  };
  assert.equal(problems(source, [{ name: 'desk' }]), ['name']);
  assert.equal(problems({ name: 'Desk', connector: 'foldr', map: '' }), ['connector', 'name', 'map']);
  assert.equal(problems('x'), ['']);
  assert.equal(problems(null), ['']);
});

config('names line and column of broken YAML', () => {
  const [[field, message] = ['', '']] = problemsOf('organisation:\n  name: [\n');
  assert.is(field, 'silverlining.yaml');
  assert.match(message, /^line \d+, column \d+: /);
});

config('says what a file of another shape must be', () => {
  assert.equal(problemsOf('- a\n- b\n'), [
    [
      'silverlining.yaml',
      'is a list; it must be a table of organisation, calendars, sla_policies, procedure, sign_in, targets, satisfaction, digests, retention, server, sources',
    ],
  ]);
  assert.equal(problemsOf('sources: 7'), [['sources', 'is a number; it must be a list (line 1)']]);
  assert.equal(problemsOf('sources: [7]'), [['sources[0]', 'is a number; it must be a table (line 1)']]);
  assert.equal(problemsOf('sources:\n  - *nobody\n')[0]?.[0], 'silverlining.yaml');
});

config.run();
