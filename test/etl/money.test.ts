import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decimals, minorUnits } from '../../etl/money.ts';

const money = suite('minorUnits');

const cases: [string, string, number | null][] = [
  ['12.5', 'EUR', 1250],
  ['0', 'EUR', 0],
  ['16881204.69', 'USD', 1688120469],
  ['12.345', 'USD', 1235],
  ['12.344', 'USD', 1234],
  ['-12.345', 'USD', -1235],
  ['-0.001', 'USD', 0],
  ['0.29', 'USD', 29],
  ['1500', 'JPY', 1500],
  ['1.5', 'JPY', 2],
  ['1.2345', 'KWD', 1235],
  ['7.10', '', 710],
  ['90071992547409.91', 'EUR', 9007199254740991],
  ['90071992547409.92', 'EUR', null],
  ['-90071992547409.92', 'EUR', null],
  ['90071992547409.914', 'EUR', 9007199254740991],
  ['90071992547409.915', 'EUR', null],
  ['9007199254740992', 'JPY', null],
];
for (const [amount, currency, expected] of cases)
  money(`reads ${amount} ${currency} as ${expected}`, () => assert.is(minorUnits(amount, currency), expected));

money('knows the decimals of a currency', () => assert.equal(['EUR', 'JPY', 'KWD', 'QQQ'].map(decimals), [2, 0, 3, 2]));

money.run();
