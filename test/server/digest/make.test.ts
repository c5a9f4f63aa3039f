import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simpleParser } from 'mailparser';
import type { Store } from '../../../etl/store/open.ts';
import type { DigestDeliveryRow, DigestIssueRow, DigestPartRow, DigestRow } from '../../../etl/store/tables.ts';
import { BadInput } from '../../../etl/errors.ts';
import { transact } from '../../../etl/store/transact.ts';
import { sqlExecutor } from '../../../queries/executor.ts';
import { parseWhere } from '../../../queries/model/query.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import { addUser, ensureAdministrator, setEmail } from '../../../server/auth/users.ts';
import { digestAttention } from '../../../server/digest/alerts.ts';
import type { DigestDeps } from '../../../server/digest/deps.ts';
import { adoptDigests } from '../../../server/digest/adopt.ts';
import { periodOf } from '../../../server/digest/compose.ts';
import { addDigest, changeDigest, pauseDigest, putRecipients, recipientRows, resumeDigest } from '../../../server/digest/digests.ts';
import { hashOf, issueDetail, lastContent, readPart, sha256 } from '../../../server/digest/issues.ts';
import { makeIssue, makeTest } from '../../../server/digest/make.ts';
import { resend } from '../../../server/digest/deliver/deliveries.ts';
import { pauseDeparted, stopMailbox } from '../../../server/digest/departed.ts';
import { createOutgoing } from '../../../server/digest/deliver/outgoing.ts';
import { tickDigests } from '../../../server/digest/tick.ts';
import { readToken, resubscribe, subscriptionState, unsubscribe } from '../../../server/digest/deliver/unsubscribe.ts';
import { digestWorld, worldThrough } from '../../support/digest-world.ts';
import { loadRecords } from '../../support/store.ts';
import { startMailServer } from '../../support/mail-server.ts';
import { mailTo, testOutbox } from '../../support/outbox.ts';
import { openTestStore } from '../../support/test-store.ts';

const making = suite('making digests');
const at = (text: string) => Date.parse(text) / 1000;
const october = {
  name: 'Board',
  where: { kind: ['complaint'] },
  every: 'month',
  on: 3,
  at: '07:00',
  zone: null,
  owner: 'admin',
  ends_on: null,
} as const;
const admin = { userId: 1, name: 'admin', role: 'administrator', agent: null, scope: null } as const;

interface Place {
  store: Store;
  dir: string;
  deps: DigestDeps;
  digest: DigestRow;
  /** Sets the clock and lets everything happen that is due. */
  tick: (when: string) => Promise<void>;
  issues: () => Promise<DigestIssueRow[]>;
  messages: () => Promise<DigestDeliveryRow[]>;
}

/** A world with one digest for two recipients, added on 20 October 2026; the desk is read once a day. */
async function inPlace(
  work: (place: Place) => Promise<void>,
  given: { through?: number; more?: Partial<typeof october>; deps?: Partial<DigestDeps> } = {},
) {
  const { store, dir, close } = await digestWorld(given.through ?? worldThrough);
  let now = at('2026-10-20T12:00:00Z');
  const desk = { name: 'desk', connector: 'file', options: {}, map: 'standard', schedule: { every: 'day' as const, at: '05:00' } };
  const deps: DigestDeps = {
    store,
    organisation: { name: 'Test', zone: 'UTC', currency: 'EUR' },
    targets: {},
    sources: () => [desk],
    baseUrl: 'https://silverlining.example.org',
    now: () => now,
    log: () => undefined,
    ...given.deps,
  };
  try {
    await ensureAdministrator(store, now);
    await setEmail(store, { name: 'admin', email: 'admin@example.org', now });
    const recipients = ['ana@example.org', 'ben@example.org'];
    const { digest_id } = await addDigest(store, { ...october, ...given.more, recipients }, { user: admin, now });
    const digest = (await store.reader<DigestRow>('digest').where({ digest_id }).first()) as DigestRow; // just added
    await work({
      store,
      dir,
      deps,
      digest,
      tick: (when) => {
        now = at(when);
        return tickDigests(deps);
      },
      issues: () => store.reader<DigestIssueRow>('digest_issue').orderBy('made_at'),
      messages: () => store.reader<DigestDeliveryRow>('digest_delivery').orderBy(['kind', 'address']),
    });
  } finally {
    await close();
  }
}

making('makes what is due once: its parts with their hashes, and a message for each recipient', () =>
  inPlace(async ({ store, tick, issues, messages }) => {
    await tick('2026-11-03T06:59:00Z');
    assert.equal(await issues(), []);
    await tick('2026-11-03T07:00:00Z');
    await tick('2026-11-03T07:01:00Z');
    const [issue, ...others] = await issues();
    assert.equal(others, []);
    assert.is(issue?.state, 'made');
    assert.equal([issue?.from_on, issue?.to_on], ['2026-10-01', '2026-10-31']);
    assert.match(issue?.headline ?? '', /^“Billing” rose/);
    const parts = await store.reader<DigestPartRow>('digest_part').where({ issue_id: issue?.issue_id ?? '' });
    for (const { bytes, sha256: hash, name } of parts) assert.is(sha256(bytes), hash, name);
    assert.is(issue?.hash, hashOf(parts));
    const attention = (when: string) => digestAttention(store.reader, admin, { now: at(when), why: 'Mail is not set up.' });
    assert.equal(await attention('2026-11-03T08:00:00Z'), []);
    assert.equal(
      (await attention('2026-11-03T08:00:01Z')).map(({ message }) => message),
      ['2 messages of the digest “Board” of October 2026 waited for over an hour: Mail is not set up.'],
    );
    for (const name of ['content.json', 'digest.html', 'digest.txt', 'digest.pdf', 'recurring_issues.png'])
      assert.ok(
        parts.some((part) => part.name === name),
        name,
      );
    assert.equal(
      (await messages()).map(({ kind, address, state }) => [kind, address, state]),
      [
        ['digest', 'ana@example.org', 'queued'],
        ['digest', 'ben@example.org', 'queued'],
      ],
    );
  }),
);

making('of two processes that are due at once, one makes it', () =>
  inPlace(async ({ dir, deps, digest, tick, issues, messages }) => {
    await tick('2026-11-03T06:00:00Z');
    const other = await openTestStore(dir);
    try {
      const due = at('2026-11-03T07:00:00Z');
      const made = await Promise.all([makeIssue(deps, digest, due), makeIssue({ ...deps, store: other }, digest, due)]);
      assert.is(made.filter((issue) => issue !== null).length, 1);
      assert.is((await issues()).length, 1);
      assert.is((await messages()).length, 2);
    } finally {
      await other.close();
    }
  }),
);

making('catches up once after months without a server, with the last period', () =>
  inPlace(
    async ({ tick, issues }) => {
      await tick('2026-10-20T12:00:00Z');
      await tick('2027-02-10T12:00:00Z');
      assert.equal(
        (await issues()).map(({ from_on, state }) => [from_on, state]),
        [['2027-01-01', 'made']],
      );
    },
    { through: at('2027-02-09T12:00:00Z') },
  ),
);

making('makes nothing that was due before it was added, while it rested, or after its last day', async () => {
  await inPlace(async ({ store, digest, tick, issues }) => {
    await tick('2026-10-20T12:00:00Z');
    await pauseDigest(store, digest.digest_id, 'on leave', { user: admin, now: at('2026-10-30T00:00:00Z') });
    await tick('2026-11-03T08:00:00Z');
    await resumeDigest(store, digest.digest_id, { user: admin, now: at('2026-11-04T08:00:00Z') });
    await tick('2026-11-04T08:01:00Z');
    assert.equal(await issues(), []);
  });
  await inPlace(
    async ({ tick, issues }) => {
      await tick('2026-11-03T08:00:00Z');
      assert.equal(await issues(), []);
    },
    { more: { ends_on: '2026-11-02' as unknown as null } },
  );
});

making('waits for a source that may still come, tells its keepers when it does not, and is sent when it has', () =>
  inPlace(
    async ({ store, deps, tick, issues, messages }) => {
      // Read last at noon of 30 October: the end of the month is not known.
      await tick('2026-11-01T00:00:30Z');
      const held = (await issues())[0];
      assert.is(held?.state, 'held');
      assert.equal(JSON.parse(held?.reasons ?? ''), [
        'The source “desk” is known until 30 October 2026, 12:00, and October 2026 ended after that: look at its last runs on the page Data.',
      ]);
      assert.is(held?.told_at, null, 'it is read once a day, and may come until the next midnight');
      assert.equal(await messages(), []);
      assert.equal(await digestAttention(store.reader, admin, { now: deps.now(), why: null }), []);
      await tick('2026-11-02T00:16:00Z');
      assert.equal(
        (await messages()).map(({ kind, address }) => [kind, address]),
        [['alert', 'admin@example.org']],
      );
      assert.match(
        (await digestAttention(store.reader, admin, { now: deps.now(), why: null }))[0]?.message ?? '',
        /^The digest “Board” of October 2026 was not sent\. The source “desk”/,
      );
      await tick('2026-11-02T01:00:00Z');
      assert.is((await messages()).length, 1, 'they are told once');
      await loadRecords(store, [], { source: 'desk', currency: 'EUR', throughAt: at('2026-11-02T05:00:00Z') });
      await tick('2026-11-02T01:10:00Z');
      assert.is((await issues())[0]?.state, 'held', 'it is checked again a quarter of an hour after the last time');
      await tick('2026-11-02T05:30:00Z');
      const [made, ...others] = await issues();
      assert.equal([made?.state, made?.issue_id, others.length], ['made', held?.issue_id, 0]);
      assert.is((await messages()).filter(({ kind }) => kind === 'digest').length, 2);
      assert.equal(await digestAttention(store.reader, admin, { now: deps.now(), why: null }), []);
    },
    { through: at('2026-10-30T12:00:00Z'), more: { on: 1 as 3, at: '00:00' as '07:00' } },
  ),
);

making('holds what is imported by hand and not known until the end, and says so at once', () =>
  inPlace(
    async ({ tick, issues, messages }) => {
      await tick('2026-11-03T07:00:00Z');
      assert.match((await issues())[0]?.reasons ?? '', /import its records up to then, or leave it out of the digest by a filter/);
      assert.is((await messages()).length, 1);
    },
    { through: at('2026-10-30T12:00:00Z'), deps: { sources: () => [] } },
  ),
);

making('holds figures that do not add up', () =>
  inPlace(async ({ store, deps, digest, tick, issues }) => {
    await tick('2026-11-01T00:00:00Z');
    const sql = sqlExecutor(store.reader);
    const wrong = {
      name: 'cube' as const,
      tally: async (...given: Parameters<typeof sql.tally>) => {
        const all = await sql.tally(...given);
        return all.map((rows, i) => (given[0][i]?.by.some((by) => by === 'issue') ? rows.slice(1) : rows));
      },
    };
    await makeIssue({ ...deps, cube: { executor: () => Promise.resolve(wrong) } }, digest, at('2026-11-03T07:00:00Z'));
    assert.match((await issues())[0]?.reasons ?? '', /The cases of all issues are/);
  }),
);

making('holds what cannot be drawn rightly, and what its filter cannot find', async () => {
  await inPlace(
    async ({ tick, issues, messages }) => {
      await tick('2026-11-03T07:00:00Z');
      assert.is((await issues())[0]?.state, 'held');
      assert.match((await issues())[0]?.reasons ?? '', /digest\.html has \d+ bytes, of which mail clients show/);
      assert.equal((await messages()).map(({ kind }) => kind), ['alert']); // prettier-ignore
    },
    { deps: { organisation: { name: 'A'.repeat(120_000), zone: 'UTC', currency: 'EUR' } } },
  );
  await inPlace(async ({ store, tick, issues }) => {
    await store.writer<DigestRow>('digest').update({ filter: JSON.stringify({ issue: ['Biling'] }) });
    await tick('2026-11-03T07:00:00Z');
    assert.match((await issues())[0]?.reasons ?? '', /It could not be computed: .*where\.issue unknown member .*Biling.*Billing/);
  });
});

making('rests when its owner has left, and when a recipient has, and tells administrators', async () => {
  await inPlace(async ({ store, deps, tick, issues }) => {
    await addUser(store, { name: 'olga', role: 'administrator', now: deps.now() });
    await store.writer<DigestRow>('digest').update({ owner: 'olga' });
    await changeUser(store, 'olga', { isDisabled: true }, { by: null, now: deps.now() });
    await tick('2026-11-03T07:00:00Z');
    assert.equal(await issues(), []);
    const [told] = await digestAttention(store.reader, admin, { now: deps.now(), why: null });
    assert.match(told?.message ?? '', /^The digest “Board” is paused: its owner olga is no user any more/);
  });
  await inPlace(async ({ store, deps, digest, tick, issues }) => {
    await addUser(store, { name: 'ben', role: 'administrator', now: deps.now() });
    await setEmail(store, { name: 'ben', email: 'Ben@example.org', now: deps.now() });
    await changeUser(store, 'ben', { isDisabled: true }, { by: null, now: deps.now() });
    await tick('2026-11-03T07:00:00Z');
    assert.equal(await issues(), []);
    const stopped = (await recipientRows(store.reader, [digest.digest_id])).map(({ address, stop_reason }) => [address, stop_reason]);
    assert.equal(stopped, [
      ['ana@example.org', null],
      ['ben@example.org', 'departed'],
    ]);
    assert.match(
      (await digestAttention(store.reader, admin, { now: deps.now(), why: null }))[0]?.message ?? '',
      /a recipient is no user any more/,
    );
    const server = await startMailServer();
    try {
      const mail = mailTo(server.port);
      const outbox = testOutbox({ store, mail, now: deps.now, ...createOutgoing({ ...deps, env: {} }, mail.from) });
      await outbox.tick();
      await outbox.idle();
      const [told, ...others] = await Promise.all(server.received.map(({ raw }) => simpleParser(raw)));
      assert.equal([told?.subject, others.length], ['Paused: Board', 0]);
      assert.match(told?.text ?? '', /a recipient is no user any more and gets it no longer/);
    } finally {
      await server.close();
    }
  });
});

making('sends real mail by which its reader can end it for good, and only its reader', () =>
  inPlace(async ({ store, deps, digest, tick, messages }) => {
    const server = await startMailServer();
    try {
      await tick('2026-11-03T07:00:00Z');
      const mail = mailTo(server.port);
      const outbox = testOutbox({ store, mail, now: deps.now, ...createOutgoing({ ...deps, env: {} }, mail.from) });
      await outbox.tick();
      await outbox.idle();
      assert.equal((await messages()).map(({ state }) => state), ['sent', 'sent']); // prettier-ignore
      const toAna = server.received.find(({ to }) => to === 'ana@example.org');
      const parsed = await simpleParser(toAna?.raw ?? '');
      assert.is(parsed.subject, 'Board, October 2026 (Test)');
      assert.match(String(parsed.text), /“Billing” rose above/);
      const list = parsed.headers.get('list') as { unsubscribe?: { url?: string } } | undefined; // mailparser puts List-* together
      const link = list?.unsubscribe?.url ?? '';
      assert.ok(link.startsWith('https://silverlining.example.org/unsubscribe?token='), link);
      assert.ok(String(parsed.html).includes(link.replaceAll('&', '&amp;')));
      const token = new URL(link).searchParams.get('token') ?? '';
      const subscription = await readToken(store, token);
      assert.equal(subscription, { digestId: digest.digest_id, address: 'ana@example.org' });
      const [, signature = ''] = token.split('.');
      const forged = `${Buffer.from(JSON.stringify([digest.digest_id, 'ben@example.org'])).toString('base64url')}.${signature}`;
      for (const wrong of [forged, `${token}x`, '', 'a.b', token.split('.')[0] ?? ''])
        await readToken(store, wrong).then(
          () => assert.unreachable(wrong),
          (error: Error) => assert.match(error.message, /this link is not complete/),
        );
      await unsubscribe(store, subscription, deps.now());
      // Whoever lists the address again does not undo that.
      await transact(store, (trx) =>
        putRecipients(trx, digest.digest_id, ['ana@example.org', 'cy@example.org'], { by: 'admin', now: deps.now(), isPerson: true }),
      );
      assert.equal(
        (await recipientRows(store.reader, [digest.digest_id])).map(({ address, stop_reason }) => [address, stop_reason]),
        [
          ['ana@example.org', 'unsubscribed'],
          ['ben@example.org', 'removed'],
          ['cy@example.org', null],
        ],
      );
    } finally {
      await server.close();
    }
  }),
);

making('keeps messages of a digest that rests in line until it goes on', () =>
  inPlace(async ({ store, deps, digest, tick, messages }) => {
    const server = await startMailServer();
    try {
      await tick('2026-11-03T07:00:00Z');
      await pauseDigest(store, digest.digest_id, null, { user: admin, now: deps.now() });
      const outbox = testOutbox({ store, mail: mailTo(server.port), now: deps.now });
      await outbox.tick();
      await outbox.idle();
      assert.equal((await messages()).map(({ state }) => state), ['queued', 'queued']); // prettier-ignore
      await resumeDigest(store, digest.digest_id, { user: admin, now: deps.now() });
      await outbox.tick();
      await outbox.idle();
      assert.equal((await messages()).map(({ state }) => state), ['sent', 'sent']); // prettier-ignore
    } finally {
      await server.close();
    }
  }),
);

making('makes a test for one address alone, and says in it what would hold it', () =>
  inPlace(
    async ({ store, deps, digest, messages }) => {
      const issue = await makeTest({ ...deps, now: () => at('2026-11-03T07:00:00Z') }, digest, 'me@example.org', 'admin');
      assert.is(issue.kind, 'test');
      assert.equal((await messages()).map(({ kind, address }) => [kind, address]), [['test', 'me@example.org']]); // prettier-ignore
      const part = await store.reader<DigestPartRow>('digest_part').where({ issue_id: issue.issue_id, name: 'digest.txt' }).first();
      assert.match(
        part?.bytes.toString('utf8').replace(/\s+/g, ' ') ?? '',
        /As things are this would not be sent\. The source “desk” is known until/,
      );
    },
    { through: at('2026-10-30T12:00:00Z') },
  ),
);

making('holds a digest whose filter is misspelt or names a person, and refuses such a configuration as a whole', async () => {
  for (const [filter, reason] of [
    [{ kind: ['complaint'], regoin: ['North'] }, /where\.regoin unknown dimension.*region/],
    [{ kind: ['complaint'], not: { agent: ['agent-7'] } }, /where\.not\.agent a digest tells nothing about a named person/],
  ] as const)
    await inPlace(async ({ store, tick, issues, messages }) => {
      await store.writer<DigestRow>('digest').update({ filter: JSON.stringify(filter) });
      await tick('2026-11-03T07:00:00Z');
      assert.is((await issues())[0]?.state, 'held');
      assert.match((await issues())[0]?.reasons ?? '', reason);
      assert.equal((await messages()).map(({ kind }) => kind), ['alert']); // prettier-ignore
      const config = { name: 'Other', schedule: { every: 'month' as const }, owner: 'admin', recipients: [], until: null, webhook: null };
      const entries = [
        { ...config, where: { kind: ['complaint'] } },
        { ...config, name: 'Wrong', where: filter },
      ];
      const refused = await adoptDigests(store, entries, at('2026-11-03T07:00:00Z')).catch((error: unknown) => error);
      assert.instance(refused, BadInput);
      assert.match((refused as BadInput).problems[0]?.field ?? '', /^digests\[1\]\.where\.(regoin|not\.agent)$/);
      assert.is((await store.reader('digest')).length, 1);
    });
});

for (const [zone, local, dues] of [
  // In New York the day before is not over at half past five in Vienna.
  ['America/New_York', 'Europe/Vienna', ['2026-10-01T03:30:00Z', '2026-11-01T04:30:00Z', '2026-12-01T04:30:00Z', '2027-01-01T04:30:00Z']],
  ['Europe/Vienna', 'Asia/Tokyo', ['2026-09-30T22:00:00Z', '2026-10-31T22:00:00Z', '2026-11-30T22:00:00Z', '2026-12-31T22:00:00Z']],
] as const) {
  making(`tells of every month once where ${zone} is made by the clocks of ${local}`, () =>
    inPlace(
      async ({ deps, digest }) => {
        const periods = await Promise.all(dues.map((due) => periodOf(deps, { ...digest, zone: local }, at(due))));
        assert.equal(periods.map(({ from }) => from), ['2026-09-01', '2026-10-01', '2026-11-01', '2026-12-01']); // prettier-ignore
      },
      { deps: { organisation: { name: 'Test', zone, currency: 'EUR' } } },
    ),
  );
}

making('waits where its period has ended by its own clocks and not yet by those its cases are dated by', () =>
  inPlace(
    async ({ tick, issues, messages }) => {
      await tick('2026-10-31T22:00:00Z');
      assert.match((await issues())[0]?.reasons ?? '', /It is not over yet: October 2026 ends on 31 October 2026, 23:59/);
      assert.equal(await messages(), []);
      await tick('2026-10-31T23:00:00Z');
      assert.equal(
        (await issues()).map(({ from_on, state }) => [from_on, state]),
        [['2026-10-01', 'made']],
      );
    },
    {
      more: { on: 1 as 3, zone: 'Asia/Tokyo' as unknown as null },
      deps: { organisation: { name: 'Test', zone: 'Europe/Vienna', currency: 'EUR' } },
    },
  ),
);

making('makes the quarter that begins with a month it was made of before, and compares neither it nor other cases with that', () =>
  inPlace(async ({ store, digest, tick, issues }) => {
    await tick('2026-11-03T07:00:00Z');
    const { digest_id } = digest;
    const last = (step: 'month' | 'quarter', where: object) =>
      lastContent(store.reader, digest_id, { period: { step, from: '2027-01-01' }, where: parseWhere(where, []) });
    assert.is((await last('month', { not: { issue: ['B', 'A'] }, kind: ['complaint'] })) === null, true);
    assert.is((await last('month', { kind: ['complaint'] }))?.name, 'Board');
    assert.is(await last('quarter', { kind: ['complaint'] }), null);
    const body = { ...october, where: { kind: ['complaint'] }, every: 'quarter' as const, recipients: ['ana@example.org'] };
    await changeDigest(store, digest_id, { ...body, version: 1 }, { user: admin, now: at('2026-11-10T00:00:00Z') });
    await loadRecords(store, [], { source: 'desk', currency: 'EUR', throughAt: at('2027-01-03T06:00:00Z') });
    await tick('2027-01-03T07:00:00Z');
    assert.equal(
      (await issues()).map(({ grain, from_on }) => [grain, from_on]),
      [
        ['month', '2026-10-01'],
        ['quarter', '2026-10-01'],
      ],
    );
  }),
);

making('lets a held one lie once the digest is made by another schedule, is over, or the next is due', async () => {
  const through = at('2026-10-30T12:00:00Z');
  const arrive = (store: Store) => loadRecords(store, [], { source: 'desk', currency: 'EUR', throughAt: at('2027-03-01T06:00:00Z') });
  const states = async (issues: Place['issues']) => (await issues()).map(({ from_on, state }) => [from_on, state]);
  await inPlace(
    async ({ store, digest, tick, issues }) => {
      await tick('2026-11-03T07:00:00Z');
      const body = { ...october, where: { kind: ['complaint'] }, every: 'week' as const, on: 'monday', recipients: [] };
      await changeDigest(store, digest.digest_id, { ...body, version: 1 }, { user: admin, now: at('2026-11-05T00:00:00Z') });
      await arrive(store);
      await tick('2026-11-05T07:00:00Z');
      assert.equal(await states(issues), [['2026-10-01', 'held']]);
    },
    { through },
  );
  await inPlace(
    async ({ store, tick, issues }) => {
      await tick('2026-11-03T07:00:00Z');
      const checked = (await issues())[0]?.checked_at;
      await tick('2026-11-03T07:16:00Z');
      assert.is((await issues())[0]?.checked_at, (checked ?? 0) + 16 * 60);
      await arrive(store);
      await tick('2027-03-01T07:00:00Z');
      assert.equal(await states(issues), [['2026-10-01', 'held']]);
    },
    { through, more: { ends_on: '2026-11-05' as unknown as null } },
  );
});

making('makes nothing of what a digest was before it was changed or paused meanwhile; it is due still', () =>
  inPlace(async ({ store, deps, digest, tick, issues, messages }) => {
    await tick('2026-11-01T07:00:00Z');
    const due = at('2026-11-03T07:00:00Z');
    const body = { ...october, where: { kind: ['compliment'] }, recipients: ['ana@example.org'] };
    const changed = makeIssue(deps, digest, due);
    await changeDigest(store, digest.digest_id, { ...body, version: 1 }, { user: admin, now: due });
    assert.is(await changed, null);
    const now = (await store.reader<DigestRow>('digest').first()) as DigestRow; // it was just changed
    const paused = makeIssue(deps, now, due);
    await pauseDigest(store, digest.digest_id, null, { user: admin, now: due });
    assert.is(await paused, null);
    assert.equal([await issues(), await messages()], [[], []]);
    await resumeDigest(store, digest.digest_id, { user: admin, now: due - 1 });
    await tick('2026-11-03T07:01:00Z');
    const part = await store.reader<DigestPartRow>('digest_part').where({ name: 'content.json' }).first();
    assert.match(part?.bytes.toString('utf8') ?? '', /"audience":"compliments"/);
  }),
);

making('sends no alert of what was sent meanwhile, and nothing old once a newer one is made or it was paused that long', async () => {
  const server = await startMailServer();
  const send = async ({ store, deps }: Place) => {
    const mail = mailTo(server.port);
    const outbox = testOutbox({ store, mail, now: deps.now, ...createOutgoing({ ...deps, env: {} }, mail.from) });
    await outbox.tick();
    await outbox.idle();
  };
  const arrive = (store: Store, when: string) => loadRecords(store, [], { source: 'desk', currency: 'EUR', throughAt: at(when) });
  try {
    await inPlace(
      async (place) => {
        await place.tick('2026-11-03T07:00:00Z');
        await arrive(place.store, '2026-11-03T08:00:00Z');
        await place.tick('2026-11-03T08:30:00Z');
        await send(place);
        assert.equal(
          (await place.messages()).map(({ kind, state, said }) => [kind, state, state === 'stopped' ? said : '']),
          [
            ['alert', 'stopped', 'it was sent meanwhile'],
            ['digest', 'sent', ''],
            ['digest', 'sent', ''],
          ],
        );
      },
      { through: at('2026-10-30T12:00:00Z') },
    );
    await inPlace(async (place) => {
      await place.tick('2026-11-03T07:00:00Z');
      const [old] = await place.issues();
      const newer = {
        ...old,
        issue_id: 'newer',
        from_on: '2026-11-01',
        due_at: at('2026-12-03T07:00:00Z'),
        made_at: at('2026-12-03T07:00:00Z'),
      };
      await place.store.writer<DigestIssueRow>('digest_issue').insert(newer);
      await send(place);
      const states = async () => (await place.messages()).map(({ round, state, said }) => [round, state, said?.slice(0, 20)]);
      const stopped = [1, 'stopped', 'a newer one was made'];
      assert.equal(await states(), [stopped, stopped]);
      // A person may want the old one all the same.
      const [first] = await place.messages();
      await resend(place.store, first?.delivery_id ?? 0, { user: admin, now: at('2026-12-04T07:00:00Z') });
      await place.tick('2026-12-04T07:00:01Z');
      await send(place);
      assert.is((await states()).filter(([round, state]) => round === 2 && state === 'sent').length, 1);
    });
    await inPlace(async (place) => {
      await place.tick('2026-11-03T07:00:00Z');
      const { store, digest, deps } = place;
      await pauseDigest(store, digest.digest_id, null, { user: admin, now: deps.now() });
      await resumeDigest(store, digest.digest_id, { user: admin, now: at('2027-03-20T00:00:00Z') });
      assert.equal((await place.messages()).map(({ state }) => state), ['stopped', 'stopped']); // prettier-ignore
    });
  } finally {
    await server.close();
  }
});

making('keeps who unsubscribed off under a new name until they want it again, and notes who did what', () =>
  inPlace(async ({ store, digest, deps }) => {
    const now = deps.now();
    const entry = {
      name: 'Team', schedule: { every: 'month' as const, on: 3, at: '07:00' }, where: { kind: ['complaint'] }, owner: 'admin',
      recipients: ['cy@example.org', 'dee@example.org'], until: null, webhook: null,
    }; // prettier-ignore
    await adoptDigests(store, [entry], now);
    const before = await store.reader<DigestRow>('digest').where({ name: 'Team' }).first();
    const subscription = { digestId: before?.digest_id ?? 0, address: 'cy@example.org' };
    await unsubscribe(store, subscription, now + 10);
    await adoptDigests(store, [{ ...entry, name: 'Team monthly' }], now + 20);
    const after = await store.reader<DigestRow>('digest').where({ name: 'Team monthly' }).first();
    const reasons = async () => (await recipientRows(store.reader, [after?.digest_id ?? 0])).map(({ stop_reason }) => stop_reason);
    assert.equal(await reasons(), ['unsubscribed', null]);
    await adoptDigests(store, [{ ...entry, name: 'Team monthly' }], now + 30);
    assert.equal(await reasons(), ['unsubscribed', null]);
    assert.is((await subscriptionState(store, subscription)).canReturn, true);
    await resubscribe(store, subscription, now + 40);
    assert.equal(await reasons(), [null, null]);
    await stopMailbox(store, { digest_id: digest.digest_id, address: 'ana@example.org', kind: 'digest' } as DigestDeliveryRow, now + 50); // all it looks at
    await store.writer<DigestRow>('digest').where({ digest_id: digest.digest_id }).update({ owner: 'nobody' });
    await pauseDeparted(store, now + 60);
    await adoptDigests(store, [], now + 70);
    const trail = await store
      .reader('audit_event')
      .where('target', 'like', 'digest %')
      .whereNull('user_id')
      .orderBy('at')
      .select('action', 'target');
    const [one, two, three] = [digest.digest_id, before?.digest_id, after?.digest_id];
    assert.equal(trail.map(({ action, target }: { action: string; target: string }) => `${action} ${target.slice(7)}`), [
      `digest_added ${two}`, `digest_unsubscribed ${two}`, `digest_removed ${two}`, `digest_added ${three}`, `digest_resubscribed ${three}`,
      `digest_recipient_stopped ${one}`, `digest_paused ${one}`, `digest_removed ${three}`,
    ]); // prettier-ignore
  }),
);

making('neither sends, serves nor compares with what is not what was made', () =>
  inPlace(async ({ store, deps, tick, issues, messages }) => {
    await tick('2026-11-03T07:00:00Z');
    const id = (await issues())[0]?.issue_id ?? '';
    assert.is((await issueDetail(store.reader, id)).isWhole, true);
    await store
      .writer<DigestPartRow>('digest_part')
      .where({ issue_id: id, name: 'content.json' })
      .update({ bytes: Buffer.from('{}') });
    const detail = await issueDetail(store.reader, id);
    assert.equal([detail.isWhole, detail.path], [false, null]);
    const refused: unknown = await readPart(store.reader, id, 'content.json').catch((error: unknown) => error);
    assert.match((refused as Error).message, /what is stored as content\.json is not what was sent/);
    const { period, where } = { period: { step: 'month' as const, from: '2026-11-01' }, where: parseWhere({ kind: ['complaint'] }, []) };
    assert.is(await lastContent(store.reader, 1, { period, where }), null);
    const server = await startMailServer();
    const mail = mailTo(server.port);
    const outbox = testOutbox({ store, mail, now: deps.now, ...createOutgoing({ ...deps, env: {} }, mail.from) });
    await outbox.tick();
    await outbox.idle();
    await server.close();
    assert.equal((await messages()).map(({ state }) => state), ['failed', 'failed']); // prettier-ignore
    assert.is(server.received.length, 0);
  }),
);

making.run();
