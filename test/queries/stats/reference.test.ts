import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runReference, type ReferenceFile } from '../../support/reference.ts';

const reference = suite('statistics against reference cases');
const folder = new URL('../../../fixtures/reference/', import.meta.url);

for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  reference(`${name} agrees`, async () => {
    const content = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as ReferenceFile;
    const results = await runReference(name.replace('.json', ''), content);
    assert.equal(
      results.filter((r) => r.outcome !== 'passed').map((r) => [r.name, ...r.differences]),
      [],
    );
    assert.ok(results.length > 0);
  });
}

reference('a missing key, a wrong number and a value where none is expected fail', async () => {
  const outcome = async (expected: Record<string, unknown>, optional: string[] = []) => {
    const [result] = await runReference('wilson', {
      method: 'wilson',
      optional,
      cases: [{ name: '', input: { successes: 1, n: 2, confidence: 0.95 }, expected, tolerance: 1e-6 }],
    });
    return result?.outcome;
  };
  assert.is(await outcome({ estimate: 0.5 }), 'passed');
  assert.is(await outcome({ estimate: 0.51 }), 'failed');
  assert.is(await outcome({ estimate: null }), 'failed');
  assert.is(await outcome({ estimate: 0.5, other: 1 }), 'failed');
  assert.is(await outcome({ estimate: 0.5, other: 1 }, ['other']), 'passed');
  assert.is(await outcome({ other: 1 }, ['other']), 'failed');
  const [unknown] = await runReference('no_such_method', { method: 'x', cases: [{ name: '', input: {}, expected: {}, tolerance: 0 }] });
  assert.is(unknown?.outcome, 'not offered');
});

reference('a list whose items name their positions is compared at those', async () => {
  const outcome = async (index: number) => {
    const input = { count: [1, 40, 3], exposure: [20, 20, 20] };
    const expected = { posterior: [{ index, raw: 2 }] };
    const [result] = await runReference('empirical_bayes_gamma_poisson', {
      method: '',
      cases: [{ name: '', input, expected, tolerance: 0 }],
    });
    return result?.outcome;
  };
  assert.is(await outcome(2), 'passed');
  assert.is(await outcome(3), 'failed');
  assert.is(await outcome(4), 'failed');
});

reference.run();
