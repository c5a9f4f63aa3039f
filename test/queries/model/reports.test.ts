import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { reportQuery, reports, type Report } from '../../../queries/model/reports.ts';
import { knownOf, openingView, type View } from '../../../queries/model/view.ts';

const report = (name: string): Report => {
  const found = reports.find((r) => r.name === name);
  if (!found) throw new Error(`no report ${name}`);
  return found;
};
const meta = { today: '2026-11-20', earliest: '2024-01-01', latest: '2026-11-20' };
const asked = (name: string, change: Partial<View>) => {
  const view = { ...openingView(), ...change };
  return reportQuery(report(name), view, knownOf(view, meta)).asOf;
};

const queries = suite('query of a report');

queries('asks for ages as of the end of a past period, and as known otherwise', () => {
  const october = { from: '2026-10-01', to: '2026-10-31' };
  assert.is(asked('ageing', { period: october }), '2026-10-31');
  assert.is(asked('ageing', { period: 'last_12_months' }), null);
  assert.is(asked('ageing', { period: 'this_month' }), null);
  assert.is(asked('ageing', { period: october, asOf: '2026-10-12' }), '2026-10-12');
  assert.is(asked('ageing', { period: october, asOf: '2026-11-12' }), '2026-10-31');
  assert.is(asked('backlog', { period: october }), null);
});

queries.run();
