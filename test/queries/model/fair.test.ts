import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../etl/errors.ts';
import { fairColumns, isFairMeasure } from '../../../queries/model/fair.ts';
import { parseQuery, serialiseQuery } from '../../../queries/model/query.ts';
import { coachingReports } from '../../../queries/model/coaching-reports.ts';
import { coachingQueries } from '../../../queries/model/reports.ts';
import { openingView } from '../../../queries/model/view.ts';

const fair = suite('fair queries');
const base = { measures: ['on_time_rate'], by: ['team'], from: '2026-01-01', to: '2026-12-31', fair: true };

function problemsOf(raw: unknown): string[] {
  try {
    parseQuery(raw);
    return [];
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return error.problems.map((p) => p.field);
  }
}

fair('are read and written as they came', () => {
  const query = parseQuery(base);
  assert.is(query.fair, true);
  assert.equal(serialiseQuery(query), base);
  assert.is('fair' in serialiseQuery({ ...query, fair: false }), false);
});

fair('compare by team or agent, with themes beside it, and nothing else', () => {
  const cases: [object, string[]][] = [
    [{ ...base, by: ['agent'] }, []],
    [{ ...base, measures: ['coachable'], by: ['theme', 'team'] }, []],
    [{ ...base, by: [] }, ['by']],
    [{ ...base, by: ['team', 'agent'] }, ['by']],
    [{ ...base, by: ['team', 'issue'] }, ['by']],
    [{ ...base, by: ['theme', 'team'] }, ['measures[0]']],
    [{ ...base, measures: ['on_time_rate', 'received'] }, ['measures[1]']],
    [{ ...base, measures: ['resolution_days_p50'] }, ['measures[0]']],
    [{ ...base, grain: 'month', compare: 'previous_year', limit: 3 }, ['grain', 'compare', 'limit']],
    [{ ...base, fair: 'yes' }, ['fair']],
  ];
  for (const [raw, problems] of cases) assert.equal(problemsOf(raw), problems, JSON.stringify(raw));
});

fair('need a share, or a part of the cases', () => {
  assert.ok(isFairMeasure('csat_rate') && isFairMeasure('coachable') && isFairMeasure('compliments'));
  for (const name of ['received', 'nps', 'csat_mean', 'open', 'redress_amount'] as const) assert.not(isFairMeasure(name), name);
});

fair('carry the same columns for every measure, and n for counts', () => {
  const names = fairColumns('csat_rate').map((c) => c.name.replace('csat_rate_', ''));
  assert.equal(names, ['expected', 'limit_low', 'limit_high', 'shrunk', 'shrunk_low', 'shrunk_high', 'verdict']);
  assert.is(fairColumns('coachable')[0]?.name, 'coachable_n');
});

fair('of the screen look at complaints only and never order people by a figure', () => {
  const known = { today: '2026-11-22', earliest: '2023-11-23', latest: '2026-11-22' };
  const view = openingView();
  const queries = coachingQueries({ ...view, where: { ...view.where, members: {} } }, known);
  assert.is(queries.length, coachingReports.length);
  for (const query of queries) {
    assert.equal(query.where.members.kind, ['complaint']);
    assert.ok(
      query.by.some((name) => name === query.order),
      String(query.order),
    );
    assert.equal(parseQuery(serialiseQuery(query)), query);
  }
});

fair.run();
