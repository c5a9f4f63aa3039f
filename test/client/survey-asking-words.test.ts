import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { askedWords, askingText, canBeAsked } from '../../client/survey-asking-words.ts';
import type { SurveyAskingJson } from '../../queries/model/survey-asking.ts';
import type { CaseDetail } from '../../queries/model/wire.ts';

const words = suite('words of asking a customer');
const caseOf = (kinds: string[], fields: Record<string, string> = {}) =>
  ({ fields, events: kinds.map((kind) => ({ kind })) }) as unknown as CaseDetail; // as much of it as is read
const last = { channel: 'mail', state: 'open', asked_at: '2026-11-09T14:00:00Z', expires_at: '2026-12-09T14:00:00Z', mail: { state: 'sent', said: '250 ok' } } as const; // prettier-ignore
const told = (given: SurveyAskingJson['last']) => askedWords({ whyNoMail: null, question: '', days: 30, last: given }, 'Europe/Vienna');

words('offer to ask of a resolved case until the customer has answered, and again after the next resolution', () => {
  const isResolved = { resolved_at: '2026-11-09T14:00:00Z' };
  assert.is(canBeAsked(caseOf(['received'])), false);
  assert.is(canBeAsked(caseOf(['received', 'resolved'], isResolved)), true);
  assert.is(canBeAsked(caseOf(['received', 'resolved', 'survey asked', 'noted'], isResolved)), true);
  assert.is(canBeAsked(caseOf(['received', 'resolved', 'survey asked', 'survey answered'], isResolved)), false);
  assert.is(canBeAsked(caseOf(['resolved', 'survey answered', 'reopened', 'resolved'], isResolved)), true);
});

words('say what became of asking', () => {
  assert.is(told(null), 'Not asked yet.');
  assert.is(told({ ...last, state: 'withdrawn' }), 'Not asked yet.');
  assert.is(
    told(last),
    'Asked 9 Nov 2026, 15:00 by mail (sent); not answered. The link works until 9 Dec 2026, 15:00. Asking again makes another in its place, and counts as the same question.',
  );
  assert.match(
    told({ ...last, channel: 'link', mail: null, state: 'expired' }),
    /by a link to copy; .* The link ran out 9 Dec 2026, 15:00\./,
  );
  assert.is(told({ ...last, state: 'answered' }), 'Asked 9 Nov 2026, 15:00 by mail (sent); answered.');
  assert.is(
    told({ ...last, state: 'withdrawn', mail: { state: 'failed', said: '550 no such user' } }),
    'The mail of 9 Nov 2026, 15:00 could not be delivered, so the customer does not count as asked. The mail server said: 550 no such user.',
  );
});

words('give a text that says until when the link works', () => {
  const asked = { question: 'How was it?', url: 'https://example.org/survey?token=x', until: '2026-12-09', organisation: 'North Post' };
  assert.is(
    askingText(caseOf([], { customer_name: 'Ada' }), asked),
    'Dear Ada,\n\nHow was it? It takes a minute to tell us:\n\nhttps://example.org/survey?token=x\n\nThe link works until 9 December 2026. Nothing is recorded before you press Send there.\n\nNorth Post',
  );
});

words.run();
