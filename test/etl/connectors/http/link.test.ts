import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nextLink } from '../../../../etl/connectors/http/link.ts';
import { backOff, retryAfter } from '../../../../etl/connectors/http/retry.ts';

const headers = suite('headers of an answer');

headers('the next page is found in a Link header however it is written', () => {
  for (const [header, expected] of [
    ['<https://x.example/?page=2>; rel="next"', 'https://x.example/?page=2'],
    ['</?a=1,2>; rel=prev, </?page=3>; title="a, b"; rel="last next"', '/?page=3'],
    ['<https://x.example/1>; rel="first"', null],
    ['</2>;rel=NEXT', '/2'],
    ['', null],
    ['nonsense', null],
  ] as const)
    assert.is(nextLink(header), expected, header);
});

headers('Retry-After is seconds or a date, at least one second, or nothing', () => {
  const now = Date.UTC(2026, 0) / 1000;
  const at = (value: string, date?: string): number | null =>
    retryAfter(new Headers({ 'retry-after': value, ...(date ? { date } : {}) }), now);
  assert.is(at('30'), 30);
  assert.is(at('0'), 1);
  assert.is(at('Thu, 01 Jan 2026 00:01:00 GMT'), 60);
  assert.is(at('Thu, 01 Jan 2026 00:01:00 GMT', 'Thu, 01 Jan 2026 00:00:50 GMT'), 10);
  assert.is(at('Wed, 31 Dec 2025 00:00:00 GMT'), 1);
  assert.is(at('soon'), null);
  assert.is(at('-5'), null);
  assert.is(retryAfter(new Headers(), now), null);
});

headers('back-off is uniform below a bound that doubles from one second to a minute', () => {
  assert.equal([0, 1, 5, 6, 40].map((tries) => backOff(tries, () => 1)), [1_000, 2_000, 32_000, 60_000, 60_000]); // prettier-ignore
  assert.is(
    backOff(3, () => 0.25),
    2_000,
  );
  assert.is(
    backOff(3, () => 0),
    100,
  );
});

headers.run();
