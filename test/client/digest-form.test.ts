import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addressesOf, digestBody, digestProblems, draftOf } from '../../client/digest-form.ts';
import type { DigestJson } from '../../queries/model/digest.ts';

const form = suite('the form of a digest');

form('begins a new one with complaints, monthly, in the zone of the organisation, to and of who makes it', () => {
  assert.equal(digestBody(draftOf(null, { owner: 'ann', address: 'ann@example.com' })), {
    name: '',
    where: { kind: ['complaint'] },
    every: 'month',
    on: 3,
    at: '07:00',
    zone: null,
    owner: 'ann',
    ends_on: null,
    recipients: ['ann@example.com'],
  });
});

form('gives back a digest as it is, without those who get it no more', () => {
  const digest: DigestJson = {
    digest_id: 1, origin: 'page', version: 4, name: 'North', where: { region: ['North'], not: { channel: ['fax'] } }, every: 'week', on: 'friday',
    at: '16:30', zone: 'America/New_York', owner: 'ben', ends_on: '2027-06-30', audience: '', schedule: '', has_webhook: 0, paused: null,
    next_runs: [], last_issue: null,
    recipients: [
      { address: 'a@example.com', stopped_at: null, stop_reason: null },
      { address: 'b@example.com', stopped_at: '2026-11-01T00:00:00Z', stop_reason: 'unsubscribed' },
    ],
  }; // prettier-ignore
  const { name, where, every, on, at, zone, owner, ends_on } = digest;
  const body = digestBody(draftOf(digest, { owner: 'ann', address: null }));
  assert.equal(body, { name, where, every, on, at, zone, owner, ends_on, recipients: ['a@example.com'] });
});

form('takes addresses as they are pasted', () => {
  assert.equal(addressesOf(' a@example.com\n\nb@example.com, c@example.com;d@example.com '), [
    'a@example.com', 'b@example.com', 'c@example.com', 'd@example.com',
  ]); // prettier-ignore
});

form('puts what is wrong at its field, naming the address and the filter', () => {
  const problems = [
    { field: 'name', message: 'is the name of another digest' },
    { field: 'recipients[1]', message: 'is not a mail address' },
    { field: 'where.issue', message: 'unknown member "Foo"' },
    { field: '', message: 'the store is full' },
  ];
  const { errors, others } = digestProblems(problems, { recipients: ['a@example.com', 'b'] });
  assert.equal(errors, {
    name: 'Is the name of another digest',
    recipients: '“b” is not a mail address',
    where: 'Issue: “Foo” is not known here',
  });
  assert.equal(others, [{ field: '', message: 'the store is full' }]);
});

form.run();
