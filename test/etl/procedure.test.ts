import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noRules, type BusinessRules } from '../../etl/business-rules.ts';
import { readConfig } from '../../etl/config.ts';
import { BadInput } from '../../etl/errors.ts';
import {
  beyondAuthority,
  deciders,
  defaultProcedure,
  earliestDay,
  escalationOf,
  stepsOf,
  tooLongAgo,
  type OpenCase,
} from '../../etl/procedure.ts';

const procedure = suite('the procedure');
const at = (time: string) => Date.parse(time) / 1000;
const place = { where: 'silverlining.yaml', folder: '/nowhere' };
const written = `
organisation: { calendar: office }
calendars:
  office:
    zone: Europe/Vienna
    hours: { monday: ['09:00-17:00'], tuesday: ['09:00-17:00'], wednesday: ['09:00-17:00'], thursday: ['09:00-17:00'], friday: ['09:00-17:00'] }
sla_policies:
  - { name: standard, assign: { business_hours: 4 }, acknowledge: { hours: 24 }, respond: { business_days: 5 }, resolve: { calendar_days: 30 } }
procedure:
  steps: [acknowledge, assign, resolve]
  guidance: { enter: [Listen.] }
  redress_limits: { staff: 50, quality_manager: 500 }
  due_soon_days: 3
  backdating_days: 1
  levels:
    - { level: stage 1, suggest_when: { unanswered_for: { business_days: 2 } } }
    - { level: stage 2, decided_by: [quality_manager, administrator], suggest_when: { open_for: { calendar_days: 20 }, severity: [critical] } }
    - { level: executive, decided_by: [administrator] }
`;
const config = readConfig(written, place);
const rules: BusinessRules = { calendars: config.calendars, calendar: 'office', policies: config.slaPolicies };
const open: OpenCase = {
  received: at('2026-11-05T15:00:00Z'), // a Thursday, 16:00 in Vienna
  severity: null, level: null, policy: 'standard', hasOwner: false, isAcknowledged: false, isAnswered: false, isProposed: false,
  acknowledgeBy: at('2026-11-06T15:00:00Z'), resolveBy: '2026-12-05',
}; // prettier-ignore
const problemsOf = (text: string): string[] => {
  try {
    readConfig(text, place);
    return [];
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return error.problems.map(({ field, message }) => `${field}: ${message}`);
  }
};

procedure('says what is left to do, in its order and by when', () => {
  const steps = (more: Partial<OpenCase>) => stepsOf({ ...open, ...more }, config.procedure, rules, 'UTC');
  assert.equal(steps({}), [
    { action: 'acknowledge', due: at('2026-11-06T15:00:00Z') },
    { action: 'assign', due: at('2026-11-06T11:00:00Z') },
    { action: 'resolve', due: '2026-12-05' },
  ]);
  assert.equal(
    steps({ hasOwner: true, isAcknowledged: true, isProposed: true }).map(({ action }) => action),
    ['approve'],
  );
  const usual = stepsOf({ ...open, policy: null, acknowledgeBy: null, resolveBy: null }, defaultProcedure, noRules, 'UTC');
  assert.equal(usual.map(({ action, due }) => [action, due]), [['assign', null], ['acknowledge', null], ['respond', null], ['resolve', null]]); // prettier-ignore
});

procedure('suggests the highest level whose rule holds, and none that was reached', () => {
  const suggested = (more: Partial<OpenCase>, now: string) =>
    escalationOf({ ...open, ...more }, config.procedure, rules, { zone: 'UTC', now: at(now) });
  assert.is(suggested({}, '2026-11-09T22:00:00Z'), null, 'Friday and Monday are two business days');
  assert.equal(suggested({}, '2026-11-10T00:00:00Z'), { level: 'stage 1', why: 'not answered within 2 business days' });
  assert.is(suggested({ isAnswered: true }, '2026-11-10T00:00:00Z'), null);
  assert.equal(suggested({}, '2026-11-26T00:00:00Z'), { level: 'stage 2', why: 'open for more than 20 days' }); // prettier-ignore
  assert.equal(suggested({ severity: 'critical' }, '2026-11-05T15:01:00Z')?.level, 'stage 2');
  assert.is(suggested({ severity: 'critical', level: 'stage 2' }, '2026-12-31T00:00:00Z'), null);
});

procedure('lets each role decide as far as its authority goes', () => {
  const beyond = (role: 'staff' | 'quality_manager' | 'administrator', level: string | null, amount: number) =>
    beyondAuthority({ role, procedure: config.procedure }, { level, amount })?.message ?? null;
  assert.is(beyond('staff', null, 50), null);
  assert.is(beyond('staff', 'stage 1', 50.01), 'is above 50, the most front-line staff may give');
  assert.is(beyond('staff', 'stage 2', 0), 'from the level stage 2 on is for a quality manager or an administrator to decide');
  assert.is(beyond('quality_manager', 'stage 2', 500), null);
  assert.is(beyond('quality_manager', 'executive', 1), 'from the level executive on is for an administrator to decide');
  assert.is(beyond('administrator', 'external', 1e9), null);
  assert.equal(deciders(config.procedure, { level: null, amount: 200 }), ['administrator', 'quality_manager']);
});

procedure('says how far back a step may be said to have been, and not before the case was received', () => {
  const days = { today: '2026-03-02', receivedOn: '2026-01-10' };
  assert.is(earliestDay(defaultProcedure, days), '2026-01-31');
  assert.is(earliestDay(defaultProcedure, { ...days, receivedOn: '2026-02-20' }), '2026-02-20');
  assert.is(tooLongAgo(defaultProcedure, { ...days, day: '2026-01-31' }), null);
  assert.is(
    tooLongAgo(config.procedure, { ...days, day: '2026-02-28' }),
    '2026-02-28 is more than 1 day back; expected 2026-03-01 or later',
  );
  assert.is(
    tooLongAgo(config.procedure, { ...days, receivedOn: '2026-03-02', day: '2026-02-01' }),
    null,
    'that it was before receipt is said elsewhere',
  );
  assert.is(earliestDay({ backdatingDays: 0 }, days), '2026-03-02');
});

procedure('keeps its own lines of guidance beside those that come with it', () => {
  assert.equal(config.procedure.guidance.enter, ['Listen.']);
  assert.equal(config.procedure.guidance.resolve, defaultProcedure.guidance.resolve);
  assert.equal(readConfig('organisation: {}', place).procedure, defaultProcedure);
});

procedure('says what is wrong with it, and where', () => {
  const wrong = problemsOf(`
procedure:
  steps: [assign, assign]
  levels:
    - { level: stage 2, decided_by: [manager] }
    - { level: stage 1, suggest_when: { open_for: { hours: 4, calendar_days: 2 } } }
  redress_limits: { staff: -1, boss: 3 }
sla_policies:
  - { name: x, respond: { business_hours: 2 } }
`);
  const has = (pattern: RegExp) =>
    assert.ok(
      wrong.some((line) => pattern.test(line)),
      `${String(pattern)} in\n${wrong.join('\n')}`,
    );
  has(/^procedure\.steps: names a step twice/);
  has(/^procedure\.levels\[0\]\.decided_by\[0\]: .*quality_manager/);
  has(/^procedure\.levels\[1\]\.suggest_when\.open_for: must say exactly one of hours/);
  has(/^procedure\.redress_limits\.staff: must not be below 0/);
  has(/^procedure\.redress_limits.*boss/);
  has(/^sla_policies\[0\]\.respond\.business_hours: needs a calendar/);
  const order = problemsOf('procedure: { levels: [{ level: stage 2 }, { level: stage 1 }] }');
  assert.match(order.join(), /procedure\.levels: must go from the front line upwards/);
});

procedure.run();
