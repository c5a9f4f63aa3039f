import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isDrillKey, readDrill, searchWithDrill, type Drill } from '../../../client/state/drill.ts';

const drills = suite('drill in the address');
const drill: Drill = {
  report: 'recurring_issues',
  measure: 'received',
  key: { issue: 'Charged twice & more' },
  part: 'numerator',
};
const fieldsOf = (search: string) => readDrill(search).problems.map((p) => p.field);

drills('reads back what it wrote, beside everything else', () => {
  const search = searchWithDrill('?kind=any&issue=Late', drill);
  assert.is(search, 'kind=any&issue=Late&drill=recurring_issues.received&drill_issue=Charged+twice+%26+more&drill_part=numerator');
  assert.equal(readDrill(`?${search}`), { drill, problems: [] });
  const bucket: Drill = { report: 'resolution_time', measure: 'resolution_days_p90', key: { period: '2026-03-01' }, part: 'whole' };
  assert.equal(readDrill(searchWithDrill('', bucket)), { drill: bucket, problems: [] });
});

drills('takes itself off and leaves the rest', () => {
  assert.is(searchWithDrill(searchWithDrill('?kind=any', drill), null), 'kind=any');
  assert.is(searchWithDrill('', null), '');
});

drills('is nothing where none is opened', () => {
  assert.equal(readDrill(''), { drill: null, problems: [] });
  assert.equal(readDrill('?kind=any&issue=Late'), { drill: null, problems: [] });
});

drills('is nothing where the address leads to no figure, and says so', () => {
  const cases: [search: string, field: string][] = [
    ['drill=', 'drill'],
    ['drill=recurring_issues', 'drill'],
    ['drill=recurring_issues.recieved', 'drill'],
    ['drill=recurring_issues.received.more', 'drill'],
    ['drill=zzz.received', 'drill'],
    ['drill=constructor.received', 'drill'],
    ['drill=totals.nps', 'drill'], // no tile
    ['drill=satisfaction.received', 'drill'], // not asked there
    ['drill=.received', 'drill'],
    ['drill_issue=Late', 'drill'],
    ['drill=resolution_time.resolution_days_p50&drill_period=abc', 'drill_period'],
    ['drill=resolution_time.resolution_days_p50&drill_period=2026-02-30', 'drill_period'],
    ['drill=totals.received&drill_period=2026-02-01', 'drill_period'], // a total has no buckets
    ['drill=recurring_issues.received&drill_channel=web', 'drill_channel'],
    ['drill=recurring_issues.received&drill___proto__=web', 'drill___proto__'],
    ['drill=totals.csat_rate&drill_part=half', 'drill_part'],
  ];
  for (const [search, field] of cases) {
    assert.is(readDrill(search).drill, null, search);
    assert.equal(fieldsOf(search), [field], search);
  }
  assert.match(readDrill('drill=recurring_issues.recieved').problems[0]?.message ?? '', /did you mean "recurring_issues.received"/);
});

drills('opens a figure that is laid over on request', () => {
  const { drill } = readDrill('drill=time_to_resolve.resolution_days_closed_p50&drill_period=2026-02-01');
  assert.equal([drill?.measure, drill?.key], ['resolution_days_closed_p50', { period: '2026-02-01' }]);
});

drills('knows its own keys', () => {
  assert.ok(isDrillKey('drill') && isDrillKey('drill_issue'));
  assert.not(isDrillKey('issue'));
});

drills.run();
