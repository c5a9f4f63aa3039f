import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { mostQueries, readJson, readQueries } from '../../server/read-queries.ts';

const reading = suite('readQueries');
const query = { measures: ['received'], from: '2026-01-01', to: '2026-01-31' };

const problemsOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    assert.instance(error, BadInput);
    return (error as BadInput).problems;
  }
  return [];
};

reading('takes one query or a list of them', () => {
  assert.equal(readQueries(query), readQueries({ queries: [query] }));
  assert.is(readQueries({ queries: [query, query] }).length, 2);
});

reading('names the place of every problem', () => {
  const fields = problemsOf(() => readQueries({ queries: [query, { ...query, to: 'x' }, 7] })).map((p) => p.field);
  assert.equal(fields, ['queries[1].to', 'queries[2]']);
  assert.equal(
    problemsOf(() => readQueries({ ...query, to: 'x' })).map((p) => p.field),
    ['to'],
  );
});

const refused: [unknown, string][] = [
  [{ queries: [] }, 'queries'],
  [{ queries: query }, 'queries'],
  [{ queries: [query], limit: 3 }, 'limit'],
  [{ queries: Array(mostQueries + 1).fill(query) }, 'queries'],
  [null, ''],
  [[query], ''],
];
for (const [raw, field] of refused) {
  reading(`refuses ${JSON.stringify(raw).slice(0, 60)}`, () =>
    assert.equal(
      problemsOf(() => readQueries(raw)).map((p) => p.field),
      [field],
    ),
  );
}

reading('says that a text is no JSON without repeating it', () => {
  const [problem] = problemsOf(() => readJson('{"secret":', 'q'));
  assert.is(problem?.field, 'q');
  assert.not.match(problem?.message ?? '', 'secret');
});

reading.run();
