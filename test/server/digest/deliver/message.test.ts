import { simpleParser } from 'mailparser';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { alertMessage, digestMessage, type DigestMessage } from '../../../../server/digest/deliver/message.ts';

const messages = suite('the message of a digest');
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const given: DigestMessage = {
  from: { name: 'Beschwerden, Team Süd', address: 'silverlining@example.org' },
  to: 'ana@example.org',
  messageId: '<0123456789abcdef@silverlining>',
  madeAt: Date.UTC(2026, 10, 2, 7) / 1000,
  issueId: 'issue-1',
  subject: 'Späte Lieferungen – October 2026: 13% fewer than before',
  html: '<p>Grüße <img src="cid:trend.png@silverlining" alt="Trend"></p>',
  text: 'Grüße\n.\nFrom here on\n',
  parts: [
    { name: 'content.json', type: 'application/json', bytes: Buffer.from('{}') },
    { name: 'digest.html', type: 'text/html', bytes: Buffer.from('<p>') },
    { name: 'digest.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.7 …') },
    { name: 'trend.png', type: 'image/png', bytes: png },
    { name: 'unused.png', type: 'image/png', bytes: png },
  ],
  name: 'Späte Lieferungen / Nord',
  period: { step: 'month', from: '2026-10-01' },
  unsubscribeUrl: 'https://silverlining.example.org/unsubscribe/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
};

/** Content types of a message as they are nested. */
function tree(raw: Buffer): string {
  const text = raw.toString('latin1');
  const type = /^content-type: ([\w/-]+)/im.exec(text)?.[1] ?? '';
  const boundary = type.startsWith('multipart/') ? /boundary="([^"]+)"/i.exec(text)?.[1] : undefined;
  if (boundary === undefined) return type;
  const inner = text.split(`--${boundary}`).slice(1, -1).map((part) => tree(Buffer.from(part.trimStart(), 'latin1'))); // prettier-ignore
  return `${type}(${inner.join(' ')})`;
}

function headersOf(raw: Buffer): string[] {
  return raw.toString('latin1').split('\r\n\r\n')[0]?.replace(/\r\n[ \t]+/g, ' ').split('\r\n') ?? []; // prettier-ignore
}

messages('has a text, HTML with its pictures within, and a PDF beside them', async () => {
  const raw = await digestMessage(given);
  assert.is(tree(raw), 'multipart/mixed(multipart/alternative(text/plain multipart/related(text/html image/png)) application/pdf)');
  const mail = await simpleParser(raw, { keepCidLinks: true });
  assert.is(mail.subject, given.subject);
  assert.equal(mail.from?.value, [given.from]);
  assert.is(mail.text, given.text);
  assert.match(String(mail.html), '<p>Grüße <img src="cid:trend.png@silverlining" alt="Trend"></p>');
  assert.is(mail.messageId, given.messageId);
  assert.equal(mail.date, new Date('2026-11-02T07:00:00Z'));
  assert.equal(
    mail.attachments.map((part) => [part.filename, part.contentType, part.contentDisposition, part.cid]),
    [
      ['trend.png', 'image/png', 'inline', 'trend.png@silverlining'],
      ['spate-lieferungen-nord-2026-10.pdf', 'application/pdf', 'attachment', undefined],
    ],
  );
  assert.equal(mail.attachments[0]?.content, png);
});

messages('lets a mail program unsubscribe with one click, where there is something to unsubscribe from', async () => {
  const headers = headersOf(await digestMessage(given));
  assert.ok(headers.includes(`List-Unsubscribe: <${given.unsubscribeUrl}>`), headers.join('\n'));
  assert.ok(headers.includes('List-Unsubscribe-Post: List-Unsubscribe=One-Click'));
  assert.ok(headers.includes('Auto-Submitted: auto-generated'));
  assert.ok(headers.includes('X-Silverlining-Digest: issue-1'));
  const without = headersOf(await digestMessage({ ...given, unsubscribeUrl: null }));
  assert.is(without.some((header) => header.startsWith('List-')), false); // prettier-ignore
});

messages('is the same whenever it is made', async () => {
  assert.equal(await digestMessage(given), await digestMessage(given));
  const other = await digestMessage({ ...given, messageId: '<other@silverlining>' });
  assert.not.equal(/boundary="[^"]+"/.exec(other.toString('latin1'))?.[0], /boundary="[^"]+"/.exec((await digestMessage(given)).toString('latin1'))?.[0]); // prettier-ignore
});

for (const [step, from, expected] of [
  ['week', '2026-11-09', 'week-of-2026-11-09'],
  ['month', '2026-10-01', '2026-10'],
  ['quarter', '2026-10-01', '2026-q4'],
] as const) {
  messages(`names the PDF of a ${step} after it`, async () => {
    const mail = await simpleParser(await digestMessage({ ...given, name: '!?', period: { step, from } }));
    assert.is(mail.attachments.at(-1)?.filename, `digest-${expected}.pdf`);
  });
}

const evil = 'x\r\nBcc: eve@example.org\r\n\r\n<b>hi</b>\u2028\0';
for (const [what, change] of [
  ['subject', { subject: evil }],
  ['name of the sender', { from: { ...given.from, name: evil } }],
  ['address of the sender', { from: { name: 'x', address: `silverlining@example.org${evil}` } }],
  ['recipient', { to: `ana@example.org${evil}` }],
  ['recipient with a second one', { to: 'ana@example.org, eve@example.org' }],
  ['name of the digest', { name: evil }],
  ['name of a picture', { html: `<img src="cid:${evil}@silverlining">`, parts: [{ name: evil, type: 'image/png', bytes: png }] }],
  ['issue', { issueId: evil }],
  ['message id', { messageId: `<x@silverlining>${evil}` }],
  ['address to unsubscribe', { unsubscribeUrl: `https://example.org/${evil}` }],
] as const) {
  messages(`takes no header from the ${what}`, async () => {
    const raw = await digestMessage({ ...given, ...change });
    const names = (of: Buffer) => headersOf(of).map((header) => header.split(':')[0]).sort(); // prettier-ignore
    assert.equal(names(raw), names(await digestMessage(given)));
    const mail = await simpleParser(raw);
    assert.is(mail.bcc, undefined);
    for (const part of mail.attachments) assert.is(part.headers.has('bcc'), false);
    assert.is([mail.to].flat().flatMap((to) => to?.value ?? []).length <= 1, true); // prettier-ignore
  });
}

messages('to the owner says that nothing was sent, why and what to do', async () => {
  const raw = await alertMessage({
    ...given,
    name: 'North & South',
    period: 'October 2026',
    reasons: ['helpdesk was last read on 28 Oct', '3 cases <more> than the source says'],
    publicUrl: 'https://silverlining.example.org',
  });
  assert.is(tree(raw), 'multipart/alternative(text/plain text/html)');
  const mail = await simpleParser(raw);
  assert.is(mail.subject, 'Not sent: North & South, October 2026');
  assert.match(mail.text ?? '', '- helpdesk was last read on 28 Oct\n- 3 cases <more> than the source says\n');
  assert.match(mail.text ?? '', 'https://silverlining.example.org/digests/issue-1');
  assert.match(String(mail.html), '<li>3 cases &lt;more&gt; than the source says</li>');
  assert.match(String(mail.html), '<a href="https://silverlining.example.org/digests/issue-1">');
});

messages.run();
