import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { usableMail } from '../../../../server/digest/deliver/usable-mail.ts';
import { mailTo } from '../../../support/outbox.ts';

const usable = suite('mail');
const remote = { ...mailTo(587), host: 'mail.example.org' };
const publicUrl = 'https://silverlining.example.org';

for (const [name, given, why] of [
  ['needs a server', { mail: null, publicUrl, host: '127.0.0.1' }, /SMTP_URL/],
  [
    'waits where its links would lead to the reader’s own machine',
    { mail: remote, publicUrl: null, host: '127.0.0.1' },
    /SILVERLINING_URL/,
  ],
  ['waits where it is listened on every address and none is named', { mail: remote, publicUrl: null, host: '0.0.0.0' }, /SILVERLINING_URL/],
  ['is sent where people are told an address', { mail: remote, publicUrl, host: '127.0.0.1' }, null],
  ['is sent where the address listened on is one for others', { mail: remote, publicUrl: null, host: '192.0.2.7' }, null],
  ['is sent to a server on this machine, for a trial', { mail: mailTo(2525), publicUrl: null, host: '127.0.0.1' }, null],
] as const) {
  usable(name, () => {
    const found = usableMail(given);
    assert.is(found.settings, why ? null : given.mail);
    if (why) assert.match(found.why ?? '', why);
    else assert.is(found.why, null);
  });
}

usable.run();
