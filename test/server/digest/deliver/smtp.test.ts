import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SMTPServerOptions } from 'smtp-server';
import { isNoSuchMailbox, type Outcome } from '../../../../server/digest/deliver/outcome.ts';
import { createMailer } from '../../../../server/digest/deliver/smtp.ts';
import { saying, startMailServer, type TestMailServer } from '../../../support/mail-server.ts';
import { mailTo } from '../../../support/outbox.ts';

const smtp = suite('createMailer');
const timings = { connectMs: 30_000, idleMs: 30_000, answerMs: 30_000 };
const envelope = { from: 'silverlining@example.org', to: 'ana@example.org' };
const bytes = Buffer.from('Subject: Digest\r\n\r\nHello\r\n.\r\n..dots\r\n');
const nothing = () => Promise.resolve();
let server: TestMailServer | null = null;
smtp.after.each(async () => {
  await server?.close();
  server = null;
});

const knowing: SMTPServerOptions = {
  authOptional: false,
  onAuth(auth, session, callback) {
    if (auth.username !== 'robot' || auth.password !== 'hunter2') return callback(saying(535, '5.7.8 wrong name or password'));
    callback(null, { user: `robot ${session.secure ? 'encrypted' : 'in the clear'}` });
  },
};
const signedIn = (port: number) => ({ ...mailTo(port), user: 'robot', password: 'hunter2' });

smtp('hands the message over as it is, after it was noted', async () => {
  server = await startMailServer();
  const mailer = createMailer(mailTo(server.port), timings);
  let before = -1;
  const outcome = await mailer.deliver(envelope, bytes, () => Promise.resolve(void (before = server?.received.length ?? -1)));
  assert.equal(outcome, { kind: 'accepted', answer: '250 taken' });
  assert.is(before, 0);
  assert.equal(server.received[0]?.raw, bytes);
  await mailer.leave();
});

for (const [what, options, secure] of [
  ['by STARTTLS where the server offers it', { disabledCommands: [] }, false],
  ['from the first byte of smtps', { secure: true }, true],
] as const) {
  smtp(`encrypts ${what}`, async () => {
    const seen: unknown[] = [];
    server = await startMailServer({
      options: {
        ...knowing,
        ...options,
        disabledCommands: [],
        onMailFrom: (_address, session, callback) => (seen.push([session.secure, session.user]), callback()),
      },
    });
    const mailer = createMailer({ ...signedIn(server.port), secure }, timings);
    assert.is((await mailer.deliver(envelope, bytes, nothing)).kind, 'accepted');
    assert.equal(seen, [[true, 'robot encrypted']]);
    await mailer.leave();
  });
}

smtp('tells no password over a network that anybody can listen to', async () => {
  server = await startMailServer({ options: { ...knowing, allowInsecureAuth: true } });
  // The same machine under a name that does not say so.
  const mailer = createMailer({ ...signedIn(server.port), host: '127.1' }, timings);
  const outcome = await mailer.deliver(envelope, bytes, nothing);
  assert.is(outcome.kind, 'notReached');
  assert.is(server.received.length, 0);
});

smtp('tries again later where the server does not know us, in its words and without the password', async () => {
  server = await startMailServer({ options: { ...knowing, allowInsecureAuth: true } });
  const mailer = createMailer({ ...signedIn(server.port), password: 'hunter3' }, timings);
  const outcome = await mailer.deliver(envelope, bytes, nothing);
  assert.is(outcome.kind === 'notReached' && outcome.isServerAway, true);
  assert.match(JSON.stringify(outcome), '535 5.7.8 wrong name or password');
  assert.not.match(JSON.stringify(outcome), 'hunter');
});

smtp('sends nothing that could not be noted, and goes on with the next', async () => {
  server = await startMailServer();
  const mailer = createMailer(mailTo(server.port), timings);
  const outcome = await mailer.deliver(envelope, bytes, () => Promise.reject(new Error('taken over')));
  assert.equal(outcome, { kind: 'notReached', why: 'taken over', isServerAway: false });
  assert.is((await mailer.deliver(envelope, bytes, nothing)).kind, 'accepted');
  assert.is(server.received.length, 1);
  await mailer.leave();
});

smtp('notes once and before it says what became of it, also where noting takes longer than the server waits', async () => {
  server = await startMailServer();
  const mailer = createMailer(mailTo(server.port), { ...timings, idleMs: 1_000 });
  let isNoted = 0;
  const outcome = await mailer.deliver(
    envelope,
    bytes,
    () => new Promise((resolve) => setTimeout(() => resolve(void (isNoted += 1)), 2_000)),
  );
  assert.is(outcome.kind, 'notReached');
  assert.is(isNoted, 1);
  assert.is(server.received.length, 0);
});

smtp('does not ask a server about what it cannot be told, or has said to be too large', async () => {
  server = await startMailServer({ options: { size: 1_000 } });
  const mailer = createMailer(mailTo(server.port), timings);
  const odd = await mailer.deliver({ ...envelope, to: 'ana@example.org>\r\nRCPT TO:<eve@example.org' }, bytes, nothing);
  assert.is(odd.kind === 'refused' && odd.isPermanent, true);
  const large = await mailer.deliver(envelope, Buffer.alloc(2_000, 'x'), nothing);
  assert.equal(large, { kind: 'refused', code: null, answer: 'Message size larger than allowed 1000', isPermanent: true });
  assert.is((await mailer.deliver(envelope, bytes, nothing)).kind, 'accepted');
  assert.equal([...server.counts()], [['ana@example.org', 1]]);
  await mailer.leave();
});

for (const [answer, expected] of [
  ['550 5.1.1 no such user', true],
  ['550 5.1.10 the domain takes no mail', true],
  ['553 5.1.1 who?', true],
  ['550 User unknown', true],
  ['550 No such mailbox here', true],
  ['550 the mailbox does not exist', true],
  ['550 5.7.1 user unknown to this policy', false],
  ['550 relaying denied', false],
  ['552 5.2.2 mailbox full', false],
  ['554 user unknown', false],
  ['550 Sender address rejected: domain not found', false],
  ['550 5.1.8 Sender address rejected: Domain not found', false],
  ['550 relaying denied: address unknown', false],
] as const) {
  smtp(`takes "${answer}" for ${expected ? 'no such mailbox' : 'something else'}`, () => {
    const refused = { kind: 'refused', code: Number(answer.slice(0, 3)), answer, isPermanent: true } as const;
    const outcome = (isPermanent: boolean): Outcome => ({ ...refused, isPermanent, to: 'recipient' });
    assert.is(isNoSuchMailbox(outcome(true)), expected);
    assert.is(isNoSuchMailbox(outcome(false)), false);
    assert.is(isNoSuchMailbox(refused), false, 'it is no answer to the recipient');
  });
}

smtp.run();
