// time limit: 300 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const overview = suite('the overview in a browser');
let server: TestServer;
let bare: TestServer;
let old: TestServer;
let browser: Browser;

const at = (text: string) => Date.parse(text) / 1000;
const day = 86_400;
const newest = at('2026-11-20T10:00:00Z');
const issues = [
  'Charged twice',
  'Late delivery',
  'Could not reach anyone about the very same matter that had been settled before',
  'Wrong item',
];

// 500 cases, one a day back from 20 November 2026; every fifth is a compliment, every fourth case has an answered survey; the newest four are open.
const records: CaseRecord[] = Array.from({ length: 500 }, (_, i) => {
  const received = newest - i * day;
  const isOpen = i < 4;
  return {
    source_id: `K-${i}`, kind: i % 5 === 4 ? 'compliment' : 'complaint', received_at: received, issue: issues[i % 10 < 5 ? 0 : i % 10 < 8 ? 1 : i % 4] ?? '', channel: i % 2 ? 'phone' : 'web',
    due_at: received + 20 * day, ...(isOpen ? {} : { resolved_at: received + (1 + (i % 30)) * day }),
    ...(i % 4 === 0 && !isOpen ? { surveys: [{ kind: 'csat' as const, asked_at: received + 31 * day, answered_at: received + 32 * day, scale: '1-5' as const, score: 1 + (i % 5) }] } : {}),
  }; // prettier-ignore
});

/** A page that has drawn its three trends, with everything the console said against it. */
async function opened(
  from: TestServer,
  path = '/',
  look: Parameters<typeof openPage>[2] = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await openPage(browser, from, look);
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.goto(from.url + path);
  await page.locator('[data-report=recurring_issues] [data-drawn]').waitFor();
  return { page, complaints };
}

const received = async (page: Page) => Number((await page.locator('.tile').first().locator('.value').innerText()).replace(/\D/g, ''));
const settled = (page: Page) =>
  page.waitForFunction(() => !document.querySelector('.stale') && !document.querySelector('[aria-busy=true]'));

overview.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  const organisation = { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' };
  server = await startServer({ clientDir, organisation });
  await loadRecords(server.store, records, { throughAt: newest + 3600 });
  bare = await startServer({ clientDir, organisation });
  const fields = ['kind', 'received_at', 'issue'];
  const withoutEnds = records.map(({ source_id, kind, received_at, issue }): CaseRecord => ({
    source_id,
    kind,
    received_at,
    ...(issue && { issue }),
  }));
  await loadRecords(bare.store, withoutEnds, { throughAt: newest + 3600, fields });
  old = await startServer({ clientDir, organisation });
  const years = ['Y-1', 'Y-2', 'Y-3'].map((source_id): CaseRecord => ({
    source_id,
    kind: 'complaint',
    received_at: at('2011-08-01T10:00:00Z'),
    issue: 'Late delivery',
  }));
  await loadRecords(old.store, years, { throughAt: newest });
  browser = await launchBrowser();
});

overview.after(async () => {
  await browser?.close();
  await server?.close();
  await bare?.close();
  await old?.close();
});

overview('draws the three trends above the fold with nothing in the console', async () => {
  const { page, complaints } = await opened(server);
  for (const name of ['recurring_issues', 'resolution_time', 'satisfaction']) {
    await page.locator(`[data-report=${name}] [data-drawn] svg`).waitFor();
    const box = await page.locator(`[data-report=${name}] .sentence`).boundingBox();
    assert.ok(box && box.y + box.height < 900, `${name} begins below the first screen`);
  }
  assert.match(await page.locator('h1').innerText(), /complaints came in/);
  assert.equal(complaints, []);
  await page.context().close();
});

overview('does not move what is on the screen while it loads', async () => {
  const page = await openPage(browser, server);
  await page.addInitScript(() => {
    const kept = window as unknown as { shift: number };
    kept.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) kept.shift += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(server.url);
  await page.locator('[data-report=issues_over_time] [data-drawn]').waitFor();
  const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift);
  assert.ok(shift < 0.02, `the layout shifted by ${shift}`);
  await page.context().close();
});

overview('filters by a pill: address and figures change, and back undoes', async () => {
  const { page } = await opened(server);
  const complaints = await received(page);
  await page.getByRole('button', { name: 'Remove filter Kind: complaint' }).click();
  await page.waitForURL('**/?kind=any');
  await settled(page);
  const all = await received(page);
  // A fifth of the cases are compliments.
  assert.ok(all > complaints && Math.abs(complaints / all - 0.8) < 0.01, `${complaints} of ${all}`);
  await page.goBack();
  await page.getByRole('button', { name: 'Remove filter Kind: complaint' }).waitFor();
  await settled(page);
  assert.is(await received(page), complaints);
  await page.context().close();
});

overview('adds a filter from the list of labels, by keyboard', async () => {
  const { page } = await opened(server);
  await page.getByRole('button', { name: 'Add filter' }).press('Enter');
  await page.getByRole('button', { name: 'Channel' }).press('Enter');
  await page.getByRole('checkbox', { name: 'only phone' }).press('Space');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/?channel=phone');
  await settled(page);
  assert.match(await page.locator('.filters').innerText(), /Channel\s+phone/);
  await page.context().close();
});

overview('opens behind a mark exactly its cases, by click and by keyboard', async () => {
  const { page } = await opened(server);
  const chart = page.locator('[data-report=recurring_issues]');
  await chart.locator('.mark-rect > path').first().click();
  const total = page.locator('dialog [data-total]');
  await total.waitFor();
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  const count = Number(await total.getAttribute('data-total'));
  assert.match(page.url(), /drill=recurring_issues\.received&drill_issue=Charged\+twice/);
  const sentence = await chart.locator('.sentence').innerText();
  assert.ok(sentence.includes(`${count} of`), `${sentence} against ${count}`);
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });

  const reach = page.locator('[data-report=satisfaction] .reach');
  await reach.focus();
  await page.keyboard.press('ArrowRight');
  const read = await page.locator('[data-report=satisfaction] .readout').innerText();
  const n = /from (\d+)/.exec(read)?.[1];
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    () =>
      document.querySelector('dialog [data-total]')?.hasAttribute('data-total') &&
      /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''),
  );
  assert.is(await page.locator('dialog [data-total]').getAttribute('data-total'), n);
  await page.goBack();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.context().close();
});

overview('shows in the table what the chart shows, and keeps the choice', async () => {
  const { page } = await opened(server);
  const chart = page.locator('[data-report=recurring_issues]');
  const labels = await chart.locator('.mark-text text').allTextContents();
  await chart.getByRole('button', { name: 'Table' }).click();
  const rows = await chart
    .locator('tbody tr')
    .evaluateAll((lines) => lines.map((line) => [...line.querySelectorAll('td')].map((cell) => (cell.textContent ?? '').trim())));
  assert.ok(rows.length >= 3);
  for (const [issue = '', value = ''] of rows) {
    assert.ok(labels.includes(value), `${issue}: ${value} is not drawn`);
  }
  await page.reload();
  await chart.locator('tbody tr').first().waitFor();
  // The choice is of this figure alone.
  await page.locator('[data-report=satisfaction] [data-drawn]').waitFor();
  assert.is(await page.locator('.figure tbody').count(), 1);
  await page.context().close();
});

overview('changes between picture and table by keyboard without losing the place', async () => {
  const { page } = await opened(server);
  const chart = page.locator('[data-report=recurring_issues]');
  const isInside = () => chart.locator('.body').evaluate((body) => body.contains(document.activeElement));
  await chart.locator('.reach').focus();
  await page.keyboard.press('t');
  await chart.locator('tbody tr').first().waitFor();
  assert.ok(await isInside());
  await page.keyboard.press('t');
  await chart.locator('[data-drawn] svg[role=img]').waitFor();
  assert.ok(await isInside());
  assert.is(await chart.locator('svg').getAttribute('aria-label'), await chart.locator('.sentence').innerText());
  await page.context().close();
});

overview('says which sources cannot answer, and offers a way out of an empty filter', async () => {
  const { page } = await opened(bare);
  const wait = page.locator('[data-report=resolution_time]');
  await wait.getByText('This cannot be shown for these sources.').waitFor();
  assert.match(await wait.innerText(), /no end times in this source/);
  await page.goto(`${bare.url}/?text=nowhere`);
  await page.locator('[data-report=recurring_issues]').getByRole('button', { name: 'Take off the search “nowhere”' }).click();
  await page.locator('[data-report=recurring_issues] [data-drawn]').waitFor();
  assert.is(new URL(page.url()).search, '');
  await page.context().close();
});

const notUnderstood = (page: Page) => page.getByRole('status').filter({ hasText: 'not understood' });

overview('reports what of an address it does not understand, shows the rest and takes the bad off', async () => {
  const table: [search: string, said: RegExp, left: string][] = [
    ['?chanel=web&period=last_12_month', /did you mean "channel"[^]*did you mean "last_12_months"/, ''],
    ['?period=constructor&channel=web', /Period: "constructor" is not known here/, '?channel=web'],
    ['?period=toString', /Period: "toString" is not known here/, ''],
    ['?as_of=5', /As known on: "5" is not a date/, ''],
    ['?as_of=March+2026', /As known on: "March 2026" is not a date/, ''],
    ['?from=0001-01-01&to=9999-12-31', /Period: /, ''],
    ['?drill=zzz.received&channel=web', /Opened figure: “zzz.received” is not known here/, '?channel=web'],
    ['?drill=resolution_time.resolution_days_p50&drill_period=abc', /Opened period: “abc” is not a date/, ''],
  ];
  const { page, complaints } = await opened(server);
  for (const [search, said, left] of table) {
    await page.goto(`${server.url}/${search}`);
    await page.locator('[data-report=recurring_issues] [data-drawn]').waitFor();
    assert.match(await notUnderstood(page).innerText(), said, search);
    assert.ok((await received(page)) > 0, search);
    await page.getByRole('button', { name: /^Take (it|these) off$/ }).click();
    await page.waitForURL((url) => url.search === left);
    await notUnderstood(page).waitFor({ state: 'detached' });
  }
  assert.equal(complaints, []);
  await page.context().close();
});

overview('says once and plainly what the server refuses, and takes off no more than that', async () => {
  const page = await openPage(browser, server);
  for (const [search, said, left] of [
    [
      '?channel=phone&issue=Late+delivery&issue=Late+delivry',
      'Issue: “Late delivry” is not known here (did you mean "Late delivery"?).',
      '?channel=phone&issue=Late+delivery',
    ],
    ['?text=%25', 'Search: holds no word to look for.', ''],
  ] as const) {
    // prettier-ignore
    await page.goto(`${server.url}/${search}`);
    await notUnderstood(page).waitFor();
    assert.equal(await notUnderstood(page).locator('li').allInnerTexts(), [said]);
    assert.is(await page.getByText('No figures for this address.').count(), 4);
    assert.not.match(await page.locator('body').innerText(), /queries\[|where\./);
    assert.equal(await faultsOf(page), []);
    await page.getByRole('button', { name: 'Take it off' }).click();
    await page.locator('[data-report=recurring_issues] [data-drawn]').waitFor();
    assert.is(new URL(page.url()).search, left);
    await notUnderstood(page).waitFor({ state: 'detached' });
  }
  await page.context().close();
});

overview('keeps its period where the as-of lies after the data, and says that they end earlier', async () => {
  const { page } = await opened(server, '/?as_of=2999-01-01');
  await page.getByText('The data end on 20 November 2026').waitFor();
  const shown = await received(page);
  assert.ok(shown > 0);
  await page.getByRole('button', { name: 'Back to the latest' }).click();
  await page.getByText('The data end on').waitFor({ state: 'detached' });
  await settled(page);
  assert.is(new URL(page.url()).search, '');
  assert.is(await received(page), shown);
  await page.context().close();
});

overview('tells too early from nothing: cases nobody could have resolved yet', async () => {
  // The case of that day is open, and was followed for an hour.
  const { page } = await opened(server, '/?from=2026-11-20&to=2026-11-20');
  const wait = page.locator('[data-report=resolution_time]');
  await wait.getByText('Too early to tell.').waitFor();
  assert.match(await wait.innerText(), /Not reached within 1 hour; the one case was not resolved by then\./);
  assert.is(await page.locator('h1').innerText(), '1 complaint came in, as many as before.');
  assert.match(await page.locator('.tile').nth(1).innerText(), /too early to tell: not reached within 1 hour/);
  await wait.getByRole('button', { name: 'Open the case' }).click();
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  assert.is(await page.locator('dialog [data-total]').getAttribute('data-total'), '1');
  await page.context().close();
});

overview('names in the drawer the days of the mark, and lists the same cases as a page', async () => {
  const { page } = await opened(server, '/?drill=resolution_time.resolution_days_p50&drill_period=2026-11-01');
  const drawer = page.locator('dialog');
  await drawer.getByText('1 to 20 November 2026; kind: complaint').waitFor();
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  const total = await drawer.locator('[data-total]').getAttribute('data-total');
  await drawer.getByRole('link', { name: 'Open as a page' }).click();
  await page.waitForURL('**/cases?*');
  await page.getByText(new RegExp(`^${total} cases behind “Half resolved within: November 2026”, 1 to 20 November 2026`)).waitFor();
  await page.getByRole('link', { name: 'All cases of the period' }).click();
  await page.getByText(/cases received 1 December 2025 to 20 November 2026/).waitFor();
  await page.context().close();
});

overview('opens a file of years ago on everything, with one question', async () => {
  const { page } = await opened(old, '/', {});
  await page.waitForURL('**/?period=all');
  await page.reload();
  await page.goto('about:blank');
  let asked = 0;
  page.on('request', (request) => void (request.url().includes('/api/query') && asked++));
  await page.goto(old.url);
  await page.locator('[data-report=recurring_issues] [data-drawn]').waitFor();
  await settled(page);
  assert.is(asked, 1);
  assert.is(await received(page), 3);
  await page.context().close();
});

overview('says so where a page breaks, and leads to a clean address', async () => {
  const page = await openPage(browser, server);
  await page.route('**/api/query', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: Buffer.alloc(0) });
  });
  // A grid of nothing where a list must be: the page cannot be drawn from that.
  await page.route('**/api/meta', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), earliest: null, latest: null, today: 'never' } });
  });
  await page.goto(`${server.url}/?channel=web`);
  await page.getByRole('alert').getByText('This page could not be shown').waitFor();
  await page.unrouteAll();
  await page.getByRole('link', { name: 'Open it without filters' }).click();
  await page.locator('[data-report=recurring_issues] [data-drawn]').waitFor();
  assert.is(new URL(page.url()).search, '');
  await page.context().close();
});

overview('says that the session has ended', async () => {
  const { page } = await opened(server);
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Remove filter Kind: complaint' }).click();
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  assert.is(await page.getByRole('link', { name: 'sign-in page' }).getAttribute('href'), '/sign-in?next=%2F%3Fkind%3Dany');
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    overview(`is without faults at ${width} px, ${theme}`, async () => {
      const { page } = await opened(server, '/', { width, theme });
      await page.locator('[data-report=issues_over_time] [data-drawn]').waitFor();
      assert.equal(await faultsOf(page), []);
      await page.goto(`${server.url}/?drill=totals.csat_rate`);
      await page.locator('dialog tbody tr').first().waitFor();
      assert.equal(await faultsOf(page), []);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('body *')]
          .filter(
            (e) =>
              [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent?.trim()) &&
              parseFloat(getComputedStyle(e).fontSize) < 13 &&
              (e as HTMLElement).offsetParent !== null,
          )
          .map((e) => e.textContent),
      );
      assert.equal(small, []);
      await page.context().close();
    });
  }
}

overview.run();
