import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import { answer } from '../../../queries/answer.ts';
import { headlineOf } from '../../../queries/digest/headline.ts';
import { readDifference, readDigest, type DigestAsk } from '../../../queries/digest/read.ts';
import { sqlExecutor } from '../../../queries/executor.ts';
import { addBuckets } from '../../../queries/model/buckets.ts';
import type { DigestTile } from '../../../queries/model/digest.ts';
import { periodBefore } from '../../../queries/model/digest-period.ts';
import { parseQuery, parseWhere } from '../../../queries/model/query.ts';
import type { QueryDeps } from '../../../queries/prepare.ts';
import { digestWorld } from '../../support/digest-world.ts';
import { loadRecords, tempStore } from '../../support/store.ts';

const digest = suite('what a digest tells');
const world = await digestWorld();
const at = (text: string) => Date.parse(text) / 1000;
const deps: QueryDeps = {
  reader: world.store.reader,
  organisation: { name: 'Test', zone: null, currency: 'EUR' },
  now: () => at('2026-11-03T07:00:00Z'),
};
const ask = (more: Partial<DigestAsk> = {}): DigestAsk => ({
  name: 'Board',
  organisation: 'Test',
  period: periodBefore('month', '2026-11-03'),
  where: parseWhere({ kind: ['complaint'] }, []),
  asOf: null,
  targets: {},
  last: null,
  ...more,
});

digest('tells of the last whole month, and finds nothing to hold it for', async () => {
  const { content, faults } = await readDigest(deps, ask());
  assert.equal(faults, []);
  assert.equal(content.period, { step: 'month', from: '2026-10-01', to: '2026-10-31', text: 'October 2026' });
  assert.is(content.asOf, '2026-11-02T12:00:00Z');
  assert.is(content.audience, 'complaints');
  assert.is(content.path, '/?from=2026-10-01&to=2026-10-31&as_of=2026-11-02T12%3A00%3A00Z');
});

digest('has the figures of the API at the same as-of', async () => {
  const { content } = await readDigest(deps, ask());
  const measures = content.tiles.map((tile) => tile.measure);
  const query = parseQuery({ measures, from: '2026-10-01', to: '2026-10-31', where: { kind: ['complaint'] }, asOf: content.asOf });
  const { tables } = await answer(deps, [query]);
  const row = tables[0]?.rows[0] ?? {};
  for (const tile of content.tiles) {
    assert.is(tile.value, row[tile.measure] ?? null, tile.measure);
    assert.is(tile.low, row[`${tile.measure}_low`] ?? null, tile.measure);
  }
  // By hand: 48 + 12 + 3 complaints, nine of ten resolved after four days.
  assert.is(content.tiles[0]?.text, '63');
  assert.is(content.tiles.find((tile) => tile.measure === 'resolution_days_p50')?.text, '4 days');
});

digest('begins with what changed beyond chance, then what is named most, then what is asked', async () => {
  const { content } = await readDigest(deps, ask());
  assert.match(content.headline[0], /^“Billing” rose above the typical range: 48 in October 2026 against /);
  assert.match(
    content.headline[1],
    /^“Billing” is named most: 48 of 63 complaints \(76%\)\. Nothing is overdue; \d\d% were resolved on time\.$/,
  );
  assert.is(content.headline[2], 'Asked of you: name who finds the cause of “Billing” and by when.');
});

digest('says as plainly that nothing changed, and that nothing is asked', async () => {
  const { content } = await readDigest(deps, ask({ period: periodBefore('month', '2026-10-05') }));
  assert.match(content.headline[0], /^Nothing changed beyond what chance allows in September 2026: 3\d complaints came in, about as many/);
  assert.is(content.headline[2], 'No decision is asked of you this month.');
  assert.equal(content.signals, []);
});

digest('tells no group of fewer than five, nor one that a total would give away, nor anybody', async () => {
  const { content } = await readDigest(deps, ask());
  const issues = content.sections.find((section) => section.name === 'issues');
  // Three of Rare alone would be 63 less what is told: the next smallest goes with them.
  assert.equal(
    issues?.table?.rows.map(([name, count]) => [name, count]),
    [
      ['Billing', '48 (76%)'],
      ['2 other issues', '15 (24%)'],
    ],
  );
  const all = JSON.stringify(content);
  assert.not.match(all, /Rare/);
  assert.not.match(all, /agent-7/);
});

digest('sets vulnerable customers beside others, and compliments apart', async () => {
  const { content } = await readDigest(deps, ask());
  const [, vulnerable] = content.sections;
  // Every eighth of 63: 0, 8, … 56.
  assert.is(vulnerable?.sentence, 'Vulnerable customers (8 cases) fare no worse than others beyond what chance allows.');
  assert.equal(vulnerable?.table?.rows[0], ['Received', '8', '55', '']);
  const praise = content.sections.find((section) => section.name === 'compliments');
  assert.match(praise?.sentence ?? '', /^6 compliments came in, /);
});

digest('says whether targets are met and whether that can be relied on', async () => {
  const { content } = await readDigest(deps, ask({ targets: { on_time_rate: 0.99, resolution_days_p50: 10, received: 40 } }));
  const target = (measure: string) => content.tiles.find((tile) => tile.measure === measure)?.target;
  assert.is(target('on_time_rate')?.words, 'target at least 99%: not met');
  assert.is(target('resolution_days_p50')?.words, 'target at most 10 days: met');
  assert.is(target('received')?.words, 'target at most 40: not met');
  assert.is(target('on_time_rate')?.assurance, 'will be missed without a change');
  assert.is(target('csat_rate'), null);
});

digest('says which sources cannot tell of a figure instead of a nought', async () => {
  const plain = await digestWorld();
  try {
    await plain.store.writer('source_state').update({ fields: JSON.stringify(['kind', 'received_at', 'issue']) });
    const { content, faults } = await readDigest({ ...deps, reader: plain.store.reader }, ask());
    assert.equal(faults, []);
    const onTime = content.tiles.find((tile) => tile.measure === 'on_time_rate');
    assert.is(onTime?.text, '–');
    assert.equal(onTime?.basis, ['no due dates in this source']);
    assert.is(content.sections[1]?.sentence, 'Whether customers are vulnerable is not recorded.');
  } finally {
    await plain.close();
  }
});

digest('holds what an executor miscounts', async () => {
  const sql = sqlExecutor(world.store.reader);
  const wrong = {
    name: 'cube' as const,
    // A row is lost wherever figures are split by issue.
    tally: async (...given: Parameters<typeof sql.tally>) => {
      const all = await sql.tally(...given);
      return all.map((rows, i) => (given[0][i]?.by.some((by) => by === 'issue') ? rows.slice(1) : rows));
    },
  };
  const { faults } = await readDigest({ ...deps, cube: { executor: () => Promise.resolve(wrong) } }, ask());
  assert.ok(
    faults.some((fault) => /^The cases of all issues are \d+ together, and 63 are said to have come in\.$/.test(fault)),
    faults.join(' '),
  );
});

digest('holds a month in which nothing came where something always did', async () => {
  const { faults } = await readDigest(deps, ask({ period: periodBefore('month', '2026-12-03') }));
  assert.ok(
    faults.some((fault) => fault.startsWith('Nothing was received in November 2026, where at least 34 cases did')),
    faults.join(' '),
  );
});

digest('says what late records changed, in the next digest and when opened later', async () => {
  const late = await digestWorld();
  const own = { ...deps, reader: late.store.reader };
  try {
    const before = ask({ period: periodBefore('month', '2026-10-02'), asOf: '2026-10-02T07:00:00Z' });
    const { content: last } = await readDigest(own, before);
    assert.equal(await readDifference(own, last, before), []);
    const still = await readDigest(own, ask({ last }));
    assert.ok(still.content.notes.includes('The figures of the digest of September 2026 still hold.'));
    assert.is(still.content.tiles[0]?.last, `${last.tiles[0]?.text} in the digest of September 2026`);
    // Two complaints of September that nobody had sent.
    const forgotten = ['x', 'y'].map((source_id) => ({
      source_id,
      kind: 'complaint' as const,
      issue: 'Billing',
      received_at: at('2026-09-20T09:00:00Z'),
      resolved_at: at('2026-09-21T09:00:00Z'),
    }));
    await loadRecords(late.store, forgotten, { source: 'desk', currency: 'EUR', throughAt: at('2026-11-02T12:00:00Z') });
    const differences = await readDifference(own, last, before);
    const received = Number(last.tiles[0]?.value);
    assert.equal(differences[0], { what: 'Received', then: `${received}`, now: `${received + 2}` });
    assert.ok(differences.some(({ what }) => what === 'What goes wrong most: Billing, received'));
    const { content } = await readDigest(own, ask({ last }));
    const note = content.notes.find((each) => each.startsWith('Late records changed'));
    assert.match(note ?? '', new RegExp(`what the digest of September 2026 told: Received ${received}, now ${received + 2}`));
  } finally {
    await late.close();
  }
});

digest('gives no small group away: not by what was before, a finding, a tile, a point or what a share is of', async () => {
  const few = await tempStore();
  const day = (month: string, i: number) => at(`${month}-0${1 + (i % 9)}T09:00:00Z`);
  const some = (month: string, issue: string, count: number): CaseRecord[] =>
    Array.from({ length: count }, (_, i) => ({
      source_id: `${month} ${issue} ${i}`,
      kind: 'complaint',
      issue,
      received_at: day(month, i),
      // Three of October go on past their due date.
      ...(month === '2026-10' && issue === 'Billing' && i < 3 ? {} : { resolved_at: day(month, i) + 86_400 }),
      due_at: day(month, i) + 5 * 86_400,
    }));
  const months = Array.from({ length: 24 }, (_, i) => addBuckets('month', '2024-10-01', i).slice(0, 7));
  try {
    const quiet = months.flatMap((month) => some(month, 'Billing', month === '2026-08' ? 3 : 20));
    const records = [...quiet, ...some('2026-09', 'Rare', 3), ...some('2026-10', 'Billing', 40), ...some('2026-10', 'Rare', 9)];
    await loadRecords(few.store, records, { source: 'desk', throughAt: at('2026-11-02T12:00:00Z') });
    const { content } = await readDigest({ ...deps, reader: few.store.reader }, ask());
    const chart = content.charts[0]?.table.rows ?? [];
    // Rare had three before: neither that, nor what Billing had, since both are what the month before is less the other.
    for (const row of chart) {
      assert.is(row.received_before ?? null, null, String(row.issue));
      assert.is(row.received_change ?? null, null, String(row.issue));
    }
    const tile = (measure: string) => content.tiles.find((each) => each.measure === measure);
    assert.equal([tile('overdue')?.value, tile('overdue')?.text], [null, 'fewer than 5']);
    assert.match(content.headline[1], /Fewer than five complaints are past the due date/);
    const august = tile('received')?.spark.values.at(-3);
    assert.is(august, null, 'August had three');
    assert.is(
      content.charts.find(({ report }) => report === 'on_time')?.table.rows.find((row) => row.period === '2026-08-01')?.on_time_rate,
      null,
    );
    const september = await readDigest({ ...deps, reader: few.store.reader }, ask({ period: periodBefore('month', '2026-10-02') }));
    assert.is(september.content.sections[0]?.sentence, 'Issues cannot be told apart without showing a group of fewer than five.');
    assert.is(september.content.charts[0]?.sentence, 'Issues cannot be told apart without showing a group of fewer than five.');
    assert.equal(september.content.charts[0]?.table.rows, []);
    assert.not.match(JSON.stringify(september.content), /Billing|Rare/);
  } finally {
    await few.close();
  }
});

digest('lets a figure that stands out alone say so, and asks nothing for it', () => {
  const tile = {
    measure: 'received',
    title: 'Received',
    value: 133,
    text: '133',
    change: '',
    standing: { verdict: 'concern', words: 'Concern', hint: '' },
    target: null,
  } as unknown as DigestTile; // what the headline reads
  const facts = {
    period: periodBefore('month', '2026-11-03'),
    nouns: ['complaint', 'complaints'] as [string, string],
    findings: [],
    judged: 47,
    tiles: [tile],
    sections: [],
  };
  const [changed, , asked] = headlineOf(facts);
  assert.is(
    changed,
    'Nothing changed beyond what chance allows in October 2026: 133 complaints came in. “Received” stands out alone, which among 47 series can be chance.',
  );
  assert.is(asked, 'No decision is asked of you this month.');
});

digest.after(() => world.close());
digest.run();
