import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { customerKey, derive, type DeriveContext } from '../../etl/derive.ts';
import { durationBin } from '../../etl/derive-times.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { blankCaseFact, caseFactColumns, place, type CaseFactRow } from '../../etl/store/tables.ts';

const deriving = suite('derive');
const utc = (iso: string) => Date.parse(iso) / 1000;
const context: DeriveContext = { zone: 'America/New_York', currency: 'USD', now: utc('2026-01-01T00:00:00Z'), customerSecret: 'secret' };
const base: CaseRecord = { source_id: 'A-1', kind: 'complaint', received_at: '2024-03-01' };
/** The derived case, with the values of its row that are no default by column. */
function make(record: Partial<CaseRecord>, more: Partial<DeriveContext> = {}) {
  const derived = derive({ ...base, ...record }, [], { ...context, ...more });
  const given = caseFactColumns.filter((column) => derived.row[place[column]] !== blankCaseFact[place[column]]);
  return { ...derived, fact: Object.fromEntries(given.map((column) => [column, derived.row[place[column]]])) as Partial<CaseFactRow> };
}
const fact = (record: Partial<CaseRecord>) => make(record).fact;

deriving('keeps a date as that date and notes it as a whole day', () => {
  const row = fact({ received_at: '2024-03-01' });
  assert.is(row.received_on, '2024-03-01');
  assert.is(row.received_at, utc('2024-03-01T05:00:00Z'));
  assert.is(row.whole_day, 1);
});

deriving('takes the local date of an instant', () => {
  const row = fact({ received_at: utc('2024-03-01T03:00:00Z') });
  assert.is(row.received_on, '2024-02-29');
  assert.is(row.whole_day, undefined);
});

deriving('counts whole days of 1,440 minutes between dates, also over a change of clocks', () => {
  const row = fact({ received_at: '2024-03-09', resolved_at: '2024-03-11' });
  assert.is(row.resolution_minutes, 2880);
  assert.is(row.resolution_bin, 2880);
});

deriving('rounds elapsed minutes down', () => {
  const row = fact({ received_at: utc('2024-03-01T10:00:00Z'), first_response_at: utc('2024-03-01T10:59:59Z') });
  assert.is(row.first_response_minutes, 59);
});

const bins: [number, number][] = [
  [0, 0],
  [2879, 2879],
  [2880, 2880],
  [2939, 2880],
  [2940, 2940],
  [575_999, 575_940],
  [576_000, 576_000],
  [577_439, 576_000],
  [577_440, 577_440],
];
for (const [minutes, bin] of bins) deriving(`puts ${minutes} minutes into the bin of ${bin}`, () => assert.is(durationBin(minutes), bin));

deriving('gives a negative duration no minutes, marks it, flags it, and ends the case on receipt', () => {
  const { fact: row, flags } = make({ received_at: '2024-03-05', closed_at: '2024-03-01', resolved_at: '2024-03-01' });
  assert.is(row.resolution_minutes, undefined);
  assert.is(row.is_time_impossible, 1);
  assert.is(row.resolved_on, '2024-03-01');
  assert.is(row.ended_on, '2024-03-05');
  assert.equal(
    flags.map((f) => [f.rule, f.field, f.value]),
    [['time_order', 'resolved_at', '2024-03-01']],
  );
});

deriving('takes a date on the day of receipt as no earlier than the time of receipt', () => {
  const { fact: row, flags } = make({ received_at: utc('2024-03-05T15:00:00Z'), resolved_at: '2024-03-05' });
  assert.is(row.resolution_minutes, 0);
  assert.equal(flags, []);
});

deriving('ends a case when it was resolved, else withdrawn, else closed', () => {
  assert.is(fact({ resolved_at: '2024-03-03', closed_at: '2024-03-09' }).ended_on, '2024-03-03');
  assert.is(fact({ withdrawn_at: '2024-03-04', closed_at: '2024-03-09' }).ended_on, '2024-03-04');
  assert.is(fact({ closed_at: '2024-03-09' }).ended_on, '2024-03-09');
  assert.is(fact({}).ended_on, undefined);
});

deriving('derives the status from the times where it is not given', () => {
  const status = (record: Partial<CaseRecord>) => fact(record).status;
  assert.equal(
    [status({}), status({ resolved_at: '2024-03-02' }), status({ closed_at: '2024-03-02' }), status({ status: 'waiting' })],
    [2, 4, 5, 3],
  );
});

deriving('marks a case that is closed on an unknown date', () => {
  assert.is(fact({ status: 'closed' }).is_ended_on_unknown_date, 1);
  assert.is(fact({ status: 'closed', closed_at: '2024-03-02' }).is_ended_on_unknown_date, undefined);
  assert.is(fact({ status: 'open' }).is_ended_on_unknown_date, undefined);
});

deriving('is on time up to the due instant, or to the end of the due day', () => {
  const due = utc('2024-03-02T12:00:00Z');
  assert.is(fact({ due_at: due, resolved_at: due }).is_on_time, 1);
  assert.is(fact({ due_at: due, resolved_at: due + 1 }).is_on_time, undefined);
  assert.is(fact({ due_at: '2024-03-02', resolved_at: utc('2024-03-03T04:59:00Z') }).is_on_time, 1);
  assert.is(fact({ due_at: '2024-03-02', resolved_at: utc('2024-03-03T05:00:00Z') }).is_on_time, undefined);
  assert.is(fact({ due_at: '2024-03-02' }).is_on_time, undefined);
});

deriving('knows the acknowledgement and the early resolution by their own deadlines', () => {
  const row = fact({
    acknowledged_at: '2024-03-02',
    acknowledgement_due_at: '2024-03-02',
    resolved_at: '2024-03-05',
    summary_due_at: '2024-03-04',
  });
  assert.is(row.is_acknowledged_on_time, 1);
  assert.is(row.acknowledgement_minutes, 1440);
  assert.is(row.is_resolved_early, undefined);
});

deriving('calls a case first contact when it is resolved the day it came without hand-over or reopening', () => {
  assert.is(fact({ resolved_at: '2024-03-01' }).is_first_contact, 1);
  assert.is(fact({ resolved_at: '2024-03-02' }).is_first_contact, undefined);
  assert.is(fact({ resolved_at: '2024-03-01', reassign_count: 1 }).is_first_contact, undefined);
  assert.is(fact({ resolved_at: '2024-03-01', reopen_count: 1 }).is_first_contact, undefined);
  assert.is(fact({ resolved_at: '2024-03-01', first_contact: false }).is_first_contact, undefined);
  assert.is(fact({ first_contact: true }).is_first_contact, 1);
});

deriving('keeps the first resolution when a case is reopened, and knows whether that was within 30 days', () => {
  const row = fact({ first_resolved_at: '2024-03-05', first_reopened_at: '2024-04-04', reopen_count: 1 });
  assert.is(row.first_resolved_on, '2024-03-05');
  assert.is(row.ended_on, undefined);
  assert.is(row.is_reopened_in_30_days, 1);
  assert.is(fact({ first_resolved_at: '2024-03-05', first_reopened_at: '2024-04-05' }).is_reopened_in_30_days, undefined);
});

deriving('takes the resolution for the first one only where the case was never reopened', () => {
  assert.is(fact({ resolved_at: '2024-03-05' }).first_resolved_on, '2024-03-05');
  assert.is(fact({ resolved_at: '2024-03-05', reopen_count: 1 }).first_resolved_on, undefined);
});

deriving('fills first times and counts from the events where the record leaves them out', () => {
  const at = (day: string) => `2024-03-${day}`;
  const { fact: row, events } = make({
    events: [
      { kind: 'assigned', at: at('01') }, { kind: 'assigned', at: at('02') }, { kind: 'acknowledged', at: at('03') }, { kind: 'acknowledged', at: at('02') },
      { kind: 'escalated', at: at('04') }, { kind: 'resolved', at: at('05') }, { kind: 'reopened', at: at('06'), actor: 'A1', from: 'resolved', to: 'open' },
    ], // prettier-ignore
  });
  assert.is(row.acknowledgement_minutes, 1440);
  assert.is(row.first_escalated_on, '2024-03-04');
  assert.is(row.first_resolved_on, '2024-03-05');
  assert.is(row.first_reopened_on, '2024-03-06');
  assert.equal([row.reopen_count, row.reassign_count], [1, 1]);
  assert.equal(events.at(-1), {
    kind: 'reopened',
    at: utc('2024-03-06T05:00:00Z'),
    isWholeDay: true,
    actor: 'A1',
    from: 'resolved',
    to: 'open',
  });
});

deriving('dates redress by payment, else resolution, else receipt', () => {
  assert.is(fact({ redress_amount: '10', redress_at: '2024-03-09', resolved_at: '2024-03-05' }).redress_on, '2024-03-09');
  assert.is(fact({ redress_amount: '10', resolved_at: '2024-03-05' }).redress_on, '2024-03-05');
  assert.is(fact({ redress_amount: '10' }).redress_on, '2024-03-01');
  assert.is(fact({}).redress_on, undefined);
});

deriving('keeps money in another currency as given and flags it', () => {
  const { fact: row, flags } = make({ redress_amount: '1500', redress_currency: 'JPY' });
  assert.equal([row.redress_minor, row.redress_currency], [1500, 'JPY']);
  assert.equal(
    flags.map((f) => f.rule),
    ['other_currency'],
  );
  assert.equal(fact({ redress_amount: '12.50' }).redress_minor, 1250);
});

deriving('flags times in the future but not deadlines', () => {
  const { flags } = make({ received_at: '2025-12-31', acknowledged_at: '2026-01-02', due_at: '2026-02-01' });
  assert.equal(
    flags.map((f) => [f.rule, f.field]),
    [['future_date', 'acknowledged_at']],
  );
});

deriving('does not call today future in a zone that is ahead', () => {
  assert.equal(make({ received_at: '2026-01-01' }, { zone: 'Pacific/Auckland' }).flags, []);
});

deriving('rates a survey by the rule of its scale', () => {
  const scored = (scale: string, score: number) => make({ surveys: [{ kind: 'csat', scale, score }] }).surveys[0]?.is_satisfied;
  assert.equal(
    [
      scored('1-5', 4),
      scored('1-5', 3),
      scored('1-7', 5),
      scored('0-10', 9),
      scored('0-10', 8),
      scored('yes-no', 1),
      scored('good-bad', 0),
    ],
    [1, 0, 1, 1, 0, 1, 0],
  );
});

deriving('leaves out a score outside its scale and flags it', () => {
  const { surveys, flags } = make({ surveys: [{ kind: 'csat', scale: '1-5', score: 9 }] });
  assert.equal([surveys[0]?.score, surveys[0]?.is_satisfied], [null, null]);
  assert.equal(
    flags.map((f) => [f.rule, f.field, f.value]),
    [['malformed_value', 'surveys[0].score', '9']],
  );
});

deriving('keys surveys without a key by their case, kind and number', () => {
  const survey = { kind: 'csat', scale: '1-5', score: 4 } as const;
  const { surveys } = make({ surveys: [survey, { ...survey, kind: 'nps', scale: '0-10' }, survey, { ...survey, source_id: 'S-9' }] });
  assert.equal(
    surveys.map((s) => s.source_id),
    ['A-1/csat', 'A-1/nps', 'A-1/csat/2', 'S-9'],
  );
});

deriving('names each issue once, the primary one first', () => {
  const { issues } = make({
    issue: 'late',
    sub_issue: 'very',
    more_issues: [{ issue: 'rude' }, { issue: 'late', sub_issue: 'very' }, { issue: 'rude' }],
  });
  assert.equal(issues, [
    { issue: 'late', sub_issue: 'very' },
    { issue: 'rude', sub_issue: undefined },
  ]);
});

deriving('changes the hash with the record, its flags, the zone and the currency, and not with the clock', () => {
  const hash = make({ issue: 'late' }).rowHash;
  assert.is(make({ issue: 'late' }, { now: 1 }).rowHash, hash);
  assert.is.not(make({ issue: 'rude' }).rowHash, hash);
  assert.is.not(make({ issue: 'late' }, { zone: 'UTC' }).rowHash, hash);
  assert.is.not(make({ issue: 'late' }, { currency: 'EUR' }).rowHash, hash);
  assert.is.not(
    derive({ ...base, issue: 'late' }, [{ rule: 'unknown_label', field: 'issue', message: '', value: '' }], context).rowHash,
    hash,
  );
});

deriving('knows a date to its end and leaves out deadlines and the future', () => {
  assert.is(make({ received_at: '2024-03-01' }).knownAt, utc('2024-03-02T04:59:59Z'));
  assert.is(
    make({ received_at: utc('2024-03-01T10:00:00Z'), due_at: utc('2024-09-01T00:00:00Z'), closed_at: utc('2091-01-01T00:00:00Z') }).knownAt,
    utc('2024-03-01T10:00:00Z'),
  );
  assert.is(
    make({ surveys: [{ kind: 'csat', scale: '1-5', answered_at: utc('2024-05-01T00:00:00Z') }] }).knownAt,
    utc('2024-05-01T00:00:00Z'),
  );
});

deriving('finds a customer by a keyed hash whatever the case of the reference', () => {
  assert.is(customerKey(' C-77 ', 'k'), customerKey('c-77', 'k'));
  assert.is.not(customerKey('c-77', 'k'), customerKey('c-77', 'other'));
  assert.is(fact({ customer_ref: 'C-77' }).customer_key, customerKey('C-77', 'secret'));
});

deriving.run();
