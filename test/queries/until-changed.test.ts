import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCurrency } from '../../queries/currency.ts';
import { readMeta } from '../../queries/meta.ts';
import { untilChanged } from '../../queries/until-changed.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const changes = suite('untilChanged');
let temp: Awaited<ReturnType<typeof tempStore>>;
changes.before.each(async () => void (temp = await tempStore()));
changes.after.each(() => temp.close());

const paid = (id: string, currency: string, day: string) => ({
  source_id: id, kind: 'complaint' as const, received_at: day, redress_amount: '5.00', redress_currency: currency,
}); // prettier-ignore

changes('reads the facts once until they change, and then tells what is new', async () => {
  const { reader } = temp.store;
  await loadRecords(temp.store, [paid('1', 'EUR', '2026-01-05')]);
  let scans = 0;
  reader.on('query', ({ sql }: { sql: string }) => void (scans += /count\(\*\)|min\(/.test(sql) ? 1 : 0));
  const deps = { reader, organisation: { name: 'test', zone: 'UTC', currency: null }, now: () => 2_000_000_000 };
  const told = async () => {
    const { organisation, sources, earliest, latest } = await readMeta(deps);
    return [organisation.currency, sources[0]?.cases, earliest, latest, (await readCurrency(reader, null)).currency];
  };
  assert.equal(await told(), ['EUR', 1, '2026-01-05', '2026-01-05', 'EUR']);
  const once = scans;
  assert.is(once, 3);
  assert.equal(await told(), ['EUR', 1, '2026-01-05', '2026-01-05', 'EUR']);
  assert.is(scans, once);
  await loadRecords(temp.store, [paid('2', 'USD', '2026-01-07'), paid('3', 'USD', '2026-01-06')]);
  assert.equal(await told(), ['USD', 3, '2026-01-05', '2026-01-07', 'USD']);
});

changes('tells everybody who asks meanwhile the same, and tries again after a failure', async () => {
  const { reader } = temp.store;
  let tries = 0;
  // The first reading fails only once both have looked for what is kept.
  let looks = 0;
  const bothLooked = new Promise<void>((resolve) => {
    reader.on('query-response', (_, { sql }: { sql: string }) => void (sql.includes('change_counter') && ++looks === 2 && resolve()));
  });
  const read = async () => {
    tries += 1;
    await bothLooked;
    await reader.raw(tries === 1 ? 'select * from nowhere' : 'select 1');
    return tries;
  };
  const both = await Promise.allSettled([untilChanged(reader, 'x', read), untilChanged(reader, 'x', read)]);
  assert.equal([...both.map(({ status }) => status), tries], ['rejected', 'rejected', 1]);
  assert.is(await untilChanged(reader, 'x', read), 2);
  assert.is(await untilChanged(reader, 'x', read), 2);
});

changes.run();
