import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readMap } from '../../etl/map.ts';
import { rejectedRows } from '../../etl/replay-rows.ts';
import type { SourceStateRow } from '../../etl/store/tables.ts';
import { openWorkplace, type Workplace } from '../support/workplace.ts';

const map =
  'source: till\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  narrative: text\n';
const reading = suite('rejectedRows');
let work: Workplace;
reading.before.each(async () => {
  work = await openWorkplace();
});
reading.after.each(() => work.close());

for (const fold of ['', 'fold:\n  take: last_given\n']) {
  reading(`holds of a row only what settling it needs, and only until then${fold && ', of a folding map too'}`, async () => {
    await work.write('till.yaml', map + fold);
    const rows = Array.from({ length: 1200 }, (_, i) => `${i},2026-02-30,${'long '.repeat(200)}`);
    await work.write('a.csv', `id,received,text\n${rows.join('\n')}\n`);
    assert.is((await work.load('a.csv', 'till.yaml')).rejected, 1200);
    const rejectIds = await work.store.reader('rejected_record').pluck<number[]>('reject_id');
    const source = (await work.store.reader<SourceStateRow>('source_state').first()) as SourceStateRow; // it was just loaded
    const { reader, open, settled } = rejectedRows({
      store: work.store,
      source,
      map: readMap(map + fold, 'till'),
      rejectIds,
      changes: new Map(),
    });
    const held: number[] = [];
    let read = 0;
    for await (const { rows } of reader.read(null, null, { now: () => 0, pause: () => Promise.resolve() })) {
      read += rows.length;
      held.push(open().length);
      assert.ok(JSON.stringify(open()[0]).length < 150, JSON.stringify(open()[0]));
      // The first page is settled late.
      if (read > 500) settled(read === 1000 ? 1000 : open().length);
    }
    assert.is(read, 1200);
    assert.equal(held, [500, 1000, 200]);
    assert.is(open().length, 0);
  });
}

reading.run();
