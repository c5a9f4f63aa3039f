// time limit: 300 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { weekdays, type Calendar } from '../../etl/opening-hours.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { adoptRules } from '../../etl/rederive.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const resolution = suite('resolution time in a browser');
let server: TestServer;
let bare: TestServer;
let hours: TestServer;
let browser: Browser;

const day = 86_400;
const newest = Date.parse('2026-11-20T10:00:00Z') / 1000;

// 500 complaints, one a day back from 20 November 2026, resolved after 1 to 30 days or still open where that lies ahead; answered after 1 to 9 hours.
const records: CaseRecord[] = Array.from({ length: 500 }, (_, i) => {
  const received_at = newest - i * day;
  const resolved_at = received_at + (1 + ((i * 7) % 30)) * day;
  return {
    source_id: `K-${i}`, kind: 'complaint', received_at, issue: 'Late delivery', channel: i % 2 ? 'phone' : 'web', due_at: received_at + 20 * day,
    ...(resolved_at > newest ? {} : { resolved_at }), ...(i === 0 ? {} : { first_response_at: received_at + (1 + (i % 9)) * 3600 }),
  }; // prettier-ignore
});

async function opened(
  from: TestServer,
  path = '/resolution',
  look: Parameters<typeof openPage>[2] = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await openPage(browser, from, look);
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  const response = await page.goto(from.url + path);
  assert.is(response?.status(), 200, path);
  await page.locator('[data-report] [data-drawn], [data-flow] tbody tr').first().waitFor();
  return { page, complaints };
}

const allDrawn = (page: Page) => page.waitForFunction(() => document.querySelectorAll('[data-drawn]').length === 8);
const settled = (page: Page) =>
  page.waitForFunction(() => !document.querySelector('.stale') && !document.querySelector('[aria-busy=true]'));
const figure = (page: Page, name: string) => page.locator(`[data-report=${name}]`);

resolution.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  const organisation = { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' };
  server = await startServer({ clientDir, organisation });
  await loadRecords(server.store, records, { throughAt: newest + 3600 });
  bare = await startServer({ clientDir, organisation });
  const withoutEnds = records.map(({ source_id, kind, received_at, issue }): CaseRecord => ({
    source_id,
    kind,
    received_at,
    ...(issue && { issue }),
  }));
  await loadRecords(bare.store, withoutEnds, { throughAt: newest + 3600, fields: ['kind', 'received_at', 'issue'] });
  hours = await startServer({ clientDir, organisation });
  await loadRecords(hours.store, records, { throughAt: newest + 3600 });
  const office: Calendar = { zone: 'UTC', hours: Object.fromEntries(weekdays.slice(0, 5).map((name) => [name, ['09:00-17:00']])) };
  await adoptRules(hours.store, { calendars: { office }, calendar: 'office', policies: [] }, { zone: 'UTC', log: () => undefined });
  browser = await launchBrowser();
});

resolution.after(async () => {
  await browser?.close();
  await server?.close();
  await bare?.close();
  await hours?.close();
});

resolution('is a section of its own that answers with a sentence and eight figures', async () => {
  const { page, complaints } = await opened(server, '/');
  await page.getByRole('link', { name: 'Resolution' }).click();
  await page.waitForURL('**/resolution');
  await allDrawn(page);
  assert.match(await page.locator('h1').innerText(), /^Half are resolved within \d+ days.*; one in ten waits longer than \d+ days\.$/);
  for (const sentence of await page.locator('.sentence').allInnerTexts()) assert.match(sentence, /^\S.*\.$/);
  assert.not.match(await page.locator('body').innerText(), /Kaplan|censored|percentile|Wilson/i);
  assert.equal(complaints, []);
  await page.context().close();
});

resolution('adds up the open cases on the screen, and opens the cases behind a number of the balance', async () => {
  const { page } = await opened(server);
  await allDrawn(page);
  const flow = page.locator('[data-flow]');
  assert.match(await flow.locator('p').first().innerText(), /open at the end, and every line adds up\.$/);
  const lines = await flow
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => (cell.textContent ?? '').trim())));
  assert.is(lines.length, 13);
  for (const [period, opening, received, closed, closing, check] of lines) {
    assert.is(Number(opening) + Number(received) - Number(closed), Number(closing), period);
    assert.is(check, 'adds up');
  }
  const [, , received = ''] = lines.find(([period]) => period === 'October 2026') ?? [];
  assert.is(received, '31');
  await flow
    .getByRole('row', { name: /October 2026/ })
    .getByRole('link', { name: received, exact: true })
    .first()
    .click();
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  assert.match(page.url(), /drill=in_and_out\.received&drill_period=2026-10-01/);
  assert.is(await page.locator('dialog [data-total]').getAttribute('data-total'), '31');
  await page.goBack();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await flow.getByRole('link', { name: received, exact: true }).first().focus();
  await page.keyboard.press('e');
  assert.match((await flow.getByRole('link', { name: /^CSV/ }).getAttribute('href')) ?? '', /&name=stock-and-flow$/);
  await page.context().close();
});

resolution('opens behind an age of the curve as many cases as it rests on, by keyboard', async () => {
  const { page } = await opened(server);
  await allDrawn(page);
  const curve = figure(page, 'still_open');
  await curve.locator('.reach').focus();
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight');
  const read = await curve.locator('.readout').innerText();
  const [, share = '', n = ''] = /^Still open after 7 days: (\d+%), from (\d+)/.exec(read) ?? [];
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  assert.match(page.url(), /drill=still_open\.open_after_7_days/);
  assert.is(await page.locator('dialog [data-total]').getAttribute('data-total'), n);
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  // The sentence, the picture and the table say the same.
  assert.ok((await curve.locator('.sentence').innerText()).includes(`${share} were still open after 7 days`));
  await curve.getByRole('button', { name: 'Table' }).click();
  const row = curve.locator('tbody tr').nth(3);
  assert.equal((await row.locator('td').allInnerTexts()).slice(0, 2), ['7 days', share]);
  assert.is(await row.locator('td').nth(3).innerText(), n);
  await page.context().close();
});

resolution('lays over what resolved cases alone would say, in the address, the sentence and the table', async () => {
  const { page } = await opened(server);
  await allDrawn(page);
  const wait = figure(page, 'time_to_resolve');
  const marks = await wait.locator('.mark-symbol > path').count();
  await page.getByRole('checkbox', { name: 'Show resolved cases alone' }).check();
  await page.waitForURL('**/resolution?closed_only=shown');
  await settled(page);
  await wait.getByText(/Counting only the \d+ cases already resolved it would read/).waitFor();
  await page.waitForFunction((was) => document.querySelectorAll('[data-report=time_to_resolve] .mark-symbol > path').length > was, marks);
  await wait.getByRole('button', { name: 'Table' }).click();
  assert.ok((await wait.locator('th').allInnerTexts()).some((name) => name.startsWith('Half of the resolved within')));
  await page.goBack();
  await wait.getByText(/Counting only/).waitFor({ state: 'detached' });
  await page.context().close();
});

resolution('reckons in business time by one switch, says so, and keeps it in the address and in the drawer', async () => {
  const { page } = await opened(hours);
  await allDrawn(page);
  const halfIn = async () => Number(/Half are resolved within ([\d.]+) days?/.exec(await page.locator('h1').innerText())?.[1]);
  const elapsed = await halfIn();
  await page.getByRole('button', { name: 'Business time' }).click();
  await page.waitForURL('**/resolution?time=business');
  await page.getByRole('heading', { level: 1, name: /of business time/ }).waitFor();
  await settled(page);
  // Of a week 40 of 168 hours are opening hours.
  const business = await halfIn();
  assert.ok(business > 0 && Math.abs(business / elapsed - 40 / 168) < 0.08, `${business} of ${elapsed}`);
  await figure(page, 'time_to_resolve').getByText('In business time: a day is 24 opening hours.').waitFor();
  assert.is(await figure(page, 'on_time').getByText('In business time').count(), 0);
  const n = /^(\d+) cases/.exec(await figure(page, 'still_open').locator('footer').innerText())?.[1];
  await page.goto(`${hours.url}/resolution?time=business&drill=still_open.open_after_1_day`);
  await page.locator('dialog').getByText('in business time').waitFor();
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  assert.is(await page.locator('dialog [data-total]').getAttribute('data-total'), n);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Calendar time' }).click();
  await page.waitForURL((url) => url.search === '');
  await page.getByRole('heading', { level: 1, name: new RegExp(`within ${elapsed} days`) }).waitFor();
  await page.context().close();
});

resolution('says why business time cannot be had, and refuses it in an address without losing the rest', async () => {
  const { page } = await opened(server);
  await allDrawn(page);
  const button = page.getByRole('button', { name: 'Business time' });
  assert.ok(await button.isDisabled());
  await page.getByText('Calendar time only: business time needs a calendar, and none is set up.').waitFor();
  await page.goto(`${server.url}/resolution?time=business`);
  await figure(page, 'time_to_resolve').getByText('business time needs a calendar, and none is set up').waitFor();
  assert.match(await page.locator('h1').innerText(), /cannot be told: business time needs a calendar/);
  await figure(page, 'backlog').locator('[data-drawn]').waitFor();
  await page.getByRole('button', { name: 'Remove filter Time: business time' }).click();
  await page.waitForURL((url) => url.pathname === '/resolution' && url.search === '');
  await figure(page, 'time_to_resolve').locator('[data-drawn]').waitFor();
  await page.context().close();
});

resolution('says what a source without end times cannot answer, and shows what it can', async () => {
  const { page } = await opened(bare);
  assert.is(await page.locator('h1').innerText(), 'How long people wait cannot be told: no end times in this source.');
  for (const name of ['time_to_resolve', 'still_open']) {
    await figure(page, name).getByText('This cannot be shown for these sources.').waitFor();
    assert.match(await figure(page, name).innerText(), /no end times in this source/);
  }
  assert.match(await figure(page, 'on_time').innerText(), /no due dates in this source/);
  assert.match(await figure(page, 'first_response').innerText(), /first responses are not recorded in this source/);
  await figure(page, 'ageing').locator('[data-drawn]').waitFor();
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    resolution(`is without faults at ${width} px, ${theme}`, async () => {
      const { page } = await opened(server, '/resolution?closed_only=shown', { width, theme });
      await allDrawn(page);
      assert.equal(await faultsOf(page), []);
      for (const button of await page.locator('[data-report]').getByRole('button', { name: 'Table' }).all()) await button.click();
      await page.waitForFunction(() => document.querySelectorAll('[data-report] tbody').length === 8);
      assert.equal(await faultsOf(page), []);
      await page.context().close();
    });
  }
}

resolution.run();
