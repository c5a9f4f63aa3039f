import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { httpOptions, resolvedHttpOptions } from '../../../../etl/connectors/http/options.ts';

const options = suite('options of http-json');
const url = 'https://desk.example.org/api/cases';
const messages = (given: object): string[] => (httpOptions.safeParse({ url, ...given }).error?.issues ?? []).flatMap((issue) =>
  issue.code === 'invalid_key' ? issue.issues.map((each) => each.message) : [issue.message],
); // prettier-ignore

options('have defaults for everything but the address', () => {
  const parsed = resolvedHttpOptions.parse({ url });
  assert.equal([parsed.method, parsed.paging, parsed.timeout_seconds, parsed.max_page_mb], ['GET', { kind: 'none' }, 60, 32]);
});

options('take secrets only by reference, and none in an address or a plain header', () => {
  assert.equal(messages({ auth: { bearer: '${DESK_TOKEN}' } }), []);
  assert.is(messages({ auth: { bearer: 'abc' } }).length > 0, true);
  const howTo = 'is a secret: write ${NAME} here and put the value into the environment variable NAME';
  for (const name of [
    'token',
    'api_key',
    'apiKey',
    'access_token',
    'Password',
    'client_secret',
    'sig',
    'X-Amz-Signature',
    'x-functions-key',
  ]) {
    for (const place of ['query', 'headers', 'body']) {
      assert.equal(messages({ [place]: { [name]: 'abc' } }), [howTo], `${place} ${name}`);
      assert.equal(messages({ [place]: { [name]: '${DESK_KEY}' } }), [], `${place} ${name}`);
    }
    assert.equal(messages({ details: [{ url: 'x', prefix: 'd', columns: ['id'], query: { [name]: ['abc'] } }] }), [howTo]);
    assert.match(
      messages({ url: `${url}?a=1&${name}=abc` })[0] ?? '',
      `holds a secret in "${name}": write it under \`query\` as ${name}: \${NAME}`,
    );
  }
  assert.equal(messages({ body: { filter: [{ auth: { token: 'abc' } }] } }), [howTo]);
  for (const name of ['page_token', 'nextToken', 'author', 'tokens', 'sort_key', 'key', 'X-Tenant', 'design'])
    assert.equal(
      messages({ query: { [name]: 'abc' }, headers: { [name]: 'abc' }, body: { [name]: 'abc' }, url: `${url}?${name}=abc` }),
      [],
    );
  assert.equal(messages({ paging: { kind: 'keyset', next: { token: '{last.token}' } } }), []);
  assert.match(messages({ query: { team: '${TEAM}' } })[0] ?? '', /^takes no \$\{NAME\} of the environment/);
  assert.equal(messages({ headers: { Cookie: 'abc' } }), ['is not for `headers`; what signs us in belongs into `auth`']);
  for (const wrong of ['https://me:pw@desk.example.org/', 'ftp://desk.example.org/', 'desk.example.org'])
    assert.match(messages({ url: wrong })[0] ?? '', /expected an address as https:/);
});

options('refuse what they do not know', () => {
  assert.is(messages({ pagin: {} }).length, 1);
  assert.is(messages({ paging: { kind: 'pages' } }).length, 1);
  assert.is(messages({ incremental: { column: 'at', start: '2025-02-30' } }).length, 1);
});

options.run();
