import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startServer, type TestServer } from '../support/server.ts';

const app = suite('app');
let server: TestServer;
app.before(async () => void (server = await startServer()));
app.after(() => server.close());

app('answers /healthz without a session and says no more than that it is up', async () => {
  const response = await server.send('GET', '/healthz', undefined, { cookie: '' });
  assert.is(response.status, 200);
  assert.equal(await response.json(), { status: 'ok' });
});

app('sends the strict content security policy on every answer', async () => {
  for (const path of ['/healthz', '/sign-in', '/api/nothing']) {
    const response = await server.send('GET', path, undefined, { cookie: '' });
    assert.is(
      response.headers.get('content-security-policy'),
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    );
    assert.is(response.headers.get('x-content-type-options'), 'nosniff');
    assert.is(response.headers.get('x-powered-by'), null);
  }
});

app.run();
