import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { issueHeadline, issueSignal, issuesHeadline } from '../../client/issue-headline.ts';
import { mentionsOf, readMentions } from '../../client/mentions.ts';
import type { Row, TableJson } from '../../queries/model/wire.ts';

const headlines = suite('headlines of issues');

const table = (rows: Row[], isJudged = true): TableJson => ({
  columns: [],
  rows,
  windows: { current: { from: '2026-01-01', to: '2026-06-30' } },
  notes: [],
  ...(isJudged && {
    limits: [
      { measure: 'received', key: {}, method: 'xmr', sigmaZ: null, from: '2024-01-01', to: '2025-12-01', periods: 24, since: '2026-01-01' },
    ],
  }),
  asOf: '2026-06-30T00:00:00Z',
});
const months = (signals: (string | null)[]): Row[] =>
  signals.map((signal, i) => ({
    period: `2026-0${i + 1}-01`, complete: i === 5 ? 0 : 1, received: 10 * (i + 1), received_signal: signal, received_limit_low: 4, received_limit_high: 25,
  })); // prettier-ignore

headlines('name the issue most cases are about, with its change', () => {
  const rows = [
    { issue: 'Late', received: 60, received_before: 20 },
    { issue: '(none)', received: 40, received_before: 40 },
  ];
  assert.is(issuesHeadline(table(rows)), '“Late” comes up most: 60 of 100 cases (60%), 3 times as many as before.');
  assert.is(issuesHeadline(table([{ issue: '(none)', received: 3 }])), 'No issue is recorded for these cases.');
  assert.is(issuesHeadline(table([])), 'No cases match in this period.');
});

headlines('say how many cases an issue has and what share of all', () => {
  const row = { received: 60, received_before: 20, issue_share: 0.12, issue_share_n: 500 };
  assert.is(issueHeadline(table([row])), '60 cases came in, 3 times as many as before; that is 12% of all 500.');
  assert.is(issueHeadline(table([{ received: 0, issue_share: 0, issue_share_n: 500 }])), 'No case in this period is about it.');
});

headlines('say which rule broke and since when', () => {
  assert.is(
    issueSignal(table(months([null, 'run_above', null, 'run_above', 'above_limits', null])), 'month'),
    'Not as usual: in May 2026 50 cases (typically 4 to 25), above its typical range; it has been high since April 2026.',
  );
  assert.is(
    issueSignal(table(months(['below_limits', null, null, null, null, 'above_limits'])), 'month'),
    'As usual now; January 2026 was not: 10 cases (typically 4 to 25), below its typical range.',
  );
  assert.is(
    issueSignal(table(months([null, 'seasonal', null, null, null, null])), 'month'),
    'It varies as it usually does, with the season: no month shown breaks a rule.',
  );
  assert.is(
    issueSignal(table(months([null]), false), 'month'),
    'Too early to tell whether that is more than usual: too few whole months are known to judge by.',
  );
});

headlines('tell what names an issue first from what mentions it beside another', () => {
  const rows = [
    { issue: 'Late', received: 40, mentions: 50 },
    { issue: 'Fee', received: 5, mentions: 25 },
    { issue: '(none)', received: 9, mentions: 0 },
    { issue: '(other)', received: 3, mentions: 90 },
  ];
  const mentions = mentionsOf(table(rows));
  assert.equal(mentions, [
    { issue: 'Late', first: 40, beside: 10, total: 50 },
    { issue: 'Fee', first: 5, beside: 20, total: 25 },
  ]);
  assert.is(readMentions(mentions), '“Fee” is mentioned most beside another issue: in 20 cases more than the 5 that name it first.');
  assert.is(readMentions([{ issue: 'Fee', first: 5, beside: 0, total: 5 }]), 'No case names a second issue: each counts once.');
});

headlines.run();
