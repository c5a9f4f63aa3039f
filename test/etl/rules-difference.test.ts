import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BusinessRules } from '../../etl/business-rules.ts';
import { differenceOf } from '../../etl/rules-difference.ts';

const differing = suite('differenceOf');
const rules = (holidays: (string | { date: string; name: string })[], more: Partial<BusinessRules> = {}): BusinessRules => ({
  calendars: { office: { zone: 'Europe/London', hours: { monday: ['09:00-17:00'] }, holidays } },
  calendar: 'office',
  policies: [],
  ...more,
});

differing('concerns cases from two days before the first holiday that came or went', () => {
  const since = Date.UTC(2026, 11, 23) / 1000;
  assert.equal(differenceOf(rules(['2026-04-03']), rules(['2027-01-01', '2026-12-25', '2026-04-03'])), { since });
  assert.equal(differenceOf(rules(['2026-12-25', '2027-01-01']), rules([])), { since });
});

differing('concerns nothing where holidays only get names, and everything where anything else changes', () => {
  assert.is(differenceOf(rules(['2026-12-25']), rules([{ date: '2026-12-25', name: 'Christmas Day' }])), 'none');
  assert.is(differenceOf(rules([]), rules([], { policies: [{ name: 'standard', resolve: { hours: 3 } }] })), 'all');
  assert.is(differenceOf(rules([]), rules([], { calendar: null })), 'all');
  assert.is(differenceOf(rules([]), rules([], { calendars: { office: { zone: 'UTC', hours: { monday: ['09:00-17:00'] } } } })), 'all');
});

differing.run();
