import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { figureOf } from '../../client/figure.ts';
import type { Drill } from '../../client/state/drill.ts';
import { openingView } from '../../queries/model/view.ts';

const figures = suite('opened figure');
const known = { today: '2026-11-22', earliest: '2020-01-01', latest: '2026-11-22' };
const opened = (given: Partial<Drill>, change = {}) =>
  figureOf({ report: 'totals', measure: 'received', key: {}, part: 'whole', ...given }, { ...openingView(), ...change }, known);

figures('covers the period as far as it is known', () => {
  const figure = opened({});
  assert.equal([figure.title, figure.when], ['Cases received', '1 December 2025 to 22 November 2026']);
  assert.equal([figure.query.measures, figure.query.compare, figure.noun, figure.isRate], [['received'], null, 'case', false]);
});

figures('covers the bucket of its mark, cut by the period and by T', () => {
  const waits = { report: 'resolution_time', measure: 'resolution_days_p50' } as const;
  assert.is(opened({ ...waits, key: { period: '2026-03-01' } }).when, '1 to 31 March 2026');
  assert.is(opened({ ...waits, key: { period: '2026-11-01' } }).when, '1 to 22 November 2026');
  const part = { period: { from: '2026-03-10', to: '2026-09-20' }, grain: 'month' as const };
  assert.is(opened({ ...waits, key: { period: '2026-03-01' } }, part).when, '10 to 31 March 2026');
  assert.is(opened({ ...waits, key: { period: '2026-09-01' } }, part).when, '1 to 20 September 2026');
  assert.is(opened({ ...waits, key: { period: '2026-03-01' } }).title, 'Half resolved within: March 2026');
});

figures('of a stock is counted on a day', () => {
  assert.is(opened({ measure: 'open' }).when, 'at the end of 22 November 2026');
});

figures('names its member, and counts surveys where those are its rows', () => {
  assert.is(opened({ report: 'recurring_issues', key: { issue: 'Late' } }).title, 'Cases received: Late');
  const rate = opened({ measure: 'csat_rate' });
  assert.equal([rate.noun, rate.isRate], ['survey', true]);
});

figures.run();
