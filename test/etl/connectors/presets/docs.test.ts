import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../../../etl/config.ts';
import { connectors } from '../../../../etl/connectors/index.ts';
import { mapNames } from '../../../../server/commands/maps.ts';

const page = readFileSync('docs/sources.md', 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

const docs = suite('docs/sources.md');

for (const [i, text] of examples.entries()) {
  const name = /connector: (\S+)/.exec(text)?.[1] ?? '';
  docs(`example ${i + 1}, ${name}, is a configuration that can be read`, () => {
    const { sources } = readConfig(text, { where: 'silverlining.yaml', folder: '/srv/silverlining' });
    assert.ok(sources.length > 0);
    for (const { map } of sources) assert.ok(map.startsWith('/srv/silverlining/') || mapNames().includes(map), map);
  });
}

docs('shows every connector', () => {
  const shown = new Set(examples.flatMap((text) => [...text.matchAll(/connector: (\S+)/g)].map(([, name]) => name)));
  assert.equal(
    Object.keys(connectors).filter((name) => !shown.has(name)),
    [],
  );
});

docs('tells every option of a preset', () => {
  for (const name of ['request-tracker', 'zendesk', 'cfpb', 'socrata']) {
    const section = page.split(/^## /m).find((part) => part.includes(`connector: ${name}\n`)) ?? '';
    const { shape } = connectors[name]?.options as unknown as { shape: Record<string, unknown> };
    assert.equal(
      Object.keys(shape).filter((key) => !section.includes(`| \`${key}\``)),
      [],
      name,
    );
  }
});
docs.run();
