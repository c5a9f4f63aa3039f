// one run: no file and no header comes out of the store but names, which both keep alike
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import { makeLink } from '../../../server/auth/links.ts';
import { fileName } from '../../../server/digest/deliver/message.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const files = suite('files, names and headers');
let server: TestServer;
let dir = '';
/** Begins with each sign that a spreadsheet could take for a formula. */
const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '＋1', '－1', '＠a', "=cmd|' /C calc'!A0", '"=1'];
files.before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-files-'));
  const clientDir = path.join(dir, 'dist');
  await mkdir(path.join(clientDir, 'assets'), { recursive: true });
  await writeFile(path.join(clientDir, 'index.html'), '<!doctype html><title>page of the client</title>');
  await writeFile(path.join(clientDir, 'assets/app.js'), 'export const app = 1;');
  await writeFile(path.join(clientDir, '.hidden'), 'SECRET');
  await writeFile(path.join(dir, 'secret.txt'), 'SECRET');
  await writeFile(path.join(dir, 'dist-secret.txt'), 'SECRET');
  server = await startServer({ clientDir });
  const record = (issue: string, i: number): CaseRecord => ({
    source_id: issue, kind: 'complaint', issue, team: issue, agent: issue, company: issue, product: issue, received_at: Date.UTC(2026, 0, 5 + i) / 1000,
  }); // prettier-ignore
  await loadRecords(server.store, formulas.map(record), { source: 'desk' });
});
files.after(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

/** Sends a request line as it stands, which no client would; and reads all of the answer. */
async function raw(target: string, cookie = server.cookie): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${target} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncookie: ${cookie}\r\naccept: */*\r\nconnection: close\r\n\r\n`);
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  await once(socket, 'close');
  return text;
}

files('are served from the folder of the client only, however they are asked for', async () => {
  assert.match(await raw('/assets/app.js'), /^HTTP\/1.1 200 /);
  const outside = ['secret.txt', 'dist-secret.txt', 'dist/.hidden'];
  const ways = [
    '/../', '/..%2f', '/..%2F', '/%2e%2e/', '/%2e%2e%2f', '/assets/../../', '/assets/..%2f..%2f', '/assets/%2e%2e/%2e%2e/', '/assets/..%5c..%5c', '/..\\',
    '/..%c0%af', '/..%252f', '/....//', '//', '/./../', '/assets/%00/../../', '/..;/', `${dir}/`, `/assets/${dir}/`, `/%2f${dir}/`, `file://${dir}/`,
    `http://127.0.0.1${dir}/`, '/-',
  ]; // prettier-ignore
  for (const way of ways)
    for (const file of outside)
      for (const target of [`${way}${file}`, `${way}${file}%00`, `${way}${file}%00.js`, `${way}${file}/`]) {
        const answer = await raw(target);
        assert.not.match(answer, 'SECRET', target);
        assert.match(answer, /^HTTP\/1.1 [34]\d\d /, target);
        if (!target.includes(dir)) assert.not.match(answer, dir, `${target} says where the files are`);
      }
  assert.not.match(await raw('/.hidden'), 'SECRET');
});

files('of a digest are found by their exact names among those it has', async () => {
  for (const name of ['..%2f..%2fetc%2fpasswd', '%2fetc%2fpasswd', 'digest.html%00', '__proto__', 'constructor'])
    for (const target of [`/api/digest-issues/1/parts/${name}`, `/api/digest-issues/${name}`, `/api/digest-issues/${name}/html`])
      assert.match(await raw(target), /^HTTP\/1.1 4\d\d /, target);
});

files('are named without what could end a header or leave a folder', () => {
  const odd = ['a\r\nX-Injected: 1', '../../etc/passwd', 'a"; filename="b', 'a\u0000b', '‮txt.exe', 'ü/ö\\ä'];
  for (const name of odd) {
    const named = fileName({ name, period: { step: 'week', from: '2026-01-05' } });
    assert.match(named, /^[\p{L}\p{N} ._-]+$/u, JSON.stringify(named));
    assert.not.match(named, '..');
  }
});

files('put nothing of a request into a header of the answer', async () => {
  const ends = [
    '%0d%0aX-Injected:%201',
    '%0aX-Injected:%201',
    '%0d%20X-Injected:%201',
    '%E5%98%8D%E5%98%8AX-Injected:%201',
    '%c2%85X-Injected:%201',
  ];
  const query = encodeURIComponent(JSON.stringify({ measures: ['received'], from: '2026-01-01', to: '2026-01-31' }));
  for (const end of ends) {
    for (const target of [
      `/api/query?format=csv&name=a${end}&q=${query}`,
      `/sign-in?next=/cases${end}`,
      `/cases${end}`,
      `/favicon.ico${end}`,
      `/${end}`,
      `/api/digest-issues/a${end}/parts/b${end}`,
    ])
      for (const cookie of [server.cookie, '']) {
        const [head = ''] = (await raw(target, cookie)).split('\r\n\r\n');
        assert.not.match(head, /^x-injected/im, target);
      }
  }
});

files('lead nobody to another site after signing in, or to a script', async () => {
  const wrong = [
    '//evil.example', '///evil.example', '/\\evil.example', '\\\\evil.example', 'https://evil.example', 'https:evil.example', 'javascript:alert(1)',
    'data:text/html,x', '/\t/evil.example', '/\n/evil.example', ' //evil.example', '/%0d%0aLocation: //evil.example', '/.//evil.example', '/..//evil.example',
    '@evil.example', '.evil.example', '/sign-out', '/api/meta',
  ]; // prettier-ignore
  const none = { cookie: '' };
  for (const next of wrong) {
    for (const cookie of ['', `silverlining_next=${encodeURIComponent(next)}`, `silverlining_next=${next.replace(/[\r\n\t ]/g, '')}`]) {
      const page = await server.send('GET', `/sign-in?next=${encodeURIComponent(next)}`, undefined, none);
      const kept = page.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
      const token = await makeLink(server.store, { name: 'admin', now: server.deps.now() });
      const response = await server.send('POST', '/sign-in', { token }, { cookie: cookie || kept });
      const { next: led } = (await response.json()) as { next: string };
      // As a browser reads it.
      const { origin, pathname } = new URL(led, 'https://silverlining.example');
      assert.is(origin, 'https://silverlining.example', JSON.stringify(next));
      assert.not.match(pathname, /^\/\/|^\/(api|sign-out)\b/, `${JSON.stringify(next)} leads to ${led}`);
    }
    const sent = await server.send('GET', `/${encodeURIComponent(next)}`, undefined, { ...none, accept: 'text/html' });
    const place = new URL(sent.headers.get('location') ?? '/', server.url);
    assert.is(place.origin, server.url);
  }
  for (const target of ['//evil.example/x', '/\\evil.example', '///evil.example']) {
    const place = /^location: (.*)$/im.exec(await raw(target, ''))?.[1]?.trim() ?? '/';
    assert.is(new URL(place, server.url).origin, server.url, `${target} leads to ${place}`);
  }
});

files('of figures and cases hold no formula', async () => {
  const query = { measures: ['received'], by: ['issue'], from: '2026-01-01', to: '2026-02-28' };
  const drill = { measure: 'received', query: { ...query, by: [] }, key: {} };
  const inAddress = (value: object) => encodeURIComponent(JSON.stringify(value));
  const answers = [
    await server.send('POST', '/api/query', { queries: [query] }, { accept: 'text/csv' }),
    await server.send('GET', `/api/query?format=csv&q=${inAddress(query)}`),
    await server.send('GET', `/api/query?format=csv&name=x&q=${inAddress({ ...query, by: ['team', 'agent'] })}`),
    await server.send('GET', `/api/cases.csv?q=${inAddress(drill)}`),
  ];
  for (const answer of answers) {
    assert.is(answer.status, 200, answer.url);
    assert.match(answer.headers.get('content-type') ?? '', 'text/csv');
    const cells = cellsOf((await answer.text()).replace(/^\ufeff/, ''));
    const texts = cells.flat().filter((cell) => cell !== '' && !/^-?\d+(\.\d+)?$/.test(cell));
    assert.equal(
      texts.filter((cell) => /^[\s"]*[=+\-@\t\r＝＋－＠]/.test(cell) && !cell.startsWith('"=1')),
      [],
    );
    const guarded = texts.filter((cell) => cell.startsWith("'"));
    assert.ok(guarded.length >= formulas.length - 3, `${answer.url}: ${JSON.stringify(guarded)}`);
  }
});

/** RFC 4180, read by a second hand: fields of every line. */
function cellsOf(text: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain = '', end = ''] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    lines.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') lines.push([]);
  }
  return lines;
}

files.run();
