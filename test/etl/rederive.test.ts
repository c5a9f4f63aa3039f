import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BusinessRules } from '../../etl/business-rules.ts';
import { noRules } from '../../etl/business-rules.ts';
import { deriveContextOf } from '../../etl/derive-context.ts';
import { derive } from '../../etl/derive.ts';
import { SourceFailed } from '../../etl/errors.ts';
import { loadBatch } from '../../etl/load.ts';
import { weekdays, type Calendar } from '../../etl/opening-hours.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { adoptRules, rederiveCases, requestRederiving } from '../../etl/rederive.ts';
import type { Store } from '../../etl/store/open.ts';
import { readRulesProgress } from '../../etl/store/rules.ts';
import { transact } from '../../etl/store/transact.ts';
import type { CaseFactRow, SurveyFactRow } from '../../etl/store/tables.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const at = (text: string) => Date.parse(text) / 1000;
const office: Calendar = {
  zone: 'Europe/London',
  hours: Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, ['09:00-17:00']])),
  holidays: ['2026-04-03'],
};
const rules: BusinessRules = {
  calendars: { office },
  calendar: 'office',
  policies: [
    { name: 'loans', when: { product: ['Loan'] }, acknowledge: { hours: 24 }, resolve: { business_days: 3 } },
    { name: 'standard', resolve: { calendar_days: 10 } },
  ],
};
const options = { zone: 'Europe/London', log: () => undefined };
const records: CaseRecord[] = [
  { source_id: 'loan', kind: 'complaint', product: 'Loan', received_at: at('2026-04-02T10:00:00Z'), resolved_at: at('2026-04-08T10:00:00Z') },
  { source_id: 'card', kind: 'complaint', product: 'Card', received_at: at('2026-04-02T10:00:00Z'), surveys: [{ kind: 'csat', scale: '1-5', score: 4, answered_at: at('2026-04-09T10:00:00Z') }] },
  { source_id: 'own', kind: 'complaint', product: 'Loan', received_at: '2026-04-02', resolved_at: '2026-04-07', due_at: '2026-04-30', sla_policy: 'standard' },
]; // prettier-ignore
const zone = 'Europe/London';

const rederiving = suite('adoptRules');
let temp: Awaited<ReturnType<typeof tempStore>>;
rederiving.before.each(async () => void (temp = await tempStore()));
rederiving.after.each(() => temp.close());

/** The code of the one source that was loaded. */
async function sourceOf(store: Store): Promise<number> {
  const [code] = await store.reader<{ source: number }>('source_state').pluck<number[]>('source');
  return code ?? 0;
}

interface Content {
  cases: Record<string, CaseFactRow>;
  surveys: Record<string, number>;
  changed: Record<string, number>;
}
/** Everything of the facts but their numbers, with the labels of codes that depend on the order of loading. */
async function contentOf(store: Store): Promise<Content> {
  const labels = await store.reader<{ dimension: string; code: number; name: string }>('label').where({ dimension: 'sla_policy' }).select();
  const name = (code: number) => (code === 0 ? '' : (labels.find((l) => l.code === code)?.name ?? '?'));
  const facts = await store.reader<CaseFactRow>('case_fact').select();
  const surveys = await store.reader<SurveyFactRow>('survey_fact').select();
  return {
    cases: Object.fromEntries(facts.map((fact) => [fact.source_id, { ...fact, case_id: 0, change_seq: 0, sla_policy: name(fact.sla_policy) as unknown as number }])),
    surveys: Object.fromEntries(surveys.map((s) => [s.source_id, name(s.sla_policy) as unknown as number])),
    changed: Object.fromEntries(facts.map((fact) => [fact.source_id, fact.change_seq])),
  }; // prettier-ignore
}

rederiving('brings stored cases to what loading them under the rules gives, and back', async () => {
  await loadRecords(temp.store, records, { zone });
  const before = await contentOf(temp.store);
  assert.equal(await adoptRules(temp.store, rules, options), { cases: 3, changed: 3 });
  const after = await contentOf(temp.store);
  const other = await tempStore();
  try {
    await adoptRules(other.store, rules, options);
    await loadRecords(other.store, records, { zone });
    const fresh = await contentOf(other.store);
    assert.equal([after.cases, after.surveys], [fresh.cases, fresh.surveys]);
  } finally {
    await other.close();
  }
  // Thursday 2 April to Wednesday 8: Friday is a holiday. In London 11:00 to 17:00, Monday and Tuesday whole, 09:00 to 11:00.
  const { loan, card, own } = after.cases;
  assert.equal([loan?.due_on, loan?.resolution_business_minutes, loan?.is_on_time], ['2026-04-08', 360 + 480 + 480 + 120, 1]);
  assert.equal([card?.due_on, card?.sla_policy, after.surveys], ['2026-04-12', 'standard', { 'card/csat': 'standard' }]);
  assert.equal([own?.due_on, own?.resolution_business_minutes, own?.by_policy], ['2026-04-30', 960, 0]);
  assert.equal(await adoptRules(temp.store, noRules, options), { cases: 3, changed: 3 });
  const again = await contentOf(temp.store);
  assert.equal([again.cases, again.surveys], [before.cases, before.surveys]);
});

rederiving('does nothing where nothing has changed, and moves only what a new holiday concerns', async () => {
  await adoptRules(temp.store, rules, options);
  await loadRecords(temp.store, records, { zone });
  const before = await contentOf(temp.store);
  assert.equal(await adoptRules(temp.store, rules, options), { cases: 0, changed: 0 });
  const nextYear: BusinessRules = { ...rules, calendars: { office: { ...office, holidays: ['2026-04-03', '2027-03-26'] } } };
  // No case has a time that late: none is looked at.
  assert.equal(await adoptRules(temp.store, nextYear, options), { cases: 0, changed: 0 });
  assert.equal(await contentOf(temp.store), before);
  const easter: BusinessRules = {
    ...rules,
    calendars: { office: { ...office, holidays: ['2026-04-03', { date: '2026-04-06', name: 'Monday' }] } },
  };
  assert.equal(await adoptRules(temp.store, easter, options), { cases: 3, changed: 2 });
  const named: BusinessRules = {
    ...rules,
    calendars: { office: { ...office, holidays: ['2026-04-03', { date: '2026-04-06', name: 'Easter Monday' }] } },
  };
  assert.equal(await adoptRules(temp.store, named, options), { cases: 0, changed: 0 });
  const after = await contentOf(temp.store);
  assert.equal([after.cases.loan?.due_on, after.cases.loan?.resolution_business_minutes, after.cases.own?.resolution_business_minutes], ['2026-04-09', 960, 480]); // prettier-ignore
  assert.is(after.changed.card, before.changed.card);
  assert.ok(Number(after.changed.loan) > Number(before.changed.loan));
});

rederiving('leaves unchanged rows that come again as they are', async () => {
  await loadRecords(temp.store, records, { zone });
  await adoptRules(temp.store, rules, options);
  const before = await contentOf(temp.store);
  await loadRecords(temp.store, records, { zone });
  assert.equal(await contentOf(temp.store), before);
});

rederiving('goes on where it was stopped', async () => {
  const many = Array.from({ length: 25 }, (_, i): CaseRecord => ({ source_id: `c${i}`, kind: 'complaint', product: i % 2 ? 'Loan' : 'Card', received_at: at('2026-04-02T10:00:00Z') + i * 3600 })); // prettier-ignore
  await loadRecords(temp.store, many, { zone });
  const controller = new AbortController();
  let asked = 0;
  const stopping = Object.defineProperty({ ...options, batchSize: 10 }, 'signal', {
    enumerable: true,
    get: () => ({ throwIfAborted: () => (asked++ === 1 ? (controller.abort(), controller.signal.throwIfAborted()) : undefined) }),
  });
  const error = await adoptRules(temp.store, rules, stopping).then(() => null, (e: Error) => e); // prettier-ignore
  assert.is(error?.name, 'AbortError');
  assert.is((await readRulesProgress(temp.store.writer))?.after, 10);
  assert.equal(await rederiveCases(temp.store, { ...options, batchSize: 10 }), { cases: 15, changed: 15 });
  assert.is((await readRulesProgress(temp.store.writer))?.after, null);
  assert.equal(await temp.store.reader<CaseFactRow>('case_fact').whereNull('due_at').select('case_id'), []);
});

rederiving('refuses cases derived with rules that are no longer in force', async () => {
  await loadRecords(temp.store, records, { zone });
  const source = await sourceOf(temp.store);
  const context = await deriveContextOf(temp.store, { organisation: { zone, currency: null }, source, now: at('2026-05-01T00:00:00Z') });
  const cases = [derive({ ...(records[0] as CaseRecord), source_id: 'late' }, [], context)];
  await adoptRules(temp.store, rules, options);
  const batch = { source: { name: 'test', code: source }, runId: null, input: null, now: 0, cases, rejects: [] };
  const error = await loadBatch(temp.store, batch).then(() => null, (e: Error) => e); // prettier-ignore
  assert.instance(error, SourceFailed);
  assert.ok((error as SourceFailed).retriable);
  assert.equal(await temp.store.reader<CaseFactRow>('case_fact').where({ source_id: 'late' }).select('case_id'), []);
});

rederiving('chooses policies anew by the labels a remap gives', async () => {
  await adoptRules(temp.store, rules, options);
  await loadRecords(temp.store, records, { zone });
  const codes = await temp.store
    .reader<{ dimension: string; code: number; name: string }>('label')
    .where({ dimension: 'product' })
    .select();
  const code = (name: string) => codes.find((label) => label.name === name)?.code ?? 0;
  await transact(temp.store, async (trx) => {
    await trx('label_map').insert({ source: 1, dimension: 'product', raw: 'Card', code: code('Loan') });
    await trx('case_fact').where({ product: code('Card') }).update({ product: code('Loan') }); // prettier-ignore
    await requestRederiving(trx);
  });
  assert.equal(await rederiveCases(temp.store, options), { cases: 3, changed: 1 });
  assert.is((await contentOf(temp.store)).cases.card?.due_on, '2026-04-08');
  // A new case of the source with the old value falls under the policy of the label it is shown by.
  const source = await sourceOf(temp.store);
  const context = await deriveContextOf(temp.store, { organisation: { zone, currency: null }, source, now: at('2026-05-01T00:00:00Z') });
  assert.is(derive({ source_id: 'n', kind: 'complaint', product: 'Card', received_at: 0 }, [], context).record.sla_policy, 'loans');
});

rederiving.run();
