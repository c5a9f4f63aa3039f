import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Deed } from '../../etl/deed.ts';
import { derive, type DeriveContext } from '../../etl/derive.ts';
import { BadInput } from '../../etl/errors.ts';
import { eventOf, foldEvents, unfoldEvents } from '../../etl/handled.ts';
import { offeredActions, type ActionName } from '../../etl/handling.ts';
import { defaultProcedure, type Authority } from '../../etl/procedure.ts';
import type { CaseRecord, EventRecord } from '../../etl/record.ts';
import { place } from '../../etl/store/tables.ts';

const folding = suite('events of a handled case');
const at = (time: string) => Date.parse(time) / 1000;
const authority: Authority = { role: 'administrator', procedure: defaultProcedure };
const now = at('2026-11-20T12:00:00Z');
const context: DeriveContext = { zone: 'Europe/Vienna', currency: 'EUR', now, customerSecret: 'secret' };
const entered: CaseRecord = {
  source_id: 'k', kind: 'complaint', received_at: at('2026-11-09T14:30:00Z'), issue: 'late', team: 'North', narrative: 'Late.',
  events: [{ kind: 'received', at: at('2026-11-09T14:30:00Z') }],
}; // prettier-ignore

/** Does one thing after the other, each at its time. */
function handled(...deeds: [ActionName, string, Partial<Deed['given']>?][]): { record: CaseRecord; events: EventRecord[] } {
  const events: EventRecord[] = [];
  for (const [action, time, given = {}] of deeds) {
    const deed: Deed = { action, version: events.length + 1, at: at(time), note: 'why', given };
    events.push(
      eventOf(deed, foldEvents(entered, events), {
        by: action === 'approve' || action === 'decline' ? 'bea' : 'ann',
        authority,
        now,
        zone: context.zone,
      }),
    );
  }
  return { record: foldEvents(entered, events), events };
}
const refusal = (...deeds: Parameters<typeof handled>): string => {
  try {
    handled(...deeds);
    return '';
  } catch (error) {
    return error instanceof BadInput ? error.problems.map(({ field, message }) => `${field}: ${message}`).join('; ') : String(error);
  }
};

folding('makes the record that a source with the same history would give', () => {
  const { record } = handled(
    ['acknowledge', '2026-11-09T15:00:00Z'],
    ['respond', '2026-11-10T15:00:00Z'],
    ['resolve', '2026-11-11T14:30:00Z', { outcome: 'upheld', resolution_note: 'Paid.', redress: 'refund', redress_amount: '5' }],
    ['reopen', '2026-11-12T14:30:00Z'],
    [
      'resolve',
      '2026-11-13T14:30:00Z',
      { outcome: 'partly upheld', resolution_note: 'Paid more.', redress: 'refund', redress_amount: '9' },
    ],
  );
  const imported: CaseRecord = {
    source_id: 'k', kind: 'complaint', received_at: at('2026-11-09T14:30:00Z'), issue: 'late', team: 'North', narrative: 'Late.',
    acknowledged_at: at('2026-11-09T15:00:00Z'), first_response_at: at('2026-11-10T15:00:00Z'), first_resolved_at: at('2026-11-11T14:30:00Z'),
    first_reopened_at: at('2026-11-12T14:30:00Z'), resolved_at: at('2026-11-13T14:30:00Z'), reopen_count: 1, outcome: 'partly upheld',
    resolution_note: 'Paid more.', redress: 'refund', redress_amount: '9', redress_at: at('2026-11-13T14:30:00Z'),
  }; // prettier-ignore
  const row = (of: CaseRecord) => derive(of, [], context).row.map((value, i) => (i === place.row_hash ? '' : value));
  assert.equal(row(record), row(imported));
});

folding('gives the same row hash whichever way the entry was typed, and another for every event', () => {
  const { events } = handled(['assign', '2026-11-09T15:00:00Z', { agent: 'A1' }], ['note', '2026-11-09T16:00:00Z']);
  const turned = Object.fromEntries(Object.entries(entered).reverse()) as CaseRecord;
  const hashOf = (from: CaseRecord, count: number) => derive(foldEvents(from, events.slice(0, count)), [], context).rowHash;
  assert.is(hashOf(entered, 2), hashOf(turned, 2));
  assert.is(new Set([0, 1, 2].map((count) => hashOf(entered, count))).size, 3);
});

folding('takes back what events changed, to what was typed', () => {
  const { record, events } = handled(
    ['assign', '2026-11-09T15:00:00Z', { agent: 'A1', team: 'South' }],
    ['assign', '2026-11-09T16:00:00Z', { agent: 'A2' }],
    ['reclassify', '2026-11-09T17:00:00Z', { kind: 'enquiry', issue: 'lost', severity: 'high' }],
    ['resolve', '2026-11-10T17:00:00Z', { outcome: 'upheld', resolution_note: 'Paid.' }],
  );
  assert.equal([record.team, record.agent, record.kind, record.issue, record.reassign_count], ['South', 'A2', 'enquiry', 'lost', 2]);
  const { team, agent, kind, issue, severity, outcome } = unfoldEvents(record, events);
  assert.equal([team, agent, kind, issue, severity, outcome], ['North', undefined, 'complaint', 'late', undefined, undefined]);
});

folding('dates money by when it was given, also when it is written otherwise the next time', () => {
  const given = { outcome: 'upheld', resolution_note: 'Paid.', redress: 'refund' };
  const { record, events } = handled(
    ['resolve', '2026-11-10T15:00:00Z', { ...given, redress_amount: '4.90' }],
    ['reopen', '2026-11-11T15:00:00Z'],
    ['resolve', '2026-11-12T15:00:00Z', { ...given, redress_amount: '4.9' }],
  );
  assert.equal([record.redress_at, record.redress_amount, events[2]?.note], [at('2026-11-10T15:00:00Z'), '4.90', 'Paid.']);
});

folding('counts no hand-over when an owner is found for the first time', () => {
  assert.is(handled(['assign', '2026-11-09T15:00:00Z', { agent: 'A1' }]).record.reassign_count, 0);
});

const refusals: [Parameters<typeof handled>, RegExp][] = [
  [[['acknowledge', '2026-11-09T15:00:00Z'], ['acknowledge', '2026-11-09T15:01:00Z']], /^action: acknowledge is done once; .* 2026-11-09 16:00 by ann$/],
  [[['withdraw', '2026-11-09T15:00:00Z'], ['resolve', '2026-11-09T16:00:00Z']], /^action: resolve needs an open case; this one was withdrawn on 2026-11-09 16:00: reopen/],
  [[['resolve', '2026-11-09T15:00:00Z'], ['withdraw', '2026-11-09T16:00:00Z']], /^action: withdraw needs an open case; this one was resolved/],
  [[['reopen', '2026-11-09T15:00:00Z']], /^action: reopen needs a case that has ended/],
  [[['respond', '2026-11-09T14:00:00Z']], /^at: 2026-11-09 15:00 is before the case was received \(2026-11-09 15:30\); expected that time or later$/],
  [[['resolve', '2026-11-10T15:00:00Z'], ['reopen', '2026-11-10T14:00:00Z']], /^at: .* is before the case was resolved/],
  [[['escalate', '2026-11-10T15:00:00Z', { escalation_level: 'front line' }]], /^escalation_level: the case is at the front line; expected stage 1 or stage 2/],
  [[['resolve', '2026-11-10T15:00:00Z'], ['escalate', '2026-11-10T16:00:00Z', { escalation_level: 'stage 1' }]], /the case was resolved, and can go on to an outside body only; expected external$/],
]; // prettier-ignore
for (const [deeds, expected] of refusals) {
  folding(`refuses to ${deeds.map(([action]) => action).join(', then ')} (${expected.source.slice(0, 40)}…)`, () => {
    assert.match(refusal(...deeds), expected);
  });
}

folding('takes a time of the minute in which the case came', () => {
  const second: CaseRecord = {
    ...entered,
    received_at: at('2026-11-09T14:30:40Z'),
    events: [{ kind: 'received', at: at('2026-11-09T14:30:40Z') }],
  };
  const deed: Deed = { action: 'acknowledge', version: 1, at: at('2026-11-09T14:30:00Z'), note: null, given: {} };
  assert.is(eventOf(deed, second, { by: 'ann', authority, now, zone: 'UTC' }).at, at('2026-11-09T14:30:40Z'));
});

folding('takes no day that has not begun where the case is dated', () => {
  const deed: Deed = { action: 'acknowledge', version: 1, at: '2030-01-02', note: null, given: {} };
  const on = (time: string) => () => eventOf(deed, entered, { by: 'ann', authority, now: at(time), zone: 'UTC' });
  const isFuture = (error: unknown) =>
    error instanceof BadInput && error.problems[0]?.message === '2030-01-02 lies in the future; expected 2030-01-01 or earlier';
  assert.throws(on('2030-01-01T23:59:59Z'), isFuture);
  assert.is(on('2030-01-02T00:00:00Z')().at, '2030-01-02');
});

folding('offers what can be done with a case as it stands', () => {
  const open = offeredActions({ standing: 'open', isAcknowledged: true, level: 'external', isProposed: false });
  assert.equal(open, ['assign', 'note', 'respond', 'resolve', 'withdraw', 'reclassify']);
  assert.equal(offeredActions({ standing: 'resolved', isAcknowledged: true, level: null, isProposed: false }), [
    'note',
    'escalate',
    'reopen',
    'reclassify',
  ]);
  assert.equal(offeredActions({ standing: 'withdrawn', isAcknowledged: false, level: 'external', isProposed: false }), [
    'note',
    'reopen',
    'reclassify',
  ]);
});

folding('proposes, approves and declines: nothing changes until it is approved', () => {
  const given = { outcome: 'upheld', resolution_note: 'We pay.', redress: 'refund', redress_amount: '250.00' };
  const proposed = handled(['propose', '2026-11-10T09:00:00Z', given]);
  assert.equal([proposed.record.outcome, proposed.record.redress_amount, proposed.record.resolved_at], [undefined, undefined, undefined]);
  assert.is(proposed.events[0]?.to, 'upheld, refund 250.00');
  const approved = handled(['propose', '2026-11-10T09:00:00Z', given], ['reclassify', '2026-11-10T10:00:00Z', { issue: 'lost' }], ['approve', '2026-11-11T09:00:00Z']); // prettier-ignore
  const { outcome, redress_amount, resolution_note, resolved_at, issue } = approved.record;
  assert.equal(
    [outcome, redress_amount, resolution_note, resolved_at, issue],
    ['upheld', '250.00', 'We pay.', at('2026-11-11T09:00:00Z'), 'lost'],
  );
  assert.equal(unfoldEvents(approved.record, approved.events).outcome, undefined);
  const declined = handled(['propose', '2026-11-10T09:00:00Z', given], ['decline', '2026-11-11T09:00:00Z']);
  assert.is(declined.record.outcome, undefined);
  assert.match(
    refusal(['propose', '2026-11-10T09:00:00Z', given], ['decline', '2026-11-11T09:00:00Z'], ['approve', '2026-11-11T10:00:00Z']),
    /nothing waits/,
  );
  assert.match(refusal(['decline', '2026-11-10T09:00:00Z']), /nothing waits for approval/);
  const offered = offeredActions({ standing: 'open', isAcknowledged: true, level: null, isProposed: true });
  assert.ok(offered.includes('approve') && offered.includes('decline') && !offered.includes('propose'));
});

folding.run();
