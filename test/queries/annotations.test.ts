import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { applyLabelChange, undoLabelChange } from '../../etl/label-change.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { listAnnotations } from '../../queries/annotations.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const annotations = suite('annotations');
const at = (text: string) => Date.parse(text) / 1000;
const day = 86_400;
const year = { from: '2024-01-01', to: '2024-12-31' };
let temp: Awaited<ReturnType<typeof tempStore>>;
let deps: QueryDeps;

/** Some cases a day, at noon, but for the days left out. */
function daily(
  prefix: string,
  from: string,
  days: number,
  perDay: number,
  isLeftOut: (day: number) => boolean = () => false,
): CaseRecord[] {
  return Array.from({ length: days }, (_, i) => i)
    .filter((i) => !isLeftOut(i))
    .flatMap((i) =>
      Array.from({ length: perDay }, (_, n): CaseRecord => ({
        source_id: `${prefix}-${i}-${n}`,
        kind: 'complaint',
        received_at: at(`${from}T12:00:00Z`) + i * day,
        issue: 'late',
      })),
    );
}

annotations.before.each(async () => {
  temp = await tempStore();
  deps = {
    reader: temp.store.reader,
    organisation: { name: 'test', zone: 'UTC', currency: null },
    now: () => at('2024-06-01T12:00:00Z'),
  };
});
annotations.after.each(() => temp.close());

const told = async (window = year) =>
  (await listAnnotations(deps, window)).map(({ kind, from, to, text, source }) => ({ kind, from, to, text, source }));

annotations('tell of days without cases, where a source begins and where it ends', async () => {
  const gapless = { source: 'desk', throughAt: at('2024-05-31T23:59:59Z') };
  await loadRecords(
    temp.store,
    daily('d', '2024-01-01', 152, 8, (i) => i >= 60 && i < 65),
    gapless,
  ); // 1 to 5 March
  await loadRecords(temp.store, daily('f', '2024-02-05', 86, 1), { source: 'form', throughAt: at('2024-04-30T12:00:00Z') });
  assert.equal(await told(), [
    { kind: 'start', from: '2024-02-05', to: '2024-02-05', text: 'form begins: its first case is of 5 February 2024.', source: 'form' },
    { kind: 'gap', from: '2024-03-01', to: '2024-03-05', text: 'No cases from desk, where about 40 would be usual.', source: 'desk' },
    { kind: 'end', from: '2024-05-01', to: '2024-05-31', text: 'Nothing is known of form after 30 April 2024.', source: 'form' },
  ]);
  assert.equal(
    (await told({ from: '2024-03-04', to: '2024-03-31' })).map((a) => a.kind),
    ['gap'],
  ); // what is usual lies before the period
  assert.equal(await told({ from: '2023-01-01', to: '2023-12-31' }), []);
});

annotations('tell of a source that begins in the period shown, also after the period or once more', async () => {
  const through = { throughAt: at('2024-05-31T23:59:59Z') };
  await loadRecords(temp.store, daily('d', '2024-01-01', 152, 1), { source: 'desk', ...through });
  await loadRecords(
    temp.store,
    daily('f', '2024-01-10', 142, 1, (i) => i >= 5 && i < 100),
    { source: 'form', ...through },
  ); // silent from 15 January to 18 April
  await loadRecords(temp.store, daily('p', '2024-05-10', 22, 1), { source: 'phone', ...through });
  const starts = async (from: string, to: string) =>
    (await told({ from, to })).filter(({ kind }) => kind === 'start').map(({ source, from }) => [source, from]);
  assert.equal(await starts('2024-01-01', '2024-05-31'), [['form', '2024-01-10'], ['phone', '2024-05-10']]); // prettier-ignore
  assert.equal(await starts('2024-04-01', '2024-05-09'), []);
  assert.equal(await starts('2024-05-10', '2024-05-31'), []); // at the edge there is nothing before to miss
  assert.equal(await starts('2024-05-01', '2024-05-10'), [['phone', '2024-05-10']]);
});

annotations('tell nothing where there is nothing', async () => {
  assert.equal(await told(), []);
});

annotations('tell of names placed under another label until that is taken back', async () => {
  await loadRecords(temp.store, daily('d', '2024-01-01', 10, 1), { source: 'desk' });
  const who = { name: 'admin', now: at('2024-01-09T08:00:00Z') };
  const change = { source: 'desk', dimension: 'issue', raw: 'late', to: 'Late delivery' };
  const { changeId } = await applyLabelChange(temp.store, change, who);
  const text = 'Issue of desk: “late” under “Late delivery” from this day on, earlier cases too (10 cases).';
  assert.equal(await told(), [{ kind: 'labels', from: '2024-01-09', to: '2024-01-09', text, source: 'desk' }]);
  await undoLabelChange(temp.store, changeId, who);
  assert.equal(await told(), []);
});

annotations('tell of a source that could not be read for a day or more, not of what was mended soon', async () => {
  await loadRecords(temp.store, daily('d', '2024-01-01', 3, 1), { source: 'desk', throughAt: at('2024-05-31T23:59:59Z') });
  const run = (state: string, started: string, kind = 'pull') =>
    temp.store.writer('pipeline_run').insert({ source: 1, started_by: 'schedule', state, started_at: at(started), kind });
  await run('done', '2024-01-01T00:00:00Z');
  await run('failed', '2024-02-01T00:00:00Z');
  await run('failed', '2024-02-02T00:00:00Z');
  await run('done', '2024-02-04T00:00:00Z');
  await run('failed', '2024-03-01T00:00:00Z');
  await run('done', '2024-03-01T01:00:00Z');
  await run('failed', '2024-03-05T00:00:00Z', 'import'); // by hand: whoever did it knows
  await run('done', '2024-03-06T00:00:00Z');
  await run('failed', '2024-05-30T00:00:00Z');
  assert.equal((await told()).map(({ kind, from, to }) => [kind, from, to]), [
    ['failed', '2024-02-01', '2024-02-04'],
    ['failed', '2024-05-30', '2024-06-01'],
  ]); // prettier-ignore
  // A part of a stretch tells of all of it.
  const failed = async (from: string, to: string) => (await told({ from, to })).map((a) => [a.from, a.to]);
  assert.equal(await failed('2024-02-03', '2024-02-03'), [['2024-02-01', '2024-02-04']]);
  assert.equal(await failed('2024-02-05', '2024-05-29'), []);
  assert.equal(await failed('2024-05-31', '2024-05-31'), [['2024-05-30', '2024-06-01']]);
});

annotations.run();
