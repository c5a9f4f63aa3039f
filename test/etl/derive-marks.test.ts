import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writeMoney } from '../../etl/derive-marks.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { blankCaseFact, place } from '../../etl/store/tables.ts';

const money = suite('writeMoney');
const record: CaseRecord = { source_id: '7', kind: 'complaint', received_at: '2024-02-03' };

money('an amount that cannot be counted exactly is flagged and not kept', () => {
  const row = blankCaseFact.slice();
  assert.equal(writeMoney(record, '90071992547409.92', 'EUR', row), [
    {
      rule: 'malformed_value',
      field: 'redress_amount',
      message: 'the amount is too large to be counted exactly',
      value: '90071992547409.92',
    },
  ]);
  assert.equal([row[place.redress_minor], row[place.redress_currency]], [null, null]);
  assert.equal(writeMoney(record, '90071992547409.91', 'EUR', row), []);
  assert.equal([row[place.redress_minor], row[place.redress_currency]], [Number.MAX_SAFE_INTEGER, 'EUR']);
});

money.run();
