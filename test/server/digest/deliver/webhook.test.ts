import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { transact } from '../../../../etl/store/transact.ts';
import { listDeliveries, queueDeliveries } from '../../../../server/digest/deliver/deliveries.ts';
import type { Outcome } from '../../../../server/digest/deliver/outcome.ts';
import { postWebhook, slackBody, teamsBody } from '../../../../server/digest/deliver/webhook.ts';
import { allDeliveries, testOutbox } from '../../../support/outbox.ts';
import { tempStore } from '../../../support/store.ts';

const webhooks = suite('a message to a channel');
const now = Date.UTC(2026, 10, 2, 7) / 1000;
const told = {
  headline: 'Late deliveries <rose> & fell',
  url: 'https://silverlining.example.org/digests/issue-1?a=1&b=2',
  name: 'North | South',
  period: 'October 2026',
};
let server: Server;
let requests: { path: string; type: string; body: string }[];
let answer: (req: IncomingMessage, res: ServerResponse) => void;
webhooks.before.each(async () => {
  requests = [];
  server = createServer((req, res) => {
    let body = '';
    req.on('data', (part: Buffer) => (body += part.toString()));
    req.on('end', () => {
      requests.push({ path: req.url ?? '', type: req.headers['content-type'] ?? '', body });
      answer(req, res);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
webhooks.after.each(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const address = (path = '/hook/s3cret') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`; // it listens
const nothing = () => Promise.resolve();
const post = (url = address(), onHandover = nothing, timeoutMs = 30_000): Promise<Outcome> =>
  postWebhook({ url, body: { text: 'grüezi' } }, onHandover, { timeoutMs, now: () => now });
const answering = (status: number, text: string, headers: Record<string, string> = {}) => {
  answer = (_req, res) => void res.writeHead(status, headers).end(text);
};

webhooks('is posted as JSON once, after it was noted', async () => {
  answering(200, 'ok');
  const seen: number[] = [];
  const outcome = await post(address(), () => Promise.resolve(void seen.push(requests.length)));
  assert.equal(outcome, { kind: 'accepted', answer: '200 OK' });
  assert.equal(requests, [{ path: '/hook/s3cret', type: 'application/json', body: '{"text":"grüezi"}' }]);
  assert.equal(seen, [0]);
});

for (const [status, headers, expected] of [
  [400, {}, { isPermanent: true }],
  [404, {}, { isPermanent: true }],
  [410, { 'retry-after': 'soon' }, { isPermanent: true }],
  [408, {}, { isPermanent: false }],
  [429, { 'retry-after': '120' }, { isPermanent: false, retryAfterSeconds: 120 }],
  [500, {}, { isPermanent: false }],
  [503, { 'retry-after': 'Mon, 02 Nov 2026 07:10:00 GMT' }, { isPermanent: false, retryAfterSeconds: 600 }],
  [503, { 'retry-after': '9999999' }, { isPermanent: false, retryAfterSeconds: 86_400 }],
  [503, { 'retry-after': 'Mon, 02 Nov 2026 06:00:00 GMT' }, { isPermanent: false }],
] as [number, Record<string, string>, object][]) {
  webhooks(`that is answered ${[status, ...Object.values(headers)].join(', ')} is refused`, async () => {
    answering(status, `Cannot POST ${new URL(address()).pathname}`, headers);
    assert.equal(await post(), { kind: 'refused', code: status, answer: `${status} ${STATUS_CODES[status]}`, ...expected });
  });
}

webhooks('does not follow where it is sent on', async () => {
  answering(307, '', { location: address('/elsewhere') });
  const outcome = await post();
  assert.equal(outcome, {
    kind: 'refused',
    code: 307,
    answer: '307: the address leads elsewhere, which is not followed',
    isPermanent: true,
  });
  assert.is(requests.length, 1);
});

webhooks('that is not answered, or whose connection ends before the answer, may have arrived', async () => {
  answer = () => undefined;
  assert.equal(await post(address(), nothing, 300), { kind: 'unknown', why: 'it took too long to answer' });
  answer = (req) => void req.socket.destroy();
  assert.is((await post()).kind, 'unknown');
  assert.is(requests.length, 2);
});

webhooks('is answered by its status, however the words end', async () => {
  answer = (_req, res) => void res.writeHead(200, { 'content-length': '100' }).write('o');
  assert.equal(await post(address(), nothing, 1_000), { kind: 'accepted', answer: '200 OK' });
});

webhooks('that reaches nobody has not arrived', async () => {
  const gone = address();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  let isNoted = false;
  const outcome = await post(gone, () => Promise.resolve(void (isNoted = true)));
  assert.is(outcome.kind, 'notReached');
  assert.not.match(JSON.stringify(outcome), 's3cret');
  assert.is(isNoted, false);
  server = createServer().listen(0, '127.0.0.1');
});

webhooks('does not leave when it cannot be noted', async () => {
  answering(200, 'ok');
  const outcome = await post(address(), () => Promise.reject(new Error('taken over')));
  assert.equal(outcome, { kind: 'notReached', why: 'taken over', isServerAway: false });
  assert.equal(requests, []);
});

webhooks('waits for a handshake as long as for all of it', async () => {
  const silent = createTcpServer((socket) => void socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  // It is no TLS server and says nothing.
  const outcome = await post(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`, nothing, 300);
  assert.equal(outcome, { kind: 'notReached', why: 'it took too long to answer', isServerAway: false });
  await new Promise((resolve) => silent.close(resolve));
});

for (const url of ['http://hooks.example.org/x', 'ftp://127.0.0.1/x', 'hooks.example.org', 'http://127.0.0.1.example.org/', '']) {
  webhooks(`does not go to "${url}"`, async () => {
    const outcome = await post(url);
    assert.equal(outcome, {
      kind: 'refused',
      code: null,
      answer: 'the address of the webhook is not an https:// address',
      isPermanent: true,
    });
  });
}

webhooks('is a link and a sentence in Slack', () => {
  assert.equal(slackBody(told), {
    text: '*<https://silverlining.example.org/digests/issue-1?a=1&amp;b=2|North ¦ South, October 2026>*\nLate deliveries &lt;rose&gt; &amp; fell',
  });
});

webhooks('is a card in Teams', () => {
  assert.equal(teamsBody({ ...told, headline: '[x](https://evil.example.org) *rose*' }), {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', text: 'North | South, October 2026', wrap: true, weight: 'Bolder', size: 'Medium' },
            { type: 'TextBlock', text: '\\[x\\]\\(https://evil.example.org\\) \\*rose\\*', wrap: true },
          ],
          actions: [{ type: 'Action.OpenUrl', title: 'Open the digest', url: told.url }],
        },
      },
    ],
  });
});

webhooks('goes through the outbox, also where mail is not set up', async () => {
  const temp = await tempStore();
  try {
    let clock = now;
    const { store } = temp;
    await store.writer('digest').insert({
      digest_id: 1, name: 'North', origin: 'page', filter: '{}', every: 'month', at: '07:00', owner: 'Ana', created_by: 'Ana', created_at: 0, since_at: 0, webhook_kind: 'slack',
    }); // prettier-ignore
    const wanted = [1, 2].map((n) => ({ issue_id: `issue-${n}`, digest_id: 1, kind: 'webhook' as const, address: 'webhook' }));
    await transact(store, (trx) => queueDeliveries(trx, wanted, { askedBy: 'schedule', now }));
    const webhookOf = ({ issue_id }: { issue_id: string }) =>
      Promise.resolve(issue_id === 'issue-1' ? { url: address(), body: slackBody(told) } : null);
    const box = testOutbox({ store, mail: null, now: () => clock, random: () => 0, webhookOf });
    answering(429, 'slow down', { 'retry-after': '90' });
    await box.tick();
    await box.idle();
    const [first, second] = await allDeliveries(store);
    assert.equal([first?.state, first?.said, first?.next_at], ['queued', '429 Too Many Requests', now + 90]);
    assert.equal([second?.state, second?.said], ['stopped', 'there is no webhook any more']);
    answering(200, 'ok');
    clock += 90;
    await box.tick();
    await box.idle();
    const [sent] = await listDeliveries(store.reader, 'issue-1');
    assert.equal([sent?.state, sent?.address, sent?.attempts, sent?.said], ['sent', 'Slack', 2, '200 OK']);
    assert.is(requests.length, 2);
  } finally {
    await temp.close();
  }
});

webhooks.run();
