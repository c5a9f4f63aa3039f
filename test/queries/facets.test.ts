import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { answer } from '../../queries/answer.ts';
import { listFacets, parseFacets } from '../../queries/facets.ts';
import { dimensionNames } from '../../queries/model/dimensions.ts';
import { parseQuery } from '../../queries/model/query.ts';
import type { FacetsJson } from '../../queries/model/wire.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const facets = suite('facets');
let temp: Awaited<ReturnType<typeof tempStore>>;
let deps: QueryDeps;

const received = (source_id: string, day: string, issue: string, more: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id,
  kind: 'complaint',
  received_at: `2024-${day}`,
  ...(issue && { issue }),
  ...more,
});

facets.before(async () => {
  temp = await tempStore();
  await loadRecords(temp.store, [
    received('1', '01-05', 'late', { channel: 'web', narrative: 'The hold time was long.' }),
    received('2', '01-06', 'late', { channel: 'phone' }),
    received('3', '01-07', 'fee', { channel: 'web', company: 'Zeta' }),
    received('4', '01-08', '', { channel: 'web' }),
    received('5', '06-01', 'lost', { channel: 'web' }),
    received('6', '01-09', 'late', { channel: 'web', kind: 'compliment' }),
  ]);
  deps = { reader: temp.store.reader, organisation: { name: 'test', zone: null, currency: null }, now: () => 1_720_000_000 };
});
facets.after(() => temp.close());

const january = { measures: ['received'], from: '2024-01-01', to: '2024-01-31' };
const list = (dimension: string, where: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<FacetsJson> =>
  listFacets(deps, parseFacets({ dimension, query: { ...january, where }, ...more }));

facets('counts the members under the other filters and the period, those without cases last', async () => {
  const { labels, total, chosen } = await list('issue', { kind: ['complaint'], channel: ['web'], issue: ['fee'] });
  assert.equal(labels, [
    { name: '(none)', cases: 1 },
    { name: 'fee', cases: 1 },
    { name: 'late', cases: 1 },
    { name: 'lost', cases: 0 },
  ]);
  assert.is(total, 4);
  assert.equal(chosen, [{ name: 'fee', cases: 1 }]);
});

facets('leaves its own exclusion out, keeps those of others, and searches the text', async () => {
  const out = await list('issue', { not: { issue: ['late'], kind: ['compliment'] } });
  assert.equal(out.labels[0], { name: 'late', cases: 2 });
  assert.equal(out.chosen, [{ name: 'late', cases: 2 }]);
  const said = await list('issue', { text: 'hold' });
  assert.equal(said.labels[0], { name: 'late', cases: 1 });
});

facets('finds names by a part in any case, says how many there are, and still tells what is chosen', async () => {
  const found = await list('issue', { issue: ['fee', 'gone'] }, { like: 'L', limit: 1 });
  assert.equal(found, {
    labels: [{ name: 'late', cases: 3 }],
    total: 2,
    chosen: [
      { name: 'fee', cases: 1 },
      { name: 'gone', cases: null },
    ],
  });
  assert.equal((await list('company', {}, { like: 'none' })).labels, [{ name: '(none)', cases: 4 }]);
});

facets('agrees with the query API for every dimension', async () => {
  for (const dimension of dimensionNames) {
    const where = { kind: ['complaint'] };
    const own = dimension === 'kind' ? {} : where;
    const { tables } = await answer(deps, [parseQuery({ ...january, by: [dimension], where: own })]);
    const drawn = new Map(tables[0]?.rows.map((row) => [row[dimension], row.received]));
    const { labels } = await list(dimension, where);
    for (const { name, cases } of labels) assert.is(cases, drawn.get(name) ?? 0, `${dimension}: ${name}`);
    for (const name of drawn.keys()) assert.ok(labels.some((l) => l.name === name), `${dimension}: ${String(name)} is missing`); // prettier-ignore
  }
});

facets('refuses what it cannot read, by field', async () => {
  const fields = (raw: unknown): string[] => {
    try {
      parseFacets(raw);
      return [];
    } catch (error) {
      return (error as BadInput).problems.map((p) => p.field);
    }
  };
  assert.equal(fields({ dimension: 'isue', query: january, limit: 0, like: 3 }), ['dimension', 'like', 'limit']);
  assert.equal(fields({ dimension: 'issue', query: { ...january, from: 'x' } }), ['query.from']);
  assert.equal(fields(null), ['dimension']);
  const message = await list('issue', { channel: ['wob'] }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, 'wob');
});

facets.run();
