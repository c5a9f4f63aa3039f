import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drillFromSearch, isDrillKey, searchWithDrill, type Drill } from '../../../client/state/drill.ts';

const drills = suite('drill in the address');
const drill: Drill = {
  report: 'recurring_issues',
  measure: 'received',
  key: { issue: 'Charged twice & more', period: '2026-03-01' },
  part: 'numerator',
};

drills('reads back what it wrote, beside everything else', () => {
  const search = searchWithDrill('?kind=any&issue=Late', drill);
  assert.is(
    search,
    'kind=any&issue=Late&drill=recurring_issues.received&drill_issue=Charged+twice+%26+more&drill_period=2026-03-01&drill_part=numerator',
  );
  assert.equal(drillFromSearch(`?${search}`), drill);
});

drills('takes itself off and leaves the rest', () => {
  assert.is(searchWithDrill(searchWithDrill('?kind=any', drill), null), 'kind=any');
  assert.is(searchWithDrill('', null), '');
});

drills('is nothing where the measure is not known or no report is named', () => {
  for (const search of ['', '?drill=', '?drill=recurring_issues', '?drill=recurring_issues.recieved', '?drill=.received']) {
    assert.is(drillFromSearch(search), null);
  }
});

drills('knows its own keys', () => {
  assert.ok(isDrillKey('drill') && isDrillKey('drill_issue'));
  assert.not(isDrillKey('issue'));
});

drills.run();
