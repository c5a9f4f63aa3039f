import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { holds } from '../../../../etl/connectors/http/check.ts';
import { fill, lastPaths } from '../../../../etl/connectors/http/template.ts';
import { BadInput } from '../../../../etl/errors.ts';

const template = suite('templates and checks');

template('write the watermark as a source wants it', () => {
  const scope = { watermark: 1_740_927_600, zone: 'America/New_York' };
  for (const [text, expected] of [
    ['{watermark}', '2025-03-02T15:00:00Z'],
    ['{watermark|iso}', '2025-03-02T15:00:00Z'],
    ['{watermark|unix}', '1740927600'],
    ['{watermark|unix_ms}', '1740927600000'],
    ['{watermark|local}', '2025-03-02T10:00:00'],
    ["at >= '{watermark|sql}'", "at >= '2025-03-02 10:00:00'"],
    ['{watermark|date}', '2025-03-02'],
  ] as const)
    assert.is(fill(text, scope), expected);
});

template('have no value while a placeholder has none', () => {
  assert.is(fill('since {watermark}', { watermark: null }), null);
  assert.is(fill('{last.a}_{last.b}', { last: { a: 1 } }), null);
  assert.is(fill('plain', {}), 'plain');
});

template('reach into rows by path, encode values where asked, and leave other braces alone', () => {
  const row = { sort: [17, 'x'], _source: { id: 'a/b' } };
  assert.is(fill('{last.sort.0}_{last._source.id}', { last: row }), '17_a/b');
  assert.is(fill('case/{row._source.id}', { row }, encodeURIComponent), 'case/a%2Fb');
  assert.is(fill("CF.{Product} = 'x' AND {}", {}), "CF.{Product} = 'x' AND {}");
  assert.equal(lastPaths('{last.sort.0}_{last.:id} {row.x}'), ['sort.0', ':id']);
});

template('refuse a format they do not know', () => {
  assert.throws(() => fill('{watermark|ISO}', { watermark: 1 }), (error: unknown) => error instanceof BadInput && /unknown format; expected one of iso, unix/.test(error.message)); // prettier-ignore
  assert.throws(() => fill('{row.at|sql}', { row: {} }), (error: unknown) => error instanceof BadInput && /only \{watermark\}/.test(error.message)); // prettier-ignore
});

template('checks compare numbers as numbers and know what is missing', () => {
  const value = { count: '0', total: 12, flag: true, none: null, path: 'x/ticket/31' };
  for (const [check, expected] of [
    [{ at: 'count', is: 0 }, true],
    [{ at: 'count', is: '0' }, true],
    [{ at: 'missing', is: 0 }, false],
    [{ at: 'total', above: 11 }, true],
    [{ at: 'total', above: 12 }, false],
    [{ at: 'total', below: 13, above: 11 }, true],
    [{ at: 'missing', above: -1 }, false],
    [{ at: 'flag', is: true }, true],
    [{ at: 'flag', is_not: true }, false],
    [{ at: 'none', is: null }, true],
    [{ at: 'missing', is: null }, true],
    [{ at: 'total', is_not: null }, true],
    [{ at: 'path', ends_with: '/31' }, true],
    [{ at: 'path', ends_not_with: '/{row.id}' }, false],
  ] as const)
    assert.is(holds(check, value, { row: { id: 31 } }), expected, JSON.stringify(check));
});

template.run();
