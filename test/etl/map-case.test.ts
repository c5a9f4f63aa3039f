import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bindMap, readMap } from '../../etl/map.ts';

const cases = suite('the fields of a mapped case');

const map = `
source: shop
key: No
fields:
  kind: { constant: complaint }
  received_at: Date
  issue: { column: Reason, values: { late: Late delivery } }
  severity: Severity
  sub_product: Part
`;
const header = ['No', 'Date', 'Reason', 'Severity', 'Part'];
const bound = bindMap(readMap(map, 'map.yaml'), header);
const read = (line: number, ...texts: string[]) =>
  bound.record([{ line, values: Object.fromEntries(header.map((column, i) => [column, texts[i] ?? ''])) }]);

cases('say of every row with the same text what was wrong with it, and keep what the source said', () => {
  for (const line of [2, 3]) {
    const parsed = read(line, `K${line}`, '2024-02-03', 'late', 'dreadful');
    assert.ok(parsed.ok);
    assert.is(parsed.record.issue, 'Late delivery');
    assert.equal(parsed.record.raw, { issue: 'late', severity: 'dreadful' });
    assert.is(parsed.record.severity, undefined);
    assert.equal(parsed.flags, [
      {
        rule: 'unknown_label',
        field: 'Severity',
        message: '"dreadful" is not one of critical, high, medium, low (severity)',
        value: 'dreadful',
      },
    ]);
  }
});

cases('refuse names that figures use, and what goes below a label that is missing', () => {
  const parsed = read(2, 'K1', '2024-02-03', '(None)', 'high', 'wheel');
  assert.ok(parsed.ok);
  assert.equal(
    parsed.flags.map((flag) => [flag.rule, flag.field, flag.value]),
    [
      ['malformed_value', 'Reason', '(None)'],
      ['malformed_value', 'Part', 'wheel'],
    ],
  );
  assert.equal([parsed.record.issue, parsed.record.sub_product, parsed.record.severity], [undefined, undefined, 'high']);
});

cases('read dates of every ISO form alike, and none that is not in the calendar', () => {
  const received = (text: string) => {
    const parsed = read(2, 'K1', text);
    return parsed.ok ? parsed.record.received_at : null;
  };
  const afternoon = Date.UTC(2024, 1, 3, 14, 30) / 1000;
  for (const text of ['2024-02-03T14:30:00Z', '2024-02-03 14:30', '2024-02-03T15:30:00.5+01:00', '2024-02-03T14:30:00'])
    assert.is(received(text), afternoon, text);
  assert.is(received('2024-02-03'), '2024-02-03');
  for (const text of [
    '2024-02-30',
    '2024-02-30T14:30:00Z',
    '2024-02-03T24:00:00Z',
    '2024-02-03T14:60:00Z',
    '2024-02-03T1a:30:00Z',
    '2024-02-03T',
  ])
    assert.is(received(text), null, text);
});

cases.run();
