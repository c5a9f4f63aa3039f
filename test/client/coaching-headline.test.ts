import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { coachingHeadline } from '../../client/coaching-headline.ts';
import { fairColumns } from '../../queries/model/fair.ts';
import type { Column, Row, TableJson } from '../../queries/model/wire.ts';

const headline = suite('coachingHeadline');
const key = (name: string): Column => ({ name, label: name, unit: null, type: 'label', role: 'key', measure: null });
const tableOf = (keys: string[], measure: 'coachable' | 'reopen_rate' | 'csat_rate', rows: Row[]): TableJson => ({
  columns: [...keys.map(key), { ...key(measure), role: 'value', type: 'number', measure }, ...fairColumns(measure)],
  rows,
  windows: { current: { from: '2026-01-01', to: '2026-12-31' } },
  notes: [],
  asOf: '2026-12-31T00:00:00Z',
});
const held = (verdict: string): Row => ({
  theme: 'Long holds', team: 'Hull', coachable: 24, coachable_n: 120, coachable_expected: 6.1, coachable_limit_low: 0.86, coachable_limit_high: 16.1, coachable_verdict: verdict,
}); // prettier-ignore
const reopened: Row = {
  team: 'Aix', reopen_rate: 0.2, reopen_rate_n: 100, reopen_rate_expected: 0.05, reopen_rate_limit_low: 0.01, reopen_rate_limit_high: 0.12, reopen_rate_verdict: 'more than expected',
}; // prettier-ignore

headline('begins the screen with themes before rates, and counts agents without naming them', () => {
  const empty = tableOf(['team'], 'csat_rate', []);
  const themes = (verdict: string) => tableOf(['theme', 'team'], 'coachable', [held(verdict)]);
  const teams = tableOf(['team'], 'reopen_rate', [reopened]);
  const agents = tableOf(['agent'], 'reopen_rate', [{ ...reopened, team: '', agent: 'A1' }]);
  assert.is(
    coachingHeadline([themes('more than expected'), empty, empty, teams]),
    'Hull: more than expected on “Long holds”, 24 against 6.1; Aix differs too.',
  );
  assert.is(
    coachingHeadline([themes('within chance'), empty, empty, teams]),
    'Aix: reopened within 30 days 20% against 5% expected, from 100 cases.',
  );
  assert.is(
    coachingHeadline([themes('within chance'), empty, empty, empty, empty, empty, empty, agents]),
    'Every team is within what chance allows, given its cases.',
  );
  assert.is(coachingHeadline([themes('within chance')]), 'Everybody is within what chance allows, given their cases.');
  assert.is(coachingHeadline([empty]), 'No team and no agent is named in these cases.');
});

headline.run();
