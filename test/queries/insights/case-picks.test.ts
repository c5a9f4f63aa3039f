import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../etl/errors.ts';
import type { CaseRecord } from '../../../etl/record.ts';
import { pickCases } from '../../../queries/insights/case-picks.ts';
import { loadRecords, tempStore } from '../../support/store.ts';

const picked = suite('pickCases');
const newest = Date.parse('2026-06-30T12:00:00Z') / 1000;
const temporary = await tempStore();
const deps = { reader: temporary.store.reader, organisation: { name: 'Test', zone: 'UTC', currency: 'EUR' }, now: () => newest };
const hour = 3600;
const received_at = newest - 40 * 24 * hour;
const about = (source_id: string, hours: number, more: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id, kind: 'complaint', team: 'Hull', issue: 'Bill', received_at, resolved_at: received_at + hours * hour, due_at: received_at + 20 * 24 * hour, ...more,
}); // prettier-ignore
const answered = (...scores: number[]): Partial<CaseRecord> => ({
  surveys: scores.map((score, i) => ({
    kind: 'csat',
    scale: '1-5',
    asked_at: received_at,
    answered_at: received_at + (100 + i) * hour,
    score,
  })),
});
await loadRecords(
  temporary.store,
  [
    about('plain', 30),
    about('again', 40, { first_resolved_at: received_at + 20 * hour, first_reopened_at: received_at + 30 * hour, reopen_count: 2 }),
    about('angry', 40, answered(1)),
    about('long', 700),
    about('happy', 40, answered(5)),
    about('swift', 2, { severity: 'critical' }),
    about('praise', 5, { kind: 'compliment' }),
    about('elsewhere', 900, { team: 'Leeds' }),
    about('twice', 40, { team: 'Oslo', ...answered(1, 2) }),
    about('cross', 40, { team: 'Oslo', ...answered(3) }),
    about('later', 40, { received_at: newest + 24 * hour }),
  ],
  { throughAt: newest },
);
const query = {
  measures: ['on_time_rate'],
  by: ['team'],
  from: '2026-01-01',
  to: '2026-12-31',
  fair: true,
  where: { kind: ['complaint'] },
};

picked('gives bad and good examples of a team, each once and with why', async () => {
  const { picks } = await pickCases(deps, { measure: 'on_time_rate', query, key: { team: 'Hull' } });
  assert.equal(
    picks.map((pick) => [pick.case.source_id, pick.good, pick.reason]),
    [
      ['again', false, 'Reopened 2 times.'],
      ['angry', false, 'The customer gave 1 of 5.'],
      ['long', false, 'Among the longest here: 29 d 4 h to resolve.'],
      ['happy', false, 'Among the longest here: 1 d 16 h to resolve.'],
      ['swift', true, 'Grave, and resolved within 2 h; not reopened.'],
      ['praise', true, 'A customer praised it.'],
    ],
  );
});

picked('takes a case with two answers once, by the answer that tells most, and another beside it', async () => {
  const { picks } = await pickCases(deps, { measure: 'on_time_rate', query, key: { team: 'Oslo' } });
  assert.equal(
    picks.map((pick) => [pick.case.source_id, pick.reason]),
    [
      ['twice', 'The customer gave 1 of 5.'],
      ['cross', 'The customer gave 3 of 5.'],
    ],
  );
});

picked('refuses what is no figure', async () => {
  try {
    await pickCases(deps, { measure: 'nothing', query });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
  }
});

picked.after(() => temporary.close());
picked.run();
