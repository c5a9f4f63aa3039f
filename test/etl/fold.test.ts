import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addDecimals, changesOf, foldField, type ChangeRule, type Take } from '../../etl/fold.ts';

const fold = suite('foldField');
type Value = string | number | boolean | null;
const cases: [take: Take, values: Value[], expected: Value][] = [
  ['first', [null, 'b', 'c'], null],
  ['first_given', [null, 'b', 'c'], 'b'],
  ['last', ['a', 'b', null], null],
  ['last_given', ['a', 'b', null], 'b'],
  ['sum', ['0.10', '0.2', '-1'], '-0.70'],
  ['sum', [null, null], null],
  ['sum', [1, null, 2], 3],
  ['min', ['2024-03-01', 1709164800, '2024-02-29'], 1709164800],
  ['max', [3, 10, 9], 10],
  ['max', ['9.5', '10'], '10'],
  ['any', [false, true, null], true],
  ['any', [false, null], false],
  ['any', [null], null],
  ['distinct', ['x', 'y', 'x', null], 'x\ny'],
  ['first', [], null],
];
for (const [take, values, expected] of cases) {
  fold(`${take} of ${JSON.stringify(values)} is ${JSON.stringify(expected)}`, () =>
    assert.is(
      foldField(take, values, (value) => value),
      expected,
    ),
  );
}
fold('amounts add up exactly', () => {
  assert.is(addDecimals(['16881204.69', '0.01', '-0.70']), '16881204.00');
  assert.is(addDecimals(['5', '-12']), '-7');
  assert.is(addDecimals(['-0.05']), '-0.05');
  assert.is(addDecimals(['9007199254740993', '1']), '9007199254740994');
});
fold.run();

const changes = suite('changesOf');
const rule = (given: Partial<ChangeRule<string>>): ChangeRule<string> => ({
  from: null,
  to: null,
  direction: null,
  kind: 'status changed',
  first: null,
  ...given,
});
const rows = (...values: (string | null)[]) => values.map((value, i) => ({ value, at: 100 + i, actor: `p${i}` }));

changes('a change gets the first rule that holds, and the time of its row', () => {
  const rules = [
    rule({ to: new Set(['Done']), kind: 'resolved', first: 'first_resolved_at' }),
    rule({ from: new Set(['Done']), kind: 'reopened' }),
  ];
  const { events, firsts } = changesOf(rows('New', 'Work', 'Done', 'Work', 'Done', 'Done'), rules);
  assert.equal(events, [
    { kind: 'resolved', at: 102, actor: 'p2', from: 'Work', to: 'Done' },
    { kind: 'reopened', at: 103, actor: 'p3', from: 'Done', to: 'Work' },
    { kind: 'resolved', at: 104, actor: 'p4', from: 'Work', to: 'Done' },
  ]);
  assert.equal([...firsts], [['first_resolved_at', 102]]);
});

changes('the first row is a change from nothing', () =>
  assert.equal(changesOf(rows('A', null, 'A'), [rule({ kind: 'assigned' })]).events, [
    { kind: 'assigned', at: 100, actor: 'p0', to: 'A' },
    { kind: 'assigned', at: 101, actor: 'p1', from: 'A' },
    { kind: 'assigned', at: 102, actor: 'p2', to: 'A' },
  ]),
);

changes('a counter stands at 0 before the first row, and only a rise counts', () => {
  const rises = [rule({ direction: 'rises', kind: 'reopened', first: 'first_reopened_at' })];
  assert.equal([...changesOf(rows('0', '1', '0', '2'), rises).firsts], [['first_reopened_at', 101]]);
  assert.equal([...changesOf(rows('1', '1'), rises).firsts], [['first_reopened_at', 100]]);
  assert.is(changesOf(rows('3', '2', '2'), [rule({ direction: 'falls', kind: 'escalated' })]).events.length, 1);
  assert.is(changesOf(rows(null, '2'), [rule({ direction: 'falls', kind: 'escalated' })]).events.length, 0);
});

changes('a change without a time is left out', () =>
  assert.equal(changesOf([{ value: 'A', at: null, actor: null }], [rule({})]).events, []),
);
changes.run();
