import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import { whoAnswers } from '../../../queries/insights/who-answers.ts';
import { parseQuery } from '../../../queries/model/query.ts';
import { describeWhoAnswers, type WhoAnswersJson } from '../../../queries/model/who-answers.ts';
import { loadRecords, tempStore } from '../../support/store.ts';

interface Batch {
  month: string;
  channel: string;
  asked: number;
  answered: number;
}

let key = 0;
/** Cases received on the first of a month, asked on the fifth; so many of them answer on the sixth. */
const batch = ({ month, channel, asked, answered }: Batch): CaseRecord[] =>
  Array.from({ length: asked }, (_, i) => {
    const day = (date: string) => Date.parse(`${month}-${date}T09:00:00Z`) / 1000;
    return {
      source_id: `K-${key++}`, kind: 'complaint', received_at: day('01'), resolved_at: day('03'), channel,
      surveys: [{ kind: 'csat', scale: '1-5', asked_at: day('05'), ...(i < answered && { answered_at: day('06'), score: 4 }) }],
    };
  }); // prettier-ignore

async function look(batches: Batch[], query: object, options: Parameters<typeof loadRecords>[2] = {}): Promise<WhoAnswersJson> {
  const temp = await tempStore();
  try {
    await loadRecords(temp.store, batches.flatMap(batch), { throughAt: Date.parse('2026-06-30T23:59:59Z') / 1000, ...options });
    const deps = { reader: temp.store.reader, organisation: { name: '', zone: null, currency: null }, now: () => 0 };
    return await whoAnswers(deps, parseQuery({ measures: ['csat_rate'], ...query }));
  } finally {
    await temp.close();
  }
}

const both = (month: string, web: [number, number], phone: [number, number]): Batch[] => [
  { month, channel: 'web', asked: web[0], answered: web[1] },
  { month, channel: 'phone', asked: phone[0], answered: phone[1] },
];
const june = { from: '2026-06-01', to: '2026-06-30', compare: 'previous_period' };
const spring = { from: '2026-03-01', to: '2026-05-31', grain: 'month' };

const who = suite('who answers');

who('finds fewer answers, and more of them by phone, than in the period before', async () => {
  // May: 380 of 1,000 answer, 76 of them by phone. June (all but the last fortnight): 310 of 1,000, 124 of them by phone.
  const found = await look([...both('2026-05', [800, 304], [200, 76]), ...both('2026-06', [800, 186], [200, 124])], june);
  assert.is(found.asking, null);
  const [change] = found.changes;
  assert.equal(change?.response, { now: 0.31, n: 1000, before: 0.38, before_n: 1000 });
  assert.equal(
    change?.members.filter((member) => member.by === 'channel').map(({ label, now, before }) => [label, now, before]),
    [
      ['web', 0.6, 0.8],
      ['phone', 0.4, 0.2],
    ],
  );
  assert.equal(describeWhoAnswers(found, 'month'), [
    'Fewer of those asked answer than before: 31% against 38%; answers by phone rose from 20% to 40% of all.',
    'A change in satisfaction may be a change in who answers, or in what they had to complain of.',
  ]);
});

who('says nothing where nothing changed, or too little to matter', async () => {
  const same = await look([...both('2026-05', [500, 150], [500, 150]), ...both('2026-06', [500, 155], [500, 148])], june);
  assert.equal(same, { asking: null, changes: [] });
  assert.equal(describeWhoAnswers(same, 'month'), []);
  // 50.0% against 51.5% of 20,000 is beyond chance and nothing to act on.
  const web = (month: string, answered: number): Batch => ({ month, channel: 'web', asked: 10_000, answered });
  const slight = await look([web('2026-05', 5_000), web('2026-06', 5_150)], june);
  assert.equal(slight.changes, []);
});

who('does not take those for silent who were asked too late to have answered', async () => {
  // The source ends a week after June's were asked, and none has answered yet.
  const early = { throughAt: Date.parse('2026-06-12T00:00:00Z') / 1000 };
  const found = await look([...both('2026-05', [500, 250], [500, 250]), ...both('2026-06', [500, 0], [500, 0])], june, early);
  assert.equal(found.changes, []);
});

who('holds the last whole part of the period against the earlier ones', async () => {
  const even = (month: string) => both(month, [500, 200], [500, 200]);
  const found = await look([...even('2026-03'), ...even('2026-04'), ...both('2026-05', [500, 60], [500, 200])], spring);
  const [change] = found.changes;
  assert.equal([found.changes.length, change?.against, change?.period], [1, 'earlier', '2026-05-01']);
  assert.equal(change?.response, { now: 0.26, n: 1000, before: 0.4, before_n: 2000 });
  assert.is(
    describeWhoAnswers(found, 'month')[0],
    'In May 2026 fewer answered than earlier in this period: 26% against 40%; answers by phone rose from 50% to 77% of all.',
  );
});

who('says that asking is not recorded, and still looks at who answers', async () => {
  const fields = ['kind', 'received_at', 'channel', 'surveys.answered_at', 'surveys.score'];
  const found = await look([...both('2026-05', [100, 80], [100, 20]), ...both('2026-06', [100, 20], [100, 80])], june, { fields });
  assert.is(found.asking, 'asking is not recorded');
  assert.is(found.changes[0]?.response, null);
  assert.match(describeWhoAnswers(found, 'month')[0] ?? '', /^Beside the period before, answers by phone rose from 20% to 80% of all\.$/);
});

who.run();
