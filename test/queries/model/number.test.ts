import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatBucket,
  formatChange,
  formatElapsed,
  formatInterval,
  formatMoney,
  formatTick,
  formatValue,
  formatWhen,
} from '../../../queries/model/number.ts';

const numbers = suite('number');
const plain = (text: string) => text.replaceAll('\u202f', ' ');

numbers('writes figures with at most three significant figures and counts exactly', () => {
  const cases: [string, ...Parameters<typeof formatValue>][] = [
    ['–', null, 'days'],
    ['12 345', 12345, 'cases'],
    ['999', 999, 'surveys'],
    ['63%', 0.6341, 'share', { n: 999 }],
    ['63.4%', 0.6341, 'share', { n: 1000 }],
    ['6.12 days', 6.1234, 'days'],
    ['1 day', 1, 'days'],
    ['294 days', 293.96, 'days'],
    ['1 230 days', 1234.5, 'days'],
    ['12 hours', 0.5, 'days'],
    ['25 minutes', 25 / 1440, 'days'],
    ['0 minutes', 0, 'days'],
    ['1.02 days', 24.6, 'hours'],
    ['£16.9m', 16881204.69, 'money', { currency: 'GBP' }],
    ['£12.5', 12.5, 'money', { currency: 'GBP' }],
    ['+45', 45.2, 'points'],
    ['−5', -5, 'points'],
    ['4.29', 4.2857, 'score'],
    ['1.06', 1.0599, 'per_case'],
    ['0.20', 0.2, 'per_case'],
    ['0.035', 0.03456, 'per_case'],
  ];
  for (const [expected, value, unit, context] of cases) {
    assert.is(plain(formatValue(value, unit, context)), expected);
  }
  assert.is(plain(formatMoney(1234.5, 'EUR')), '€1 234.50');
});

numbers('writes intervals with an end that may be open', () => {
  assert.is(formatInterval(0.58, 0.7, 'share', { n: 20 }), '58% to 70%');
  assert.is(formatInterval(2, null, 'days'), 'at least 2 days');
  assert.is(formatInterval(null, null, 'days'), '');
});

numbers('writes changes with their direction', () => {
  assert.is(formatChange(120, 100, 'cases'), '+20 (+20%)');
  assert.is(formatChange(80, 100, 'cases'), '−20 (−20%)');
  assert.is(formatChange(5, 0, 'cases'), '+5');
  assert.is(formatChange(0.63, 0.6, 'share'), '+3 points');
  assert.is(formatChange(3, 3, 'days'), 'no change');
  assert.is(formatChange(null, 3, 'days'), '');
});

numbers('writes times as people read them', () => {
  assert.is(formatElapsed(3 * 1440 + 250), '3 d 4 h');
  assert.is(formatElapsed(250), '4 h 10 min');
  assert.is(formatElapsed(0), '0 min');
  assert.is(formatBucket('week', '2026-11-09'), 'week of 9 Nov 2026');
  assert.is(formatBucket('month', '2026-11-01'), 'November 2026');
  assert.is(formatBucket('quarter', '2026-10-01'), 'Q4 2026');
  assert.is(formatWhen('2026-11-09', 'Europe/London'), '9 November 2026');
  assert.is(formatWhen('2026-07-09T13:30:00Z', 'Europe/London'), '9 July 2026, 14:30');
});

numbers('writes a bucket for an axis with its year apart', () => {
  assert.equal(formatTick('week', '2026-11-09'), { tick: '9 Nov', year: '2026' });
  assert.equal(formatTick('month', '2026-11-01'), { tick: 'Nov', year: '2026' });
  assert.equal(formatTick('quarter', '2026-10-01'), { tick: 'Q4', year: '2026' });
  assert.equal(formatTick('year', '2026-01-01'), { tick: '2026', year: null });
});

numbers.run();
