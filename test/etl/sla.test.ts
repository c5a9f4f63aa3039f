import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { calendarFor, policyFor, type BusinessRules } from '../../etl/business-rules.ts';
import { deadline } from '../../etl/deadline.ts';
import { derive, type DeriveContext } from '../../etl/derive.ts';
import { weekdays, type Calendar } from '../../etl/opening-hours.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { checkRules, slaPolicySchema, type SlaPolicy } from '../../etl/sla.ts';
import { nameOf, place, policyBit } from '../../etl/store/tables.ts';

const at = (text: string) => Date.parse(text) / 1000;
const office: Calendar = {
  zone: 'Europe/London',
  hours: Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, ['09:00-17:00']])),
  holidays: ['2026-04-03', '2026-04-06'],
};
const always: Calendar = { zone: 'America/New_York', hours: Object.fromEntries(weekdays.map((day) => [day, ['00:00-24:00']])) };

const reading = suite('slaPolicySchema');

reading('takes a policy with limits in any unit', () => {
  const policy: SlaPolicy = { name: 'standard', calendar: 'office', when: { kind: ['complaint'], product: ['Loan'] }, acknowledge: { hours: 24 }, early: { business_days: 3 }, resolve: { calendar_days: 56 } }; // prettier-ignore
  assert.equal(slaPolicySchema.parse(policy), policy);
});

const wrong: [string, object, RegExp][] = [
  ['two units at once', { resolve: { hours: 1, calendar_days: 2 } }, /^resolve: must say exactly one of hours, business_hours/],
  ['no unit', { early: {} }, /^early: must say exactly one of/],
  ['half a day', { resolve: { calendar_days: 0.5 } }, /^resolve\.calendar_days: is no whole number/],
  ['nought', { acknowledge: { hours: 0 } }, /^acknowledge\.hours: must be at least 1/],
  ['an empty list', { when: { product: [] } }, /^when\.product: is an empty list/],
];
for (const [name, value, message] of wrong)
  reading(`refuses ${name}`, () => {
    const [issue] = slaPolicySchema.safeParse({ name: 'x', ...value }).error?.issues ?? [];
    assert.match(`${issue?.path.join('.')}: ${issue?.message}`, message);
  });

reading('names calendars that are not there, names given twice, and opening hours without a calendar', () => {
  const problems = checkRules({
    calendars: { office },
    calendar: 'ofice',
    policies: [{ name: 'a', calendar: 'shop' }, { name: 'a' }],
  });
  assert.equal(problems.map((p) => p.field), ['organisation.calendar', 'sla_policies[0].calendar', 'sla_policies[1].name']); // prettier-ignore
  assert.match(problems[0]?.message ?? '', /"ofice" is no calendar \(did you mean "office"\?\)/);
  const none = checkRules({ calendars: {}, calendar: null, policies: [{ name: 'a', resolve: { business_days: 3 } }, { name: 'b', resolve: { hours: 3 } }] }); // prettier-ignore
  assert.equal(
    none.map((p) => p.field),
    ['sla_policies[0].resolve.business_days'],
  );
});

const limits = suite('deadline');

limits('ends with the last local day, hours at an instant, opening hours at an instant', () => {
  const due = (limit: Parameters<typeof deadline>[1], received: number | string = at('2026-04-02T15:30:00Z')) =>
    deadline(received, limit, 'Europe/London', office);
  // Friday 3 and Monday 6 April are holidays.
  assert.is(due({ business_days: 3 }), '2026-04-09');
  assert.is(due({ calendar_days: 56 }), '2026-05-28');
  assert.is(due({ hours: 24 }), at('2026-04-03T15:30:00Z'));
  // 15:30 UTC is 16:30 in London: half an hour is left on Thursday, three and a half come on Tuesday.
  assert.is(due({ business_hours: 4 }), at('2026-04-07T11:30:00Z'));
  // Received on a Saturday: Monday is day one.
  assert.is(due({ business_days: 1 }, at('2026-04-11T12:00:00Z')), '2026-04-13');
  // 23:30 UTC is the day after in London.
  assert.is(due({ calendar_days: 1 }, at('2026-04-10T23:30:00Z')), '2026-04-12');
});

limits('of a receipt that is a date gives the last day on which the limit can still be kept', () => {
  const due = (limit: Parameters<typeof deadline>[1]) => deadline('2026-04-02', limit, 'Europe/London', office);
  assert.equal([due({ calendar_days: 3 }), due({ business_days: 1 }), due({ hours: 24 }), due({ hours: 36 }), due({ business_hours: 8 })], ['2026-04-05', '2026-04-07', '2026-04-03', '2026-04-04', '2026-04-07']); // prettier-ignore
});

limits('cannot be said without a calendar, nor beyond all years', () => {
  assert.is(deadline(0, { business_hours: 1 }, 'UTC', null), null);
  assert.is(deadline(0, { business_days: 1 }, 'UTC', null), null);
  assert.is(deadline('9999-12-30', { calendar_days: 3 }, 'UTC', null), null);
  assert.is(deadline('2199-12-30', { business_days: 300 }, 'UTC', office), null);
});

const rules: BusinessRules = {
  calendars: { office, always },
  calendar: 'office',
  policies: [
    { name: 'critical', calendar: 'always', when: { severity: ['critical'], kind: ['complaint'] }, resolve: { hours: 48 } },
    { name: 'loans', when: { product: ['Loan', 'Mortgage'] }, acknowledge: { business_hours: 4 }, early: { business_days: 3 }, resolve: { calendar_days: 56 } },
  ],
}; // prettier-ignore

const choosing = suite('policyFor');

choosing('takes the first that fits, or the one the case names', () => {
  const choose = (labels: Record<string, string>, named?: string) =>
    policyFor(rules, named, (dimension) => labels[dimension])?.name ?? null;
  assert.is(choose({ kind: 'complaint', severity: 'critical', product: 'Loan' }), 'critical');
  assert.is(choose({ kind: 'enquiry', severity: 'critical', product: 'Mortgage' }), 'loans');
  assert.is(choose({ kind: 'complaint', severity: 'low' }), null);
  assert.is(choose({ kind: 'complaint', severity: 'critical' }, 'loans'), 'loans');
  assert.is(choose({ kind: 'complaint', severity: 'critical' }, 'of another house'), null);
  assert.equal(
    [calendarFor(rules, 'critical'), calendarFor(rules, 'loans'), calendarFor(rules, 'of another house')],
    [always, office, office],
  );
});

const deriving = suite('derive with policies');
const context: DeriveContext = {
  zone: 'Europe/London',
  currency: null,
  now: at('2027-01-01T00:00:00Z'),
  customerSecret: 's',
  rules: { rules, hash: 'h' },
};
const loan: CaseRecord = { source_id: '1', kind: 'complaint', product: 'Loan', received_at: at('2026-04-02T15:30:00Z') };
const read = (record: CaseRecord, given = context) => {
  const { row, record: kept } = derive(record, [], given);
  return { value: (column: keyof typeof place) => row[place[column]], policy: kept.sla_policy };
};

deriving('gives the deadlines the source leaves out, and says which', () => {
  const { value, policy } = read({ ...loan, resolved_at: at('2026-04-09T16:59:00Z'), acknowledged_at: at('2026-04-07T11:31:00Z') });
  assert.is(policy, 'loans');
  assert.equal([value('due_on'), value('acknowledgement_due_at')], ['2026-05-28', at('2026-04-07T11:30:00Z')]);
  assert.is(value('summary_due_at'), at('2026-04-08T23:00:00Z')); // local midnight of 9 April
  assert.equal([value('is_on_time'), value('is_resolved_early'), value('is_acknowledged_on_time')], [1, 1, 0]);
  const all = (['due', 'acknowledgement_due', 'summary_due', 'sla_policy'] as const).reduce((bits, name) => bits | policyBit(name), 0);
  assert.is(value('by_policy'), all);
});

deriving('keeps the deadlines and the policy the source gives', () => {
  const { value, policy } = read({ ...loan, due_at: '2026-04-10', sla_policy: 'loans' });
  assert.is(policy, 'loans');
  assert.is(value('due_on'), '2026-04-10');
  assert.is(value('by_policy'), policyBit('acknowledgement_due') | policyBit('summary_due'));
});

deriving('counts business time by the calendar of the policy, else the organisation’s', () => {
  const times = {
    received_at: at('2026-04-02T15:30:00Z'),
    resolved_at: at('2026-04-07T10:00:00Z'),
    first_response_at: at('2026-04-02T15:40:00Z'),
  };
  // In London 16:30 to 17:00 on Thursday, and 09:00 to 11:00 on Tuesday.
  const own = read({ ...loan, ...times });
  assert.equal(
    [own.value('resolution_business_minutes'), own.value('resolution_business_bin'), own.value('first_response_business_minutes')],
    [150, 150, 10],
  );
  assert.equal([own.value('ended_business_minutes'), own.value('acknowledgement_business_minutes')], [150, null]);
  const critical = read({ ...loan, ...times, severity: 'critical' });
  // Round the clock: 4 days 18 h 30 min, in hours beyond two days.
  assert.equal([critical.value('resolution_business_minutes'), critical.value('resolution_business_bin')], [6870, 6840]);
  assert.is(nameOf('severity', Number(critical.value('severity'))), 'critical');
});

deriving('counts whole days where only dates are known', () => {
  const { value } = read({ ...loan, received_at: '2026-04-02', resolved_at: '2026-04-08' });
  assert.is(value('resolution_business_minutes'), 960); // Tuesday and Wednesday
});

deriving('looks a label up under the name it is shown by', () => {
  const { policy } = read(
    { ...loan, product: 'LN' },
    { ...context, labelOf: (dimension, raw) => (dimension === 'product' && raw === 'LN' ? 'Loan' : raw) },
  );
  assert.is(policy, 'loans');
});

deriving('keeps a day of another zone as the instant of its end', () => {
  const inNewYork: BusinessRules = { calendars: { always }, calendar: 'always', policies: [{ name: 'p', resolve: { calendar_days: 1 } }] };
  const { value } = read({ ...loan, received_at: at('2026-04-02T03:00:00Z') }, { ...context, rules: { rules: inNewYork, hash: 'n' } });
  // 1 April in New York; the second of April ends there at 04:00 UTC of the third.
  assert.is(value('due_at'), at('2026-04-03T03:59:59Z'));
  assert.is(value('whole_day'), 0);
});

deriving('has no business time without a calendar, and the same hash whatever the policies', () => {
  const bare: DeriveContext = { ...context };
  delete bare.rules;
  const none = read({ ...loan, resolved_at: at('2026-04-07T10:00:00Z') }, bare);
  assert.equal(
    [none.value('resolution_business_minutes'), none.value('received_business_seconds'), none.value('due_at')],
    [null, null, null],
  );
  assert.is(derive(loan, [], bare).rowHash, derive(loan, [], context).rowHash);
  assert.equal([derive(loan, [], bare).rulesHash, derive(loan, [], context).rulesHash], ['', 'h']);
});

reading.run();
limits.run();
choosing.run();
deriving.run();
