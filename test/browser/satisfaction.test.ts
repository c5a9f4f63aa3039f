// time limit: 300 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LowScorePage } from '../../queries/model/follow-up.ts';
import type { CaseRecord, SurveyRecord } from '../../etl/record.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const satisfaction = suite('satisfaction in a browser');
let server: TestServer;
let bare: TestServer;
let browser: Browser;

const day = 86_400;
const newest = Date.parse('2026-11-20T10:00:00Z') / 1000;

/** Two of three asked answer; after a late delivery two in five are satisfied, after a wrong bill four in five. */
function surveyed(i: number, resolved_at: number): SurveyRecord[] {
  const isLate = i % 2 === 0;
  const kind = i % 9 === 3 ? 'nps' : i % 9 === 6 ? 'ces' : 'csat';
  const scale = { csat: '1-5', nps: '0-10', ces: '1-7' }[kind];
  const score = { csat: [1, 5], nps: [3, 9], ces: [2, 6] }[kind]?.[(i * 7) % 10 < (isLate ? 3 : 8) ? 1 : 0] ?? 1;
  const asked_at = resolved_at + day / 2;
  return [{ kind, scale, asked_at, ...(i % 3 !== 2 && { answered_at: asked_at + 3600, score, comment: 'As I wrote.' }) }];
}
// 700 complaints, one a day back from 20 November 2026.
const records: CaseRecord[] = Array.from({ length: 700 }, (_, i) => {
  const received_at = newest - (i + 1) * day;
  const resolved_at = received_at + (1 + ((i * 7) % 12)) * day;
  const isResolved = resolved_at + day < newest;
  return {
    source_id: `K-${i}`, kind: 'complaint', received_at, issue: i % 2 ? 'Wrong bill' : 'Late delivery', channel: i % 4 === 1 ? 'phone' : 'web',
    team: i % 3 === 1 ? 'South' : 'North', ...(isResolved && { resolved_at, surveys: surveyed(i, resolved_at) }),
  }; // prettier-ignore
});

async function opened(from: TestServer, path = '/satisfaction', look: Parameters<typeof openPage>[2] = {}): Promise<Page> {
  const page = await openPage(browser, from, look);
  const response = await page.goto(from.url + path);
  assert.is(response?.status(), 200, path);
  return page;
}

const figure = (page: Page, name: string) => page.locator(`[data-report=${name}]`);
const low = (page: Page) => page.locator('[data-low-scores]');
const allDrawn = async (page: Page) => {
  await page.waitForFunction(() => document.querySelectorAll('[data-report] [data-drawn]').length === 8);
  await low(page).locator('tbody tr').first().waitFor();
};

satisfaction.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  const organisation = { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' };
  server = await startServer({ clientDir, organisation });
  await loadRecords(server.store, records, { throughAt: newest });
  bare = await startServer({ clientDir, organisation });
  const silent = records.map((record): CaseRecord => ({ ...record, surveys: [] }));
  await loadRecords(bare.store, silent, { throughAt: newest, fields: ['kind', 'received_at', 'resolved_at', 'issue'] });
  browser = await launchBrowser();
});

satisfaction.after(async () => {
  await browser?.close();
  await server?.close();
  await bare?.close();
});

satisfaction('is a section of its own that answers with sentences, eight figures and a list', async () => {
  const page = await opened(server, '/');
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.getByRole('link', { name: 'Satisfaction' }).click();
  await page.waitForURL('**/satisfaction');
  await allDrawn(page);
  assert.match(await page.locator('h1').innerText(), /^\d+% are satisfied \(likely \d+% to \d+%\).*; \d+% of those asked answered\.$/);
  for (const sentence of await page.locator('[data-report] .sentence').allInnerTexts()) assert.match(sentence, /^\S.*\.$/);
  assert.not.match(await page.locator('body').innerText(), /Wilson|binomial|Benjamini|Armitage|p-value|significan/i);
  assert.equal(complaints, []);
  await page.context().close();
});

satisfaction('says which members differ more than chance allows, and opens their answers by keyboard', async () => {
  const page = await opened(server);
  await allDrawn(page);
  const issues = figure(page, 'satisfaction_by_issue');
  assert.match(
    await issues.locator('.sentence').innerText(),
    /^Satisfied customers overall: \d+%, from \d+ answers\. More than chance allows it is lower for “Late delivery” \(\d+%\), and higher for “Wrong bill” \(\d+%\)\.$/,
  );
  await issues.locator('.reach').focus();
  await page.keyboard.press('ArrowDown');
  const read = await issues.locator('.readout').innerText();
  const [, issue = '', n = ''] =
    /^(.+): Satisfied customers \d+%, from (\d+), likely .+, beside all (?:lower|higher), more than chance allows$/.exec(read) ?? [];
  assert.ok(n, read);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  assert.match(page.url(), /drill=satisfaction_by_issue\.csat_rate/);
  assert.is(await page.locator('dialog [data-total]').getAttribute('data-total'), n);
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await issues.getByRole('button', { name: 'Table' }).click();
  const cells = await issues.locator('tbody tr').first().locator('td').allInnerTexts();
  assert.equal([cells[0], cells[3]], [issue, n]);
  await page.context().close();
});

satisfaction('follows a low score up: note, state, filter, and the case says so', async () => {
  const page = await opened(server);
  await allDrawn(page);
  const row = low(page).locator('tbody tr').first();
  const key = await row.locator('a').innerText();
  await row.locator('td').last().click();
  const drawer = page.locator('dialog');
  await drawer.getByLabel('Contacted').check();
  await drawer.getByLabel('Note').fill('Called; a new one is on its way.');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.waitFor({ state: 'detached' });
  const contacted = low(page).getByRole('link', { name: /^Contacted 1$/ });
  await contacted.click();
  await page.waitForURL('**/satisfaction?follow_up=contacted');
  await low(page)
    .getByText(/^Contacted by admin/)
    .waitFor();
  assert.is(await low(page).locator('tbody tr').count(), 1);
  await low(page).getByRole('link', { name: key }).click();
  await page.getByText(/Contacted by admin.*: Called; a new one is on its way\./).waitFor();
  await page.getByText('As I wrote.').waitFor();
  await page.context().close();
});

satisfaction('keeps what was typed where somebody else noted something meanwhile, and says what', async () => {
  const page = await opened(server, '/satisfaction?follow_up=to_follow_up');
  await low(page).locator('tbody tr').first().waitFor();
  const asked = page.waitForResponse('**/api/low-scores');
  await page.reload();
  const { rows } = (await (await asked).json()) as LowScorePage;
  const [first] = rows;
  await low(page).locator('tbody tr').first().locator('td').last().click();
  const drawer = page.locator('dialog');
  await drawer.getByLabel('Closed').check();
  await drawer.getByLabel('Note').fill('Sent flowers.');
  const other = { source: first?.source, survey: first?.survey, state: 'contacted', note: 'Called back', version: 0 };
  assert.is((await server.send('PUT', '/api/follow-ups', other)).status, 200);
  await drawer.getByRole('button', { name: 'Save' }).click();
  const told = await drawer.getByRole('alert').innerText();
  assert.match(
    told,
    /^It was not saved\. Meanwhile admin changed it, .+\. It now says: Contacted: “Called back”\. What you typed is kept here/,
  );
  assert.is(await drawer.getByLabel('Note').inputValue(), 'Sent flowers.');
  assert.ok(await drawer.getByLabel('Closed').isChecked());
  assert.equal(await faultsOf(page), []);
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.waitFor({ state: 'detached' });
  await page.goto(`${server.url}/satisfaction?follow_up=closed`);
  await low(page)
    .getByText(/^Closed by admin/)
    .waitFor();
  await page.context().close();
});

satisfaction('lists only what the filters leave, and keeps them when the state is chosen', async () => {
  const page = await opened(server, '/satisfaction?team=South');
  await low(page).locator('tbody tr').first().waitFor();
  assert.ok((await low(page).locator('tbody tr').allInnerTexts()).every((text) => text.includes('South')));
  await low(page).getByRole('link', { name: /^All/ }).click();
  await page.waitForURL('**/satisfaction?team=South&follow_up=all');
  await page.context().close();
});

satisfaction('says what a source without answers cannot tell', async () => {
  const page = await opened(bare);
  await page
    .getByRole('heading', { level: 1, name: 'How satisfied people are cannot be told: no satisfaction answers in this source.' })
    .waitFor();
  await figure(page, 'recommending').getByText('This cannot be shown for these sources.').waitFor();
  await low(page).getByText('There are no low scores to follow up.').waitFor();
  await page.getByText('How many of those asked answer is not known: asking is not recorded.').waitFor();
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    satisfaction(`is without faults at ${width} px, ${theme}`, async () => {
      const page = await opened(server, '/satisfaction?follow_up=all', { width, theme });
      await allDrawn(page);
      assert.equal(await faultsOf(page), []);
      for (const button of await page.locator('[data-report]').getByRole('button', { name: 'Table' }).all()) await button.click();
      await page.waitForFunction(() => document.querySelectorAll('[data-report] tbody').length === 8);
      await low(page).locator('tbody tr').first().click();
      await page.locator('dialog').getByLabel('Note').waitFor();
      assert.equal(await faultsOf(page), []);
      await page.context().close();
    });
  }
}

satisfaction.run();
