// time limit: 300 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const coaching = suite('coaching in a browser');
let server: TestServer;
let bare: TestServer;
let browser: Browser;

const day = 86_400;
const newest = Date.parse('2026-11-20T10:00:00Z') / 1000;
const teams = ['Aix', 'Bonn', 'Cork', 'Dole', 'Edam', 'Fano', 'Gent', 'Hull', 'Ivry', 'Jena', 'Kiel', 'Lens'];
const themes = ['Holds', 'Listening', 'Recording', 'Tone'];

// 80 complaints a team: four agents, three in twenty of each down to behaviour, of one of four themes; in Hull three times as many holds.
const records: CaseRecord[] = teams.flatMap((team, t) =>
  Array.from({ length: 80 }, (_, i): CaseRecord => {
    const received_at = newest - (50 + i * 2) * day;
    const resolved_at = received_at + (2 + ((i * 7 + t) % 12)) * day;
    const isHeld = team === 'Hull' && i % 4 === 1;
    const theme = isHeld ? 'Holds' : i % 5 === 0 ? themes[(i / 5 + t) % 4] : undefined;
    return {
      source_id: `${team}-${i}`, kind: 'complaint', received_at, resolved_at, due_at: received_at + 10 * day, team, agent: `${team} ${1 + (i % 4)}`,
      issue: i % 2 ? 'Late delivery' : 'Wrong bill', channel: 'phone', severity: i % 3 ? 'low' : 'high', title: `Case ${i} of ${team}`,
      first_resolved_at: resolved_at, controllability: theme ? 'agent behaviour' : 'product', ...(theme && { theme }),
      ...(i % 5 === 3 && { reassign_count: 1 + (i % 2) }),
      surveys: [{ kind: 'csat', scale: '1-5', asked_at: resolved_at, answered_at: resolved_at + day, score: 1 + ((i + t) % 5) }],
    }; // prettier-ignore
  }),
);

async function opened(from: TestServer, path = '/coaching', look: Parameters<typeof openPage>[2] = {}): Promise<Page> {
  const page = await openPage(browser, from, look);
  const response = await page.goto(from.url + path);
  assert.is(response?.status(), 200, path);
  return page;
}

const allDrawn = (page: Page) => page.waitForFunction(() => document.querySelectorAll('[data-drawn]').length === 8);
const figure = (page: Page, name: string) => page.locator(`[data-report=${name}]`);

coaching.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  const organisation = { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' };
  server = await startServer({ clientDir, organisation });
  await loadRecords(server.store, records, { throughAt: newest });
  bare = await startServer({ clientDir, organisation });
  const plain = Array.from({ length: 30 }, (_, i): CaseRecord => ({
    source_id: `P-${i}`,
    kind: 'complaint',
    received_at: newest - i * day,
  }));
  await loadRecords(bare.store, plain, { throughAt: newest, fields: ['kind', 'received_at'] });
  browser = await launchBrowser();
});

coaching.after(async () => {
  await browser?.close();
  await server?.close();
  await bare?.close();
});

coaching('is a section that says in words who differs, and of nobody that they stand first or last', async () => {
  const page = await opened(server, '/');
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.getByRole('link', { name: 'Coaching' }).click();
  await page.waitForURL('**/coaching');
  await allDrawn(page);
  assert.match(await page.locator('h1').innerText(), /^Hull: more than expected on “Holds”, \d+ against [\d.]+\.$/);
  assert.match(await figure(page, 'team_on_time_rate').locator('.sentence').innerText(), /^All 12 teams are within what chance allows/);
  const said = await page.locator('body').innerText();
  assert.not.match(said, /funnel|overdispers|shrunken|percentile|worst|underperform|\brank/i);
  assert.equal(complaints, []);
  await page.context().close();
});

coaching('lists people by name, with what is expected and what follows, as the picture has it', async () => {
  const page = await opened(server);
  await allDrawn(page);
  const agents = figure(page, 'agent_on_time_rate');
  await agents.getByRole('button', { name: 'Table' }).click();
  const names = await agents.locator('tbody tr td:first-child').allInnerTexts();
  const plain = names.map((name) => name.split('\n')[0] ?? '');
  assert.is(plain.length, 48);
  assert.equal(plain, [...plain].sort());
  const shown = figure(page, 'themes');
  await shown.getByRole('button', { name: 'Table' }).click();
  const row = shown.getByRole('row', { name: /Holds.*Hull/ });
  const cells = await row.locator('td').allInnerTexts();
  assert.is(cells.at(-1), 'more than expected');
  assert.ok((await shown.locator('.sentence').innerText()).includes(`${cells[2]} against ${cells[3]}`));
  await page.context().close();
});

coaching('opens by keyboard the cases behind a point, with a few picked for a conversation and why', async () => {
  const page = await opened(server);
  await allDrawn(page);
  const teamFigure = figure(page, 'team_on_time_rate');
  await teamFigure.locator('.reach').focus();
  await page.keyboard.press('ArrowRight');
  const [, n = ''] = /^Aix: resolved on time .*, expected .*, within chance$/.exec(await teamFigure.locator('.readout').innerText()) ?? [
    '',
    'read',
  ];
  assert.is(n, '');
  await page.keyboard.press('Enter');
  const drawer = page.locator('dialog');
  await drawer.getByRole('heading', { name: 'To look at together' }).waitFor();
  assert.match(page.url(), /drill=team_on_time_rate\.on_time_rate&drill_team=Aix/);
  assert.is(await drawer.locator('[data-total]').getAttribute('data-total'), '80');
  await drawer.getByRole('heading', { name: 'Done well' }).waitFor();
  assert.match(await drawer.innerText(), /Among the longest here: \d+ d/);
  assert.match(await drawer.innerText(), /The customer gave 5 of 5\./);
  assert.equal(await faultsOf(page), []);
  await page.goBack();
  await drawer.waitFor({ state: 'detached' });
  await page.context().close();
});

coaching('says of a source without teams and themes what it cannot tell', async () => {
  const page = await opened(bare);
  await figure(page, 'themes').getByText('in whose hands causes lie is not recorded').first().waitFor();
  assert.is(await page.locator('h1').innerText(), 'No team and no agent is named in these cases.');
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    coaching(`is without faults at ${width} px, ${theme}`, async () => {
      const page = await opened(server, '/coaching', { width, theme });
      await allDrawn(page);
      assert.equal(await faultsOf(page), []);
      for (const button of await page.locator('[data-report]').getByRole('button', { name: 'Table' }).all()) await button.click();
      await page.waitForFunction(() => document.querySelectorAll('[data-report] tbody').length === 8);
      assert.equal(await faultsOf(page), []);
      await page.context().close();
    });
  }
}

coaching.run();
