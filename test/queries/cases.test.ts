import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import type { CaseRecord } from '../../etl/record.ts';
import type { Store } from '../../etl/store/open.ts';
import { wholeDayBits } from '../../etl/store/tables.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { readCase } from '../../queries/case-detail.ts';
import { listCases } from '../../queries/cases.ts';
import { listLabels } from '../../queries/labels.ts';
import { readMeta } from '../../queries/meta.ts';
import { timesByBit } from '../../queries/sql/whole-day.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const cases = suite('cases');
const at = (text: string) => Date.parse(text) / 1000;
const year = { from: '2024-01-01', to: '2024-12-31' };
const records: CaseRecord[] = [
  {
    source_id: 'A-1', kind: 'complaint', received_at: at('2024-01-05T10:00:00Z'), resolved_at: at('2024-01-06T11:30:00Z'), due_at: '2024-01-09',
    title: 'Parcel lost', narrative: 'It never came.', issue: 'late', more_issues: [{ issue: 'fee' }], product: 'Parcel', sub_product: 'Express', team: 'North', agent: 'agent 7',
    outcome: 'upheld', redress_amount: '12.50', redress_currency: 'EUR',
    events: [{ kind: 'received', at: at('2024-01-05T10:00:00Z') }, { kind: 'assigned', at: '2024-01-05', to: 'agent 7' }],
    surveys: [{ kind: 'csat', scale: '1-5', score: 2, answered_at: at('2024-01-08T09:00:00Z') }],
  },
  { source_id: 'A-2', kind: 'complaint', received_at: '2024-02-03', issue: 'fee' },
  { source_id: 'A-3', kind: 'compliment', received_at: '2024-02-04', issue: 'late' },
]; // prettier-ignore

async function withCases(work: (deps: QueryDeps, store: Store) => Promise<void>): Promise<void> {
  const temp = await tempStore();
  const { store } = temp;
  try {
    await loadRecords(store, records, { currency: 'EUR', zone: 'Europe/Vienna' });
    await work(
      { reader: store.reader, organisation: { name: 'test', zone: null, currency: null }, now: () => at('2025-01-01T00:00:00Z') },
      store,
    );
  } finally {
    await temp.close();
  }
}

cases('lists the latest first with labels and times as they are known', () =>
  withCases(async (deps) => {
    const page = await listCases(deps, { measure: 'received', query: { measures: ['received'], ...year } });
    assert.equal([page.total, page.page, page.size, page.next], [3, 1, 50, null]);
    assert.equal(
      page.cases.map((c) => c.source_id),
      ['A-3', 'A-2', 'A-1'],
    );
    assert.equal(page.cases[2], {
      case_id: 1, source: 'test', source_id: 'A-1', title: 'Parcel lost', kind: 'complaint', status: 'resolved', received_at: '2024-01-05T10:00:00Z', ended_at: '2024-01-06T11:30:00Z',
      due_at: '2024-01-09', channel: null, company: null, product: 'Parcel', issue: 'late', severity: null, team: 'North', agent: 'agent 7', outcome: 'upheld', resolution_minutes: 1530, redress_amount: 12.5,
    }); // prettier-ignore
  }),
);

cases('pages by number and by where the page before ended', () =>
  withCases(async (deps) => {
    const ask = { measure: 'received', query: { measures: ['received'], ...year }, size: 1 };
    const first = await listCases(deps, ask);
    const second = await listCases(deps, { ...ask, after: first.next });
    const third = await listCases(deps, { ...ask, page: 3 });
    assert.equal(
      [first, second, third].map((p) => p.cases[0]?.source_id),
      ['A-3', 'A-2', 'A-1'],
    );
    assert.is(second.total, 3);
  }),
);

cases('finds the cases of a member, a period, a part and what was left over', () =>
  withCases(async (deps) => {
    const query = { measures: ['received'], by: ['issue'], grain: 'month', limit: 1, order: 'issue', ...year };
    const ids = async (body: Record<string, unknown>) => (await listCases(deps, body)).cases.map((c) => c.source_id);
    assert.equal(await ids({ measure: 'received', query, key: { issue: 'fee', period: '2024-02-01' } }), ['A-2']);
    assert.equal(await ids({ measure: 'received', query, key: { issue: '(other)' } }), ['A-3', 'A-1']);
    assert.equal(await ids({ measure: 'received', query, key: { issue: '(other)', period: '2024-01-01' } }), ['A-1']);
    assert.equal(await ids({ measure: 'mentions', query: { ...query, measures: ['mentions'] }, key: { issue: 'fee' } }), ['A-2', 'A-1']);
    assert.equal(await ids({ measure: 'csat_rate', query, key: {}, part: 'numerator' }), []);
    const surveys = await listCases(deps, { measure: 'csat_rate', query });
    assert.equal(
      surveys.cases.map((c) => [c.case_id, c.survey]),
      [[1, { kind: 'csat', asked_at: null, answered_at: '2024-01-08T09:00:00Z', scale: '1-5', score: 2 }]],
    );
  }),
);

cases('refuses what is no figure of the query, by field', () =>
  withCases(async (deps) => {
    const query = { measures: ['received'], by: ['issue'], grain: 'month', ...year };
    const bad: [Record<string, unknown>, string][] = [
      [{ measure: 'recieved', query }, 'measure'],
      [{ measure: 'received', query: { ...query, from: 'x' } }, 'query.from'],
      [{ measure: 'received', query, key: { team: 'North' } }, 'key.team'],
      [{ measure: 'received', query, key: { issue: 'lat' } }, 'key.issue'],
      [{ measure: 'received', query, key: { period: '2024-02-02' } }, 'key.period'],
      [{ measure: 'received', query, part: 'half' }, 'part'],
      [{ measure: 'received', query, page: 0 }, 'page'],
      [{ measure: 'received', query, size: 1000 }, 'size'],
      [{ measure: 'received', query, after: 'there' }, 'after'],
    ];
    for (const [body, field] of bad) {
      const failed = await listCases(deps, body).catch((error: unknown) => error);
      assert.ok(failed instanceof BadInput && failed.problems[0]?.field === field, `${field}: ${String(failed)}`);
    }
  }),
);

cases('shows everything of one case', () =>
  withCases(async (deps) => {
    const found = await readCase(deps, 1);
    assert.equal([found?.source, found?.source_id, found?.owned_by], ['test', 'A-1', 'test']);
    assert.equal(
      [found?.fields.narrative, found?.fields.sub_product, found?.fields.redress_amount, found?.fields.due_at, found?.fields.vulnerable],
      ['It never came.', 'Express', 12.5, '2024-01-09', false],
    );
    assert.equal(found?.issues, [
      { issue: 'late', sub_issue: null },
      { issue: 'fee', sub_issue: null },
    ]);
    assert.equal(
      found?.events.map((e) => [e.kind, e.at, e.to]),
      [
        ['assigned', '2024-01-05', 'agent 7'],
        ['received', '2024-01-05T10:00:00Z', null],
      ],
    );
    assert.equal(found?.surveys[0]?.is_satisfied, false);
    assert.is(found?.derived.is_on_time, true);
    assert.is(await readCase(deps, 99), null);
  }),
);

cases('lists labels by how many cases carry them', () =>
  withCases(async (deps) => {
    assert.equal(await listLabels(deps.reader, { dimension: 'issue' }), {
      labels: [
        { name: 'late', cases: 2 },
        { name: 'fee', cases: 1 },
      ],
    });
    assert.equal(await listLabels(deps.reader, { dimension: 'sub_product', parent: 'Parcel' }), {
      labels: [{ name: 'Parcel › Express', cases: 1 }],
    });
    assert.equal(
      (await listLabels(deps.reader, { dimension: 'issue', like: 'FE' })).labels.map((l) => l.name),
      ['fee'],
    );
    assert.equal((await listLabels(deps.reader, { dimension: 'kind', limit: 1 })).labels, [{ name: 'complaint', cases: 2 }]);
    const failed = await listLabels(deps.reader, { dimension: 'isue' }).catch((error: unknown) => error);
    assert.ok(failed instanceof BadInput && /did you mean "issue"/.test(failed.message));
  }),
);

cases('publishes the model with what the store holds', () =>
  withCases(async (deps) => {
    const meta = await readMeta(deps);
    assert.equal(
      [meta.organisation.zone, meta.organisation.currency, meta.earliest, meta.today],
      ['Europe/Vienna', 'EUR', '2024-01-05', '2024-02-04'],
    );
    assert.equal(
      meta.sources.map((s) => [s.name, s.cases, s.live]),
      [['test', 3, false]],
    );
  }),
);

cases('knows the bits of whole days as the store does', () => assert.equal(timesByBit, wholeDayBits));

cases.run();
