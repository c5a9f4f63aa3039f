import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { answer } from '../../queries/answer.ts';
import { listCases } from '../../queries/cases.ts';
import { listLabels } from '../../queries/labels.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { grains } from '../../queries/model/buckets.ts';
import { dimensionNames } from '../../queries/model/dimensions.ts';
import { measureNames } from '../../queries/model/measures.ts';
import { parseQuery } from '../../queries/model/query.ts';
import type { Row, TableJson } from '../../queries/model/wire.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const answers = suite('answer');
const at = (text: string) => Date.parse(text) / 1000;
const year = { from: '2024-01-01', to: '2024-12-31' };

async function withRecords(
  sources: Parameters<typeof loadRecords>[1][] | CaseRecord[],
  work: (deps: QueryDeps) => Promise<void>,
  options: Parameters<typeof loadRecords>[2][] = [{}],
): Promise<void> {
  const temp = await tempStore();
  const { store } = temp;
  try {
    const lists = (Array.isArray(sources[0]) ? sources : [sources]) as CaseRecord[][];
    for (const [i, list] of lists.entries()) await loadRecords(store, list, { currency: 'EUR', ...options[i] });
    await work({
      reader: store.reader,
      organisation: { name: 'test', zone: null, currency: 'EUR' },
      now: () => at('2025-06-01T00:00:00Z'),
    });
  } finally {
    await temp.close();
  }
}

async function ask(deps: QueryDeps, query: Record<string, unknown>): Promise<TableJson> {
  const { tables } = await answer(deps, [parseQuery({ ...year, ...query })]);
  if (!tables[0]) throw new Error('no table');
  return tables[0];
}

async function row(deps: QueryDeps, query: Record<string, unknown>): Promise<Row> {
  return (await ask(deps, query)).rows[0] ?? {};
}

const complaint = (source_id: string, received_at: string, more: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id,
  kind: 'complaint',
  received_at: received_at.includes('T') ? at(received_at) : received_at,
  ...more,
});

answers('every measure by every dimension and grain runs on a real store', async () => {
  const records = [
    complaint('1', '2024-01-05T10:00:00Z', { issue: 'late', resolved_at: at('2024-01-09T10:00:00Z') }),
    complaint('2', '2024-03-05', { issue: 'fee', team: 'A' }),
  ];
  await withRecords(records, async (deps) => {
    for (const grain of [null, ...grains]) {
      for (const dimension of dimensionNames) {
        const by = dimension === 'issue' ? ['issue'] : ['issue', dimension];
        const queries = [measureNames.slice(0, 20), measureNames.slice(20, 40), measureNames.slice(40)].map((measures) =>
          parseQuery({ ...year, measures, by, ...(grain && { grain }) }),
        );
        const { tables } = await answer(deps, queries);
        for (const table of tables)
          for (const each of table.rows) assert.equal(Object.keys(each).sort(), table.columns.map((c) => c.name).sort());
      }
    }
  });
});

answers('counts each measure by its own date', async () => {
  await withRecords(
    [complaint('1', '2024-01-30T10:00:00Z', { resolved_at: at('2024-02-02T10:00:00Z'), withdrawn_at: at('2024-02-03T10:00:00Z') })],
    async (deps) => {
      const { rows } = await ask(deps, { measures: ['received', 'resolved', 'closed', 'withdrawn', 'open'], grain: 'month' });
      assert.equal(
        rows.map((r) => [r.received, r.resolved, r.closed, r.withdrawn, r.open]),
        [
          [1, 0, 0, 0, 1],
          [0, 1, 1, 1, 0],
        ],
      );
      assert.equal(
        rows.map((r) => r.complete),
        [1, 0],
      );
    },
  );
});

answers('knows nothing after T: later cases are out, later ends count as open, later answers as unanswered', async () => {
  const records = [
    complaint('1', '2024-01-01T00:00:00Z', {
      resolved_at: at('2024-01-11T00:00:00Z'),
      surveys: [{ kind: 'csat', scale: '1-5', score: 5, asked_at: at('2024-01-11T00:00:00Z'), answered_at: at('2024-02-01T00:00:00Z') }],
    }),
    complaint('2', '2024-03-01T00:00:00Z'),
  ];
  await withRecords(records, async (deps) => {
    const measures = ['received', 'open', 'surveys_answered', 'response_rate', 'resolution_days_p50'];
    const early = await ask(deps, { measures, asOf: '2024-01-05T12:00:00Z' });
    assert.equal(early.asOf, '2024-01-05T12:00:00Z');
    assert.equal([early.rows[0]?.received, early.rows[0]?.open, early.rows[0]?.response_rate_n], [1, 1, 0]);
    assert.equal(
      [early.rows[0]?.resolution_days_p50, early.rows[0]?.resolution_days_p50_n, early.rows[0]?.resolution_days_p50_followed_days],
      [null, 1, 4.5],
    );
    const asked = await row(deps, { measures, asOf: '2024-01-20' });
    assert.equal([asked.open, asked.response_rate, asked.response_rate_n, asked.resolution_days_p50], [0, 0, 1, 10]);
    assert.equal([(await row(deps, { measures })).response_rate, (await row(deps, { measures })).received], [1, 2]);
  });
});

answers('each source has its own T, and the latest is echoed', async () => {
  const first = [
    complaint('1', '2024-01-01T00:00:00Z'),
    complaint('2', '2024-01-03T00:00:00Z', { resolved_at: at('2024-01-04T00:00:00Z') }),
  ];
  const second = [complaint('1', '2024-05-01T00:00:00Z')];
  await withRecords(
    [first, second],
    async (deps) => {
      const table = await ask(deps, { measures: ['received', 'open', 'resolution_days_p50'], by: ['source'], order: 'source' });
      // Of source one half were resolved after a day, and the curve stays there to the end of what was seen, three days: the middle is two.
      assert.equal(
        table.rows.map((r) => [r.source, r.received, r.open, r.resolution_days_p50]),
        [
          ['one', 2, 1, 2],
          ['two', 1, 1, null],
        ],
      );
      assert.is(table.asOf, '2024-05-01T00:00:00Z');
      assert.is((await ask(deps, { measures: ['received'], where: { source: ['one'] } })).asOf, '2024-01-04T00:00:00Z');
      // The case of source one was seen for three days, that of source two for none.
      assert.equal(
        (await ask(deps, { measures: ['resolution_days_p50'], by: ['source'], order: 'source' })).rows.map(
          (r) => r.resolution_days_p50_followed_days,
        ),
        [3, 0],
      );
    },
    [{ source: 'one' }, { source: 'two' }],
  );
});

answers('leaves a source without end times out of time measures and says so', async () => {
  const first = [complaint('1', '2024-01-01T00:00:00Z', { resolved_at: at('2024-01-03T00:00:00Z') })];
  const second = [complaint('1', '2024-01-01T00:00:00Z', { status: 'closed' })];
  await withRecords(
    [first, second],
    async (deps) => {
      const table = await ask(deps, { measures: ['received', 'resolution_days_p50', 'open'] });
      assert.equal(
        [table.rows[0]?.received, table.rows[0]?.resolution_days_p50, table.rows[0]?.resolution_days_p50_n, table.rows[0]?.open],
        [2, 2, 1, 0],
      );
      assert.ok(
        table.notes.some((n) => n.measure === 'resolution_days_p50' && n.source === 'bare' && n.message === 'no end times in this source'),
      );
      assert.ok(table.notes.some((n) => n.measure === 'open' && n.message.startsWith('1 case that ended on an unknown date is ')));
      const only = await ask(deps, { measures: ['resolution_days_p50', 'csat_rate', 'response_rate'], where: { source: ['bare'] } });
      assert.equal(only.rows[0], {
        complete: 0,
        resolution_days_p50: null,
        resolution_days_p50_n: null,
        resolution_days_p50_low: null,
        resolution_days_p50_high: null,
        resolution_days_p50_followed_days: null,
        csat_rate: null,
        csat_rate_n: null,
        csat_rate_low: null,
        csat_rate_high: null,
        response_rate: null,
        response_rate_n: null,
        response_rate_low: null,
        response_rate_high: null,
      });
      assert.equal(
        only.notes.map((n) => n.message),
        ['no end times in this source', 'no satisfaction answers in this source', 'asking is not recorded'],
      );
    },
    [{ source: 'full' }, { source: 'bare', fields: ['received_at', 'status'] }],
  );
});

answers('filters by labels, their absence, words, ranges and exclusion', async () => {
  const records = [
    complaint('1', '2024-01-01T00:00:00Z', {
      product: 'Mortgage',
      sub_product: 'FHA',
      narrative: 'The hold time was long.',
      resolved_at: at('2024-01-11T00:00:00Z'),
    }),
    complaint('2', '2024-01-02T00:00:00Z', { product: 'Mortgage', sub_product: 'VA', narrative: 'Time to hold', channel: 'web' }),
    complaint('3', '2024-01-31T00:00:00Z', {
      surveys: [{ kind: 'csat', scale: '1-5', score: 2, answered_at: at('2024-01-31T00:00:00Z') }],
    }),
  ];
  await withRecords(records, async (deps) => {
    const received = async (where: Record<string, unknown>) => (await row(deps, { measures: ['received'], where })).received;
    assert.is(await received({ product: ['Mortgage'] }), 2);
    assert.is(await received({ sub_product: ['Mortgage › FHA'] }), 1);
    assert.is(await received({ product: ['(none)'] }), 1);
    assert.is(await received({ not: { channel: ['web'] } }), 2);
    assert.is(await received({ text: 'hold time' }), 2);
    assert.is(await received({ text: '"hold time"' }), 1);
    assert.is(await received({ text: 'lon*' }), 1);
    assert.is(await received({ text: 'lon' }), 0);
    assert.is(await received({ range: { resolution_days: [10, 11] } }), 1);
    assert.is(await received({ range: { resolution_days: [null, 10] } }), 0);
    assert.is(await received({ range: { open_age_days: [29, null] } }), 1);
    assert.is(await received({ range: { score: [null, 3] } }), 1);
    assert.is(await received({ wait_band: ['8–30 days'] }), 1);
    assert.is(await received({ age_band: ['0–7 days'] }), 1);
    assert.is(await received({ vulnerable: ['yes'] }), 0);
    const failed = await ask(deps, { measures: ['received'], where: { product: ['Mortgages'] } }).catch((error: unknown) => error);
    assert.ok(
      failed instanceof BadInput &&
        failed.problems[0]?.field === 'where.product' &&
        failed.problems[0].message.includes('did you mean "Mortgage"'),
    );
    const wordless = await ask(deps, { measures: ['received'], where: { text: '!' } }).catch((error: unknown) => error);
    assert.ok(wordless instanceof BadInput && wordless.problems[0]?.field === 'where.text');
  });
});

answers('orders members over the whole period, keeps the first and leaves the rest over', async () => {
  const records = ['a', 'a', 'a', 'b', 'b', 'c', undefined].map((issue, i) =>
    complaint(String(i), `2024-0${i + 1}-01T00:00:00Z`, issue ? { issue } : {}),
  );
  await withRecords(records, async (deps) => {
    const table = await ask(deps, { measures: ['received'], by: ['issue'], limit: 2, grain: 'quarter' });
    assert.equal(table.rows.map((r) => [r.issue, r.period, r.received]), [
      ['a', '2024-01-01', 3], ['a', '2024-04-01', 0], ['a', '2024-07-01', 0],
      ['b', '2024-01-01', 0], ['b', '2024-04-01', 2], ['b', '2024-07-01', 0],
      ['(other)', '2024-01-01', 0], ['(other)', '2024-04-01', 1], ['(other)', '2024-07-01', 1],
    ]); // prettier-ignore
    assert.equal(
      (await ask(deps, { measures: ['received'], by: ['issue'], order: 'received' })).rows.map((r) => r.issue),
      ['(none)', 'c', 'b', 'a'],
    );
    assert.equal(
      (await ask(deps, { measures: ['received'], by: ['issue'], order: '-issue', limit: 1 })).rows.map((r) => [r.issue, r.received]),
      [
        ['c', 1],
        ['(other)', 6],
      ],
    );
    const byPeriod = await ask(deps, { measures: ['received'], by: ['issue'], limit: 1, grain: 'quarter', order: '-period' });
    assert.equal(
      byPeriod.rows.slice(0, 3).map((r) => [r.period, r.issue]),
      [
        ['2024-07-01', 'a'],
        ['2024-07-01', '(other)'],
        ['2024-04-01', 'a'],
      ],
    );
  });
});

answers('compares with the window before, new and vanished members included', async () => {
  const records = [
    complaint('1', '2024-01-10T00:00:00Z', { issue: 'gone' }),
    complaint('2', '2024-02-10T00:00:00Z', { issue: 'new' }),
    complaint('3', '2024-03-01T00:00:00Z'),
  ];
  await withRecords(records, async (deps) => {
    const query = {
      measures: ['received', 'csat_rate'],
      by: ['issue'],
      grain: 'month',
      from: '2024-02-01',
      to: '2024-02-29',
      compare: 'previous_period',
      order: 'issue',
    };
    const table = await ask(deps, query);
    assert.equal(
      table.rows.map((r) => [r.issue, r.received, r.received_before, r.csat_rate_before, r.csat_rate_before_n]),
      [
        ['gone', 0, 1, null, 0],
        ['new', 1, 0, null, 0],
      ],
    );
    assert.equal(table.windows, { current: { from: '2024-02-01', to: '2024-02-29' }, before: { from: '2024-01-01', to: '2024-01-31' } });
  });
});

answers('does not take a source that is no longer known for a fall', async () => {
  const ended = ['2024-01-05', '2024-01-20', '2024-02-03', '2024-02-10'].map((date, i) =>
    complaint(`a${i}`, `${date}T00:00:00Z`, { issue: 'old' }),
  );
  const lasting = [complaint('b0', '2024-03-04T00:00:00Z', { issue: 'new' }), complaint('b1', '2024-04-30T00:00:00Z', { issue: 'new' })];
  await withRecords(
    [ended, lasting],
    async (deps) => {
      const march = { measures: ['received', 'resolution_days_p50'], from: '2024-03-01', to: '2024-03-31', compare: 'previous_period' };
      const total = await ask(deps, march);
      assert.equal(
        total.rows.map((r) => [r.complete, r.received, r.received_before, r.resolution_days_p50_before, r.resolution_days_p50_before_n]),
        [[1, 1, null, null, null]],
      );
      const notes = total.notes.filter((n) => n.source === 'archive');
      assert.equal(
        notes.map((n) => n.message),
        ['archive is known only until 10 February 2024; what came after is not compared with before'],
      );
      // A member that only the window before had has nothing to show.
      assert.equal(
        (await ask(deps, { ...march, by: ['issue'], grain: 'month' })).rows.map((r) => [r.issue, r.received, r.received_before]),
        [['new', 1, null]],
      );
      // In February the archive reaches the 10th: not complete, against ten days of January. In April nothing before is the archive's.
      const months = await ask(deps, { ...march, from: '2024-02-01', to: '2024-04-30', grain: 'month', compare: 'previous_year' });
      assert.equal(
        months.rows.map((r) => [r.complete, r.received, r.received_before]),
        [
          [0, 2, 0],
          [1, 1, 0],
          [0, 1, 0],
        ],
      );
      const february = await ask(deps, { ...march, from: '2024-02-01', to: '2024-02-29' });
      assert.equal([february.rows[0]?.received, february.rows[0]?.received_before, february.notes], [2, 1, []]);
      // Alone the archive is known until February, and the others have nothing that is missing.
      const alone = await ask(deps, { ...march, where: { source: ['live'] } });
      assert.equal([alone.rows[0]?.received, alone.rows[0]?.received_before, alone.notes], [1, 0, []]);
    },
    [{ source: 'archive' }, { source: 'live' }],
  );
});

answers('says why there is nothing, also of a single source', async () => {
  const only = { source: 'bare', fields: ['received_at', 'status'] };
  await withRecords(
    [complaint('1', '2024-01-01T00:00:00Z')],
    async (deps) =>
      assert.equal((await ask(deps, { measures: ['resolution_days_p50'] })).notes, [
        { measure: 'resolution_days_p50', source: null, message: 'no end times in this source' },
      ]),
    [only],
  );
});

answers('counts the cases of bands among the labels', async () => {
  const records = [
    complaint('1', '2024-01-01T00:00:00Z', { resolved_at: at('2024-01-10T00:00:00Z') }),
    complaint('2', '2024-01-01T00:00:00Z'),
    complaint('3', '2024-03-01T00:00:00Z'),
  ];
  await withRecords(records, async ({ reader }) => {
    const counts = async (dimension: string) => (await listLabels(reader, { dimension })).labels.filter((l) => l.cases > 0);
    assert.equal(await counts('wait_band'), [{ name: '8–30 days', cases: 1 }]);
    assert.equal(await counts('age_band'), [
      { name: '0–7 days', cases: 1 },
      { name: '> 56 days', cases: 1 },
    ]);
  });
});

answers('says that business time has no calendar yet', async () => {
  await withRecords([complaint('1', '2024-01-01T00:00:00Z', { resolved_at: at('2024-01-03T00:00:00Z') })], async (deps) => {
    const table = await ask(deps, { measures: ['received', 'resolution_days_p50'], time: 'business' });
    assert.equal([table.rows[0]?.received, table.rows[0]?.resolution_days_p50], [1, null]);
    assert.match(table.notes[0]?.message ?? '', /calendar/);
  });
});

answers('tells what share is still open at each age beside the median, and keeps undated ends out of the balance', async () => {
  const records = [
    complaint('1', '2024-01-01T00:00:00Z', { resolved_at: at('2024-01-02T00:00:00Z') }),
    complaint('2', '2024-01-05T00:00:00Z', { resolved_at: at('2024-02-04T00:00:00Z') }),
    complaint('3', '2024-02-10T00:00:00Z'),
    complaint('4', '2024-02-11T00:00:00Z', { status: 'closed' }),
  ];
  await withRecords(
    records,
    async (deps) => {
      const measures = ['resolution_days_p50', 'open_after_1_day', 'open_after_14_days', 'open_after_30_days', 'open_after_60_days'];
      // Three cases: ended after 1 and 30 days, one open and 10 days old: 2/3, and 0 from day 30, since nobody else was left to wait.
      const figures = await row(deps, { measures });
      const close = (value: unknown, expected: number) => Math.abs(Number(value) - expected) < 1e-9;
      assert.ok(close(figures.open_after_1_day, 2 / 3) && close(figures.open_after_14_days, 2 / 3));
      assert.equal([figures.open_after_30_days, figures.open_after_60_days, figures.open_after_30_days_n], [0, 0, 3]);
      assert.is(figures.resolution_days_p50, 30);
      const flow = await ask(deps, { measures: ['received', 'closed', 'ended_undated', 'open'], grain: 'month', to: '2024-02-29' });
      assert.equal(
        flow.rows.map((r) => [r.received, r.closed, r.ended_undated, r.open]),
        [
          [2, 1, 0, 1],
          [2, 1, 1, 1],
        ],
      );
    },
    [{ throughAt: at('2024-02-20T00:00:00Z') }],
  );
});

answers('says that a period lies beyond what is known, and answers an empty store', async () => {
  await withRecords([complaint('1', '2024-01-01T00:00:00Z')], async (deps) => {
    const table = await ask(deps, { measures: ['received'], from: '2024-06-01', to: '2024-06-30' });
    assert.equal(table.rows, []);
    assert.match(table.notes[0]?.message ?? '', /nothing is known of this period/);
  });
  await withRecords([], async (deps) => assert.is((await row(deps, { measures: ['received'] })).received, 0));
});

answers('names the query a problem is in', async () => {
  await withRecords([], async (deps) => {
    const good = parseQuery({ ...year, measures: ['received'] });
    const bad = parseQuery({ ...year, measures: ['received'], where: { issue: ['x'] } });
    const failed = await answer(deps, [good, bad]).catch((error: unknown) => error);
    assert.ok(failed instanceof BadInput && failed.problems[0]?.field === 'queries[1].where.issue');
  });
});

answers('refuses answers that are too large, naming what to narrow', async () => {
  await withRecords(
    [complaint('1', '2024-01-01T00:00:00Z', { issue: 'a' }), complaint('2', '2024-01-02T00:00:00Z', { issue: 'b' })],
    async (deps) => {
      const failed = await answer({ ...deps, bounds: { most: { groups: 1 } } }, [
        parseQuery({ ...year, measures: ['received'], by: ['issue'] }),
      ]).catch((error: unknown) => error);
      assert.ok(failed instanceof BadInput && failed.isTooMuch && /narrow the period/.test(failed.message));
      const aborted = await answer({ ...deps, bounds: { signal: AbortSignal.abort() } }, [
        parseQuery({ ...year, measures: ['received'] }),
      ]).catch((error: unknown) => error);
      assert.is((aborted as Error).name, 'AbortError');
    },
  );
});

answers('days lost count open cases up to until when we know, and leave out what has no length', async () => {
  const records = [
    complaint('1', '2024-01-05T10:00:00Z', { issue: 'late', resolved_at: at('2024-01-09T10:00:00Z') }), // 4 days
    complaint('2', '2024-01-10T00:00:00Z', { issue: 'late' }), // open for 1.5 days
    complaint('3', '2024-01-06T10:00:00Z', { issue: 'fee', resolved_at: at('2024-01-12T00:00:00Z') }), // not resolved by then: 5 days and 2 hours
    complaint('4', '2024-01-07T10:00:00Z', { issue: 'fee', status: 'closed' }), // ended, nobody knows when
  ];
  await withRecords(
    records,
    async (deps) => {
      const { rows } = await ask(deps, { measures: ['days_lost'], by: ['issue'], asOf: '2024-01-11T12:00:00Z' });
      assert.equal(
        rows.map((r) => [r.issue, r.days_lost, r.days_lost_n]),
        [
          ['late', 5.5, 2],
          ['fee', 5 + 2 / 24, 1],
        ],
      );
    },
    [{ throughAt: at('2024-01-20T00:00:00Z') }],
  );
});

answers('a query for the vital few tells each share, who is new among them and who could change places', async () => {
  const issues = (month: string, counts: Record<string, number>) =>
    Object.entries(counts).flatMap(([issue, n]) =>
      Array.from({ length: n }, (_, i) => complaint(`${month}-${issue}-${i}`, `${month}-10`, issue === 'none' ? {} : { issue })),
    );
  const records = [...issues('2024-01', { a: 30, b: 2, c: 4 }), ...issues('2024-02', { a: 30, b: 25, c: 5, d: 2, e: 1, none: 40 })];
  await withRecords(records, async (deps) => {
    const february = { from: '2024-02-01', to: '2024-02-29', measures: ['received'], by: ['issue'], compare: 'previous_period' };
    const { rows, pareto, columns } = await ask(deps, { ...february, pareto: true, limit: 4 });
    // Of 63 with a name: 30 + 25 = 55 are 87%; 30 − 25 is within 1.96 √55, 25 − 5 beyond 1.96 √30 = 10.7.
    assert.equal(pareto, { measure: 'received', members: 5, vital: 2, share: 55 / 63, vitalBefore: 1 });
    assert.equal(
      rows.map((r) => [r.issue, r.received, r.received_share, r.received_vital, r.received_vital_before, r.received_swaps_with]),
      [
        ['a', 30, 30 / 63, 1, 1, 'b'],
        ['b', 25, 25 / 63, 1, 0, 'a'],
        ['c', 5, 5 / 63, 0, 0, null],
        ['(none)', 40, null, null, null, null],
        ['(other)', 3, null, null, null, null],
      ],
    );
    assert.equal(columns.filter((c) => c.role === 'pareto').map((c) => c.name.replace('received_', '')), [
      'share', 'cumulative', 'vital', 'vital_before', 'swaps_with',
    ]); // prettier-ignore
    const whole = await ask(deps, { ...february, pareto: true });
    assert.equal(whole.pareto, pareto);
    assert.is(whole.rows.at(-1)?.issue, '(none)');
  });
});

answers('the share of an issue is of all cases under the other filters, and opens either', async () => {
  const records = [
    complaint('1', '2024-01-05', { issue: 'late', team: 'A', customer_ref: 'anna' }),
    complaint('2', '2024-01-06', { issue: 'late', team: 'A', customer_ref: 'anna' }),
    complaint('3', '2024-01-07', { issue: 'fee', team: 'A' }),
    complaint('4', '2024-01-08', { team: 'A' }),
    complaint('5', '2024-01-09', { issue: 'late', team: 'B' }),
    complaint('6', '2024-02-09', { issue: 'fee', team: 'A' }),
  ];
  await withRecords(records, async (deps) => {
    const query = { ...year, measures: ['issue_share', 'received'], where: { issue: ['late'], team: ['A'] } };
    const { rows } = await ask(deps, { ...query, grain: 'month', to: '2024-02-29' });
    assert.equal(
      rows.map((r) => [r.issue_share, r.issue_share_n, r.received]),
      [
        [0.5, 4, 2],
        [0, 1, 0],
      ],
    );
    const drill = { measure: 'issue_share', query, customers: true };
    const [whole, part] = [await listCases(deps, drill), await listCases(deps, { ...drill, part: 'numerator' })];
    assert.equal([whole.total, part.total, part.customers], [5, 2, 1]);
  });
});

answers.run();
