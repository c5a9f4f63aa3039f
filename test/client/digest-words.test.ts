import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  isTroubled,
  issueStateInWords,
  messageKindInWords,
  nextTelling,
  recipientsInWords,
  restingInWords,
} from '../../client/digest-words.ts';
import type { DeliveryJson, DigestIssueJson, DigestJson } from '../../queries/model/digest.ts';

const words = suite('what is said of digests');

words('says what a digest tells of next and when, counted by hand from Saturday 28 November 2026', () => {
  const now = { date: '2026-11-28', time: '14:00' };
  const said = (every: 'week' | 'month' | 'quarter', on: string | number, at = '07:00') => nextTelling({ every, on, at }, now);
  assert.is(said('month', 3), 'Tells of November 2026 on 3 December 2026, 07:00.');
  assert.is(said('month', 28), 'Tells of November 2026 on 28 December 2026, 07:00.');
  assert.is(said('month', 28, '15:00'), 'Tells of October 2026 on 28 November 2026, 15:00.');
  // November has no 31st: its last day.
  assert.is(said('month', 31), 'Tells of October 2026 on 30 November 2026, 07:00.');
  assert.is(said('week', 'monday'), 'Tells of the week of 23 Nov 2026 on 30 November 2026, 07:00.');
  assert.is(said('week', 'sunday'), 'Tells of the week of 16 Nov 2026 on 29 November 2026, 07:00.');
  assert.is(said('quarter', 5), 'Tells of Q4 2026 on 5 January 2027, 07:00.');
});

const issue = (given: Partial<DigestIssueJson>): DigestIssueJson => ({
  issue_id: 'a', digest_id: 1, name: 'Monthly', kind: 'regular', state: 'made', reasons: [], made_at: '2026-11-03T07:00:00Z', as_of: null,
  period: { step: 'month', from: '2026-10-01', to: '2026-10-31', text: 'October 2026' }, headline: null, hash: null, deliveries: {}, ...given,
}); // prettier-ignore

words('says what became of an issue, and whether to look at it', () => {
  const cases: [Partial<DigestIssueJson>, string, boolean][] = [
    [{ deliveries: { sent: 12, failed: 1, unknown: 1 } }, 'sent to 12 · 1 failed · 1 unknown', true],
    [{ deliveries: { sent: 2, queued: 1, claimed: 1, sending: 1, stopped: 1 } }, 'sent to 2 · 3 on the way · 1 not sent', false],
    [{ state: 'held' }, 'held, not sent', true],
    [{ kind: 'test', deliveries: { sent: 1 } }, 'test · sent to 1', false],
    [{}, 'made, sent to nobody', false],
  ];
  for (const [given, said, troubled] of cases) {
    assert.is(issueStateInWords(issue(given)), said);
    assert.is(isTroubled(issue(given)), troubled, said);
  }
});

const digest: DigestJson = {
  digest_id: 1, origin: 'page', version: 1, name: 'Monthly', where: {}, every: 'month', on: 3, at: '07:00', zone: null, owner: 'ann', ends_on: null,
  audience: 'all cases', schedule: 'every month', recipients: [], has_webhook: 0, paused: null, next_runs: ['2026-12-03T06:00:00Z'], last_issue: null,
}; // prettier-ignore

words('says why a digest is not made, and nothing of one that is', () => {
  const said = (given: Partial<DigestJson>) => restingInWords({ ...digest, ...given }, 'Europe/Vienna');
  assert.is(said({}), null);
  const paused = { at: '2026-11-10T10:00:00Z', by: 'ann', reason: 'a new taxonomy' };
  assert.is(said({ paused, next_runs: [] }), 'Paused by ann, 10 Nov 2026, 11:00: a new taxonomy.');
  assert.is(said({ paused: { ...paused, reason: null }, next_runs: [] }), 'Paused by ann, 10 Nov 2026, 11:00.');
  assert.is(said({ next_runs: [], ends_on: '2026-09-30' }), 'Over: it ended on 30 September 2026.');
});

words('counts only those who still get it', () => {
  const recipients: DigestJson['recipients'] = [
    { address: 'a@example.com', stopped_at: null, stop_reason: null },
    { address: 'b@example.com', stopped_at: '2026-11-01T00:00:00Z', stop_reason: 'unsubscribed' },
  ];
  assert.is(recipientsInWords({ recipients, has_webhook: 0 }), '1 recipient');
  assert.is(recipientsInWords({ recipients: [], has_webhook: 1 }), 'nobody by mail and a channel');
});

words('says of a message what it was besides the digest, and that it was sent again', () => {
  const message: DeliveryJson = {
    delivery_id: 1, issue_id: 'a', kind: 'digest', address: 'a@example.com', round: 1, state: 'sent', attempts: 1, next_at: null, said: null,
    sent_at: null, asked_by: 'ann',
  }; // prettier-ignore
  assert.is(messageKindInWords(message), '');
  assert.is(messageKindInWords({ ...message, kind: 'webhook', round: 2 }), 'a channel, sent again by ann');
});

words.run();
