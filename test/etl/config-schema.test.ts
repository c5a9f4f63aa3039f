import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { readConfig } from '../../etl/config.ts';
import { configJsonSchema } from '../../etl/config-schema.ts';
import { connectors } from '../../etl/connectors/index.ts';

const schemaFile = new URL('../../docs/silverlining.schema.json', import.meta.url);
const example = readFileSync(new URL('../../silverlining.example.yaml', import.meta.url), 'utf8');
// A # directly before a setting turns it off: without them the example shows everything there is.
const everything = example.replace(/^( *)#(?=[a-z_]+: |- name: | {2})/gm, '$1');
const place = { where: 'silverlining.example.yaml', folder: '/etc/silverlining' };

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  const?: unknown;
}
interface Key {
  path: string;
  name: string;
  schema: Schema;
}

/** Every key a schema describes, at any depth. */
function keysOf(schema: Schema, path = ''): Key[] {
  const own = Object.entries(schema.properties ?? {}).map(([name, value]) => ({ path: `${path}.${name}`, name, schema: value }));
  const below = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((form, i) => keysOf(form, `${path}(${i})`));
  const further = [schema.items, schema.additionalProperties].flatMap((part) =>
    typeof part === 'object' ? keysOf(part, `${path}[]`) : [],
  );
  return [...own, ...own.flatMap((key) => keysOf(key.schema, key.path)), ...below, ...further];
}

/** Every key that was written, at any depth. */
function writtenKeys(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(writtenKeys);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...writtenKeys(part)]);
}

const schema = configJsonSchema() as Schema;
const parts = schema.properties ?? {};
const sourceForms = new Map((parts.sources?.items?.oneOf ?? []).map((form) => [String(form.properties?.connector?.const), form] as const));

const published = suite('published schema');

published('is what the configuration is read by (WRITE_SCHEMA=1 npm test writes it anew)', async () => {
  const file = schemaFile.pathname;
  const text = await format(JSON.stringify(schema), { ...(await resolveConfig(file)), parser: 'json' });
  if (process.env.WRITE_SCHEMA) writeFileSync(schemaFile, text);
  assert.is(readFileSync(schemaFile, 'utf8'), text, 'docs/silverlining.schema.json is not up to date');
});

published('describes every key', () => {
  const mute = keysOf(schema).filter((key) => !key.schema.description);
  assert.equal(
    mute.map((key) => key.path),
    [],
  );
});

published('has a form for every connector', () => {
  assert.equal([...sourceForms.keys()].sort(), Object.keys(connectors).sort());
});

const shown = suite('example configuration');

shown('is read without problems, with one source per connector', () => {
  const { organisation, calendars, slaPolicies, sources } = readConfig(example, place);
  assert.equal(organisation, { name: 'Example Company', zone: 'Europe/Vienna', currency: 'EUR', calendar: 'office' });
  assert.equal(Object.keys(calendars), ['office']);
  assert.equal(
    slaPolicies.map((policy) => policy.name),
    ['urgent complaints', 'standard'],
  );
  assert.equal(sources.map((source) => source.connector).sort(), Object.keys(connectors).sort());
  assert.equal(sources[0], {
    name: 'front-desk',
    connector: 'folder',
    options: { path: '/etc/silverlining/inbox/front-desk' },
    map: 'standard',
    schedule: { every: '15m' },
  });
  assert.is(sources[1]?.map, '/etc/silverlining/maps/call-centre.yaml');
  assert.equal(sources[1]?.schedule, { every: 'week', on: 'monday', at: '06:30', zone: 'Europe/Vienna' });
});

shown('is read without problems with everything turned on that is off', () => {
  assert.ok(readConfig(everything, place).sources.length > readConfig(example, place).sources.length);
});

shown('tells editors which schema it follows', () => {
  assert.match(example, /^# yaml-language-server: \$schema=\.\/docs\/silverlining\.schema\.json\n/);
});

shown('shows every key of organisation, calendars, policies, the procedure, satisfaction, digests and schedules', () => {
  const written = parse(everything) as Record<string, unknown>;
  for (const part of ['organisation', 'calendars', 'sla_policies', 'procedure', 'satisfaction', 'sign_in', 'digests', 'server']) {
    const missing = keysOf(parts[part] ?? {}).filter((key) => !writtenKeys(written[part]).includes(key.name));
    assert.equal(
      missing.map((key) => key.path),
      [],
      part,
    );
  }
  const schedule = sourceForms.get('folder')?.properties?.schedule;
  const keys = new Set(keysOf(schedule ?? {}).map((key) => key.name));
  assert.equal([...keys], ['every', 'on', 'at', 'zone']);
  for (const key of keys) assert.ok(writtenKeys(written.sources).includes(key), key);
});

shown('shows every key of every connector, and every kind it has', () => {
  const { sources } = parse(everything) as { sources: { connector: string }[] };
  for (const [connector, form] of sourceForms) {
    const text = JSON.stringify(sources.filter((source) => source.connector === connector));
    const written = writtenKeys(JSON.parse(text));
    const options = Object.entries(form.properties ?? {}).filter(([name]) => name !== 'schedule');
    const keys = keysOf({ properties: Object.fromEntries(options) });
    assert.equal([...new Set(keys.map((key) => key.name).filter((name) => !written.includes(name)))], [], connector);
    const kinds = [...new Set(keys.map((key) => key.schema.const).filter((value) => value !== undefined))];
    assert.equal(
      kinds.filter((kind) => !text.includes(`:${JSON.stringify(kind)}`)),
      [],
      connector,
    );
  }
});

published.run();
shown.run();
