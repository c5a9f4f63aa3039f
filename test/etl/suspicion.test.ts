import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { suspicion } from '../../etl/suspicion.ts';

const suspecting = suite('suspicion');
const whole = (read: number, rejected = 0) => ({ read, rejected, isWhole: true });
const further = (read: number) => ({ read, rejected: 0, isWhole: false });
const repeat = (n: number, times: number): number[] => Array.from({ length: times }, () => n);

const histories: [string, Parameters<typeof suspicion>[0], number[], RegExp | null][] = [
  // name, run, rows read by the runs before (the latest first), what is said
  ['nothing where there always was something', whole(0), repeat(40, 10), /^no rows, where 40 rows are usual; see whether/],
  ['nothing where there were five', whole(0), [5, 5, 5], /^no rows, where 5 rows/],
  ['nothing where there were four', whole(0), [4, 4, 4], null],
  ['a tenth', whole(100), [1000, 1000, 1000], /^only 100 rows, where 1,000 rows are usual/],
  ['a little more than a tenth', whole(101), [1000, 1000, 1000], null],
  ['one of twenty', whole(1), [20, 20, 20], /^only 1 row, where 20 rows/],
  ['one of nineteen', whole(1), [19, 19, 19], null],
  ['the median of an even number of runs', whole(2), [10, 10, 30, 30], /where 20 rows are usual/],
  ['one great run among small ones', whole(30), [31, 50_000, 29, 30], null],
  ['only the last ten runs count', whole(3), [...repeat(3, 10), ...repeat(5000, 90)], null],
  ['the first runs of a source', whole(0), [], null],
  ['after one great run nothing is usual yet', whole(3), [50_000], null],
  ['after two neither', further(3), [9_000, 50_000], null],
  ['a quiet night after a day', further(0), repeat(40, 96), /^no rows/],
  ['a quiet night as there was one before', further(0), [...repeat(40, 60), ...repeat(0, 36)], null],
  ['a holiday as quiet as Sunday', further(3), [...repeat(50, 20), 3, ...repeat(50, 20)], null],
  ['less than ever', further(2), [...repeat(50, 20), 3, ...repeat(50, 20)], /^only 2 rows/],
  ['a source that often has nothing new', further(0), [0, 0, 12, 0, 9, 14, 0, 8, 11, 10], null],
  ['every row rejected', whole(12, 12), [], /^all 12 rows were rejected; the map may no longer fit the source/],
  ['the only row rejected', whole(1, 1), [], /^the only row was rejected; the map/],
  ['all but one rejected', whole(12, 11), repeat(12, 3), null],
];
for (const [name, run, history, said] of histories) {
  suspecting(name, () => {
    const found = suspicion(run, history);
    if (said) assert.match(found ?? '', said);
    else assert.is(found, null);
  });
}

suspecting.run();
