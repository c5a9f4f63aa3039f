import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import { answer } from '../../../queries/answer.ts';
import { listCases } from '../../../queries/cases.ts';
import { parseQuery } from '../../../queries/model/query.ts';
import { loadRecords, tempStore } from '../../support/store.ts';
import { assertNear } from '../stats/finite.ts';

const table = suite('fair tables');
const newest = Date.parse('2026-06-30T12:00:00Z') / 1000;
const temporary = await tempStore();
const deps = { reader: temporary.store.reader, organisation: { name: 'Test', zone: 'UTC', currency: 'EUR' }, now: () => newest };

/** `late` of `count` complaints of a team about an issue are late; `held` of them are down to long holds. */
function cases(team: string, issue: string, count: number, late: number, held: number): CaseRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const received_at = newest - 60 * 86_400 - i * 600;
    return {
      source_id: `${team}-${issue}-${i}`, kind: 'complaint', received_at, team, issue, channel: 'phone', severity: 'low', due_at: received_at + 10 * 86_400,
      resolved_at: received_at + (i < late ? 12 : 3) * 86_400, controllability: i < held ? 'agent behaviour' : 'product',
      ...(i < held && { theme: 'Holds' }),
    }; // prettier-ignore
  });
}

const others = ['Gent', 'Hof', 'Ivry', 'Jena', 'Kiel', 'Lens', 'Metz', 'Nice'];
// Repairs are late half of the time and bills one time in ten, whoever has them; Cork has mostly repairs. Bonn leaves people on hold.
const records = [
  ...cases('Cork', 'Repair', 80, 40, 4),
  ...cases('Cork', 'Bill', 20, 2, 1),
  ...cases('Bonn', 'Repair', 20, 10, 15),
  ...cases('Bonn', 'Bill', 80, 8, 35),
  ...cases('Aix', 'Repair', 40, 20, 2),
  ...cases('Aix', 'Bill', 60, 6, 3),
  ...others.flatMap((team) => cases(team, 'Bill', 60, 6, 3)),
  ...cases('Dole', 'Bill', 4, 4, 0),
  { source_id: 'nobody', kind: 'complaint' as const, received_at: newest - 60 * 86_400, issue: 'Bill' },
];
await loadRecords(temporary.store, records, { throughAt: newest });

const ask = { from: '2026-01-01', to: '2026-12-31', fair: true };
const tableOf = async (query: object) => {
  const { tables } = await answer(deps, [parseQuery({ ...ask, ...query })]);
  const [found] = tables;
  if (!found) throw new Error('no table'); // one a query
  return found;
};

table('expect of a team with hard cases fewer on time, and find nothing to say', async () => {
  const { rows, columns } = await tableOf({ measures: ['on_time_rate'], by: ['team'], order: 'team' });
  assert.equal(
    rows.map((row) => [row.team, row.on_time_rate_verdict]),
    [
      ['Aix', 'within chance'],
      ['Bonn', 'within chance'],
      ['Cork', 'within chance'],
      ['Dole', 'not enough data'],
      ...others.map((team) => [team, 'within chance']),
    ],
  );
  const cork = rows[2] ?? {};
  // 42 of 100 are late. Of its peers 30 of 60 repairs and 8 + 6 + 8 × 6 + 4 of 624 bills.
  assertNear(Number(cork.on_time_rate), 0.58);
  const expected = (80 * (30 / 60) + 20 * (558 / 624)) / 100;
  assertNear(Number(cork.on_time_rate_expected), expected);
  assert.ok(Number(cork.on_time_rate_limit_low) < expected && expected < Number(cork.on_time_rate_limit_high));
  assert.is(columns.at(-1)?.role, 'verdict');
  assert.is(columns.at(-1)?.type, 'label');
});

table('compare a team with all others, also where it alone is looked at', async () => {
  const query = { measures: ['on_time_rate'], by: ['team'], order: 'team' };
  const [all, alone] = await Promise.all([tableOf(query), tableOf({ ...query, where: { team: ['Cork'] } })]);
  assert.equal(
    alone.rows,
    all.rows.filter((row) => row.team === 'Cork'),
  );
  const without = await tableOf({ ...query, where: { not: { team: ['Cork'] } } });
  assert.equal(
    without.rows,
    all.rows.filter((row) => row.team !== 'Cork'),
  );
});

table('name the team that has more of a theme than its cases would give, with as many cases behind it', async () => {
  const query = { measures: ['coachable'], by: ['theme', 'team'], order: 'theme' };
  const { rows } = await tableOf(query);
  assert.equal(
    rows.map((row) => [row.theme, row.team, row.coachable, row.coachable_n, row.coachable_verdict]),
    [
      ['Holds', 'Aix', 5, 100, 'within chance'],
      ['Holds', 'Bonn', 50, 100, 'more than expected'],
      ['Holds', 'Cork', 5, 100, 'within chance'],
      ['Holds', 'Dole', 0, 4, 'not enough data'],
      ...others.map((team) => ['Holds', team, 3, 60, 'within chance']),
    ],
  );
  // Peers of Bonn: repairs 4 + 2 of 120, bills 1 + 3 + 8 × 3 of 564.
  assertNear(Number(rows[1]?.coachable_expected), 20 * (6 / 120) + 80 * (28 / 564));
  const { total } = await listCases(deps, { measure: 'coachable', query: { ...ask, ...query }, key: { theme: 'Holds', team: 'Bonn' } });
  assert.is(total, 50);
});

table('leave out who has no name, and say why where the source has nothing to tell', async () => {
  const { rows } = await tableOf({ measures: ['reopen_rate'], by: ['agent'] });
  assert.equal(rows, []);
  const away = await tableOf({ measures: ['csat_rate'], by: ['team'], from: '2020-01-01', to: '2020-12-31' });
  assert.equal(away.rows, []);
});

table.after(() => temporary.close());
table.run();
