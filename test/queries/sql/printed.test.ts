import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sql } from '../../../queries/sql/fragment.ts';
import { printSelect } from '../../../queries/sql/printed.ts';

const printed = suite('printed statements');
const select = { columns: [sql('f.received_on as t_bucket'), sql('count(*) as t_sum0')], from: 'case_fact as f', where: [], groups: [1] };

printed('have a line a column and a condition, and end', () => {
  const where = [sql('f.received_on between ? and ?', '2025-01-01', '2025-12-31'), sql('f.issue in (?, ?)', 3, -1)];
  assert.is(
    printSelect({ ...select, where }),
    `select
  f.received_on as t_bucket,
  count(*) as t_sum0
from case_fact as f
where f.received_on between '2025-01-01' and '2025-12-31'
  and f.issue in (3, -1)
group by 1;`,
  );
});

printed('write texts so that nothing in them ends the text, also question marks', () => {
  const hostile = `x'; drop table case_fact; -- ?`;
  assert.match(
    printSelect({ ...select, where: [sql('f.a = ? and f.b = ?', hostile, 7)] }),
    `f.a = 'x''; drop table case_fact; -- ?' and f.b = 7`,
  );
});

printed('refuse what no literal is exact for, and values that do not fit', () => {
  for (const value of [0.5, NaN, Infinity, 2 ** 60, 'a\0b'])
    assert.throws(() => printSelect({ ...select, where: [sql('a = ?', value)] }), /literal/);
  assert.throws(() => printSelect({ ...select, where: [sql('a = ?')] }), /0 values for 1/);
});

printed.run();
