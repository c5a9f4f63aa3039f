import { readFileSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultConfig, readConfig } from '../../etl/config.ts';
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
  const { organisation, sources } = defaultConfig('/data');
  assert.equal(organisation, { name: 'Silverlining', zone: null, currency: null });
  assert.equal(sources, [
    { name: 'inbox', connector: 'folder', path: path.resolve('/data/inbox'), map: 'standard', schedule: { every: '15m' } },
  ]);
});

config('reads the example', () => {
  const text = readFileSync(new URL('../../silverlining.example.yaml', import.meta.url), 'utf8');
  const { organisation, sources } = readConfig(text, place);
  assert.equal(organisation, { name: 'Example Company', zone: 'Europe/Vienna', currency: 'EUR' });
  assert.equal(sources[0], {
    name: 'front-desk',
    connector: 'folder',
    path: '/etc/silverlining/inbox/front-desk',
    map: 'standard',
    schedule: { every: '15m' },
  });
  assert.equal(sources[1]?.map, '/etc/silverlining/maps/call-centre.yaml');
  assert.equal(sources[1]?.schedule, { every: 'week', on: 'monday', at: '06:30', zone: 'Europe/Vienna' });
});

config('takes an empty file as one without sources', () => {
  assert.equal(readConfig('', place), { organisation: { name: 'Silverlining', zone: null, currency: null }, sources: [] });
});

config('reports every problem at once, by its path', () => {
  const problems = problemsOf(`
organisaton: {}
organisation: { name: 7, zone: Europe/Vienn, currency: euro }
sources:
  - { name: a, connector: foldr, path: in, map: standard, schedule: { every: weak, at: "6:30" } }
  - { name: a, connector: folder, map: "\${MAP}", schedule: { every: month, on: 32, at: "06:30" } }
  - { name: entry, connector: folder, path: x, map: standard, schedule: hour, retries: 3 }
  - { name: b, connector: folder, path: x, map: standard, schedule: { every: 15m, at: "06:00", on: monday, zone: Mars } }
`);
  assert.equal(
    problems.map(([field]) => field),
    [
      'organisaton', 'organisation.zone', 'organisation.currency', 'organisation.name', 'sources[0].connector', 'sources[0].schedule.every', 'sources[0].schedule.at',
      'sources[1].path', 'sources[1].map', 'sources[1].schedule.on', 'sources[2].retries', 'sources[2].name', 'sources[3].schedule.at', 'sources[3].schedule.zone',
      'sources[3].schedule.on', 'sources[1].name',
    ], // prettier-ignore
  );
  const messages = new Map(problems);
  assert.match(messages.get('organisaton') ?? '', 'did you mean "organisation"?');
  assert.match(messages.get('organisation.zone') ?? '', '"Europe/Vienna"');
  assert.match(messages.get('sources[0].connector') ?? '', 'did you mean "folder"?');
  assert.match(messages.get('sources[0].schedule.every') ?? '', '15m, hour, day, week, month');
  assert.match(messages.get('sources[1].path') ?? '', 'missing');
  assert.match(messages.get('sources[1].map') ?? '', 'only secrets do');
});

config('names line and column of broken YAML', () => {
  const [[field, message] = ['', '']] = problemsOf('organisation:\n  name: [\n');
  assert.is(field, 'silverlining.yaml');
  assert.match(message, /^line \d+, column \d+: /);
});

config('says what a file of another shape must be', () => {
  assert.equal(
    problemsOf('- a\n- b\n').map(([, message]) => message),
    ['must be a table of organisation, sources'],
  );
  assert.equal(
    problemsOf('sources: 7').map(([field]) => field),
    ['sources'],
  );
});

config.run();
