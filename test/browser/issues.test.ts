// time limit: 300 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const screens = suite('issues in a browser');
let server: TestServer;
let bare: TestServer;
let browser: Browser;

const day = 86_400;
const newest = Date.parse('2026-11-20T10:00:00Z') / 1000;
const long = 'Could not reach anyone about the very same matter that had been settled before, twice';

/** Of ten complaints four are late, three are charged twice, one each the others; one names none. */
const issueOf = (i: number) =>
  ['Late / lost', 'Charged twice', 'Late / lost', 'Charged twice', 'Late / lost', 'Wrong item', long, 'Charged twice', 'Late / lost', null][
    i % 10
  ] ?? null;

// 700 complaints, one a day back from 20 November 2026; the latest 40 days bring two more late ones a day; every tenth late one mentions a charge.
const records: CaseRecord[] = [
  ...Array.from({ length: 700 }, (_, i) => ({ i, at: newest - i * day, issue: issueOf(i) })),
  ...Array.from({ length: 80 }, (_, i) => ({ i: 1000 + i, at: newest - Math.floor(i / 2) * day - 3600, issue: 'Late / lost' })),
].map(({ i, at, issue }) => ({
  source_id: `K-${i}`, kind: 'complaint', received_at: at, channel: i % 2 ? 'phone' : 'web', team: i % 3 ? 'North' : 'South',
  customer_ref: `C-${i % 50}`, ...(issue && { issue }), ...(i % 20 === 0 && { more_issues: [{ issue: 'Charged twice' }] }),
  ...(at + 9 * day < newest && { resolved_at: at + (1 + (i % 9)) * day }),
  ...(i % 6 === 0 && at + 20 * day < newest && { surveys: [{ kind: 'csat' as const, answered_at: at + 12 * day, scale: '1-5' as const, score: 1 + (i % 5) }] }),
})); // prettier-ignore

async function opened(from: TestServer, path = '/issues', look: Parameters<typeof openPage>[2] = {}) {
  const page = await openPage(browser, from, look);
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  const response = await page.goto(from.url + path);
  assert.is(response?.status(), 200, path);
  return { page, complaints };
}

const drawn = (page: Page, count: number) =>
  page.waitForFunction((wanted) => document.querySelectorAll('[data-drawn]').length >= wanted, count);
const settled = (page: Page) =>
  page.waitForFunction(() => !document.querySelector('.stale') && !document.querySelector('[aria-busy=true]'));
const figure = (page: Page, name: string) => page.locator(`[data-report=${name}]`);
const countOf = async (page: Page) => {
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  return page.locator('dialog [data-total]').getAttribute('data-total');
};

screens.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  const organisation = { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' };
  server = await startServer({ clientDir, organisation });
  await loadRecords(server.store, records, { throughAt: newest + 3600 });
  bare = await startServer({ clientDir, organisation });
  const plain = records.map(({ source_id, kind, received_at, issue }): CaseRecord => ({
    source_id,
    kind,
    received_at,
    ...(issue && { issue }),
  }));
  await loadRecords(bare.store, plain, { throughAt: newest + 3600, fields: ['kind', 'received_at', 'issue'] });
  browser = await launchBrowser();
});

screens.after(async () => {
  await browser?.close();
  await server?.close();
  await bare?.close();
});

screens('weighs the issues by what is chosen, in the address and in the table', async () => {
  const { page, complaints } = await opened(server, '/');
  await page.getByRole('link', { name: 'Issues', exact: true }).click();
  await page.waitForURL('**/issues');
  await drawn(page, 2);
  assert.match(await page.locator('h1').innerText(), /^“Late \/ lost” comes up most: \d+ of \d+ cases/);
  const count = figure(page, 'issues_by_count');
  assert.match(await count.locator('.sentence').innerText(), /^2 of 4 issues make \d+% of the cases that name one/);
  await page.getByRole('button', { name: 'Time lost' }).click();
  await page.waitForURL('**/issues?weight=days_lost');
  await settled(page);
  const lost = figure(page, 'issues_by_days_lost');
  await lost.getByRole('button', { name: 'Table' }).click();
  const rows = await lost
    .locator('tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((c) => c.textContent?.trim())));
  assert.equal([rows[0]?.[0], rows.at(-1)?.[0]], ['Late / lost', '(none)']);
  await page.goBack();
  await count.locator('[data-drawn]').waitFor();
  assert.equal(complaints, []);
  assert.not.match(await page.locator('body').innerText(), /pareto|poisson|sigma|percentile/i);
  await page.context().close();
});

screens('leads from a name to the page of its issue, and from a cell to its cases', async () => {
  const { page } = await opened(server);
  await drawn(page, 2);
  const cell = figure(page, 'issues_heat').locator('.mark-rect > path').first();
  const said = /, Cases received: (\d+)/.exec((await cell.getAttribute('aria-label')) ?? '')?.[1];
  await cell.click();
  await page.waitForURL(/drill=issues_heat\.received&drill_issue=Late/);
  assert.is(await countOf(page), said);
  await page.keyboard.press('Escape');
  await figure(page, 'issues_by_count').locator('text[data-name="Charged twice"]').click();
  await page.waitForURL('**/issues/Charged%20twice');
  assert.is(await page.locator('h1').innerText(), 'Charged twice');
  await page.context().close();
});

screens('tells of one issue whether it is more than usual, what it means and what it comes from', async () => {
  const { page, complaints } = await opened(server, '/issues/Late%20%2F%20lost');
  await drawn(page, 4);
  await settled(page);
  const lead = await page.locator('.lead').innerText();
  assert.match(lead, /\d+ cases came in.*; that is \d+% of all \d+\./);
  assert.match(lead, /October 2026|November 2026/);
  assert.match(await page.locator('dl').first().innerText(), /\d+ cases of \d+ customers, within 90 days/);
  for (const name of ['issue_received', 'issue_share', 'issue_channels', 'issue_teams'])
    assert.match(await figure(page, name).locator('.sentence').innerText(), /^\S.*\.$/);
  // The list of all of them is of this issue alone.
  await page.getByRole('link', { name: /^All \d+ in the list of cases$/ }).click();
  await page.waitForURL(/\/cases\?issue=Late/);
  assert.equal(complaints, []);
  await page.context().close();
});

screens('opens behind the repeat cases as many as it says', async () => {
  const { page } = await opened(server, '/issues/Charged%20twice');
  await drawn(page, 4);
  const fact = page.locator('dl > div', { hasText: 'customers who had it before' });
  await fact.getByText(/of \d+ customers/).waitFor();
  const said = /^(\d+) cases/.exec(await fact.locator('.note').innerText())?.[1];
  await fact.getByRole('button').click();
  assert.is(await countOf(page), said);
  assert.match(page.url(), /drill=issue_facts\.repeat_rate&drill_part=numerator/);
  await page.getByRole('link', { name: 'Open as a page' }).click();
  await page.waitForURL(/\/cases\?issue=Charged/);
  assert.match(await page.locator('header [role=status]').innerText(), new RegExp(`^${said} cases`));
  await page.context().close();
});

screens('has a page for what names no issue and for long names, and says what is none', async () => {
  for (const name of ['(none)', long]) {
    const { page } = await opened(server, `/issues/${encodeURIComponent(name)}`, { width: 360 });
    await drawn(page, 2);
    assert.is(await page.locator('h1').innerText(), name);
    assert.match(await page.locator('.lead').innerText(), /cases came in/);
    await page.context().close();
  }
  const { page } = await opened(server, '/issues/Late%20%2F%20lst');
  await page.getByText('No case names an issue “Late / lst”.').waitFor();
  await page.getByRole('link', { name: 'Late / lost' }).click();
  await page.waitForURL('**/issues/Late%20%2F%20lost');
  await drawn(page, 2);
  await page.context().close();
});

screens('says what a source lacks in place of a figure', async () => {
  const { page } = await opened(bare, '/issues?weight=days_lost');
  await figure(page, 'issues_by_days_lost').getByText('no end times in this source').waitFor();
  await page.getByRole('button', { name: 'Dissatisfied answers' }).click();
  await figure(page, 'issues_by_dissatisfied').getByText('no satisfaction answers in this source').waitFor();
  await page.getByText('No case names a second issue: each counts once.').waitFor();
  await page.goto(`${bare.url}/issues/Wrong%20item`);
  await page.getByText('customers are not identified in this source').waitFor();
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    screens(`are without faults at ${width} px, ${theme}`, async () => {
      const { page } = await opened(server, '/issues', { width, theme });
      await drawn(page, 2);
      await settled(page);
      assert.equal(await faultsOf(page), []);
      for (const button of await page.locator('[data-report]').getByRole('button', { name: 'Table' }).all()) await button.click();
      await page.waitForFunction(() => document.querySelectorAll('[data-report] tbody').length === 2);
      assert.equal(await faultsOf(page), []);
      await page.goto(`${server.url}/issues/Late%20%2F%20lost`);
      await drawn(page, 4);
      await settled(page);
      assert.equal(await faultsOf(page), []);
      await page.context().close();
    });
  }
}

screens.run();
