// time limit: 600 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { resolutionReports, trends } from '../../queries/model/reports.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const explore = suite('exploring in a browser');
let server: TestServer;
let browser: Browser;

const day = 86_400;
const newest = Date.parse('2026-11-20T10:00:00Z') / 1000;
const issues = ['Charged twice', 'Late delivery', 'Wrong item'];

// 400 complaints, one a day back; 60 companies; every second says something of a hold.
const records: CaseRecord[] = Array.from({ length: 400 }, (_, i) => {
  const received_at = newest - i * day;
  return {
    source_id: `K-${i}`, kind: 'complaint', received_at, issue: issues[i % 3] ?? '', channel: i % 2 ? 'phone' : 'web', company: `Company ${i % 60}`,
    narrative: i % 2 ? 'The hold time was long.' : 'Nothing to say.', due_at: received_at + 20 * day,
    ...(i < 4 ? {} : { resolved_at: received_at + (1 + (i % 9)) * day, first_response_at: received_at + day }),
    ...(i % 4 === 1 && i > 40 ? { surveys: [{ kind: 'csat' as const, asked_at: received_at + 10 * day, answered_at: received_at + 11 * day, scale: '1-5' as const, score: 1 + (i % 5) }] } : {}),
  }; // prettier-ignore
});

/** What is filtered by in the walk: members, exclusions, a range and words, with every other part of a view. */
const filters = 'channel=phone&not_issue=Wrong+item&resolution_days=..200&text=hold';
const looked = `from=2026-01-01&to=2026-11-20&grain=month&compare=previous_year&${filters}`;
const screens = ['/', '/resolution', '/cases'];

explore.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, organisation: { name: 'Test company', zone: 'UTC', currency: 'EUR' } });
  await loadRecords(server.store, records, { throughAt: newest + 3600 });
  browser = await launchBrowser();
});
explore.after(async () => {
  await browser?.close();
  await server?.close();
});

const settled = (page: Page) =>
  page.waitForFunction(() => document.querySelector('h1, main table') && !document.querySelector('.stale, [aria-busy=true]'));

async function opened(path: string, look: Parameters<typeof openPage>[2] = {}): Promise<Page> {
  const page = await openPage(browser, server, look);
  await page.goto(server.url + path);
  await page.locator('section.top .line').waitFor();
  await settled(page);
  return page;
}

/** Which filters an address has lost. */
function lost(href: string): string[] {
  const has = new URL(href, server.url).searchParams;
  return [...new URLSearchParams(filters)].filter(([name, value]) => !has.getAll(name).includes(value)).map(([name]) => name);
}

/** Which filters a query has lost. */
function lostOf(query: unknown): string[] {
  const { where } = query as { where?: { channel?: string[]; not?: { issue?: string[] }; range?: object; text?: string } };
  return [
    ...(where?.channel?.[0] === 'phone' ? [] : ['channel']),
    ...(where?.not?.issue?.[0] === 'Wrong item' ? [] : ['not_issue']),
    ...(where?.range ? [] : ['resolution_days']),
    ...(where?.text === 'hold' ? [] : ['text']),
  ];
}

explore('keeps every filter in every link of every screen, also those of files', async () => {
  for (const screen of screens) {
    const page = await opened(`${screen}?${looked}`);
    if (screen !== '/cases') {
      for (const more of await page.getByRole('button', { name: 'Export' }).all()) {
        await more.click();
        const hrefs = await page.locator('a[href^="/api/"]').evaluateAll((links) => links.map((a) => (a as HTMLAnchorElement).href));
        assert.ok(hrefs.length > 0);
        for (const href of hrefs) assert.equal(lostOf(JSON.parse(new URL(href).searchParams.get('q') ?? '{}')), [], href);
        await page.keyboard.press('Escape');
      }
    }
    const hrefs = await page
      .locator('a[href^="/"]:not([href^="/api/"])')
      .evaluateAll((links) => links.map((a) => (a as HTMLAnchorElement).href));
    const kept = hrefs.filter((href) => !/^\/(data|digests)/.test(new URL(href).pathname)); // these have no filters of cases
    assert.ok(kept.length >= 5, `${screen} has links`);
    for (const href of kept) assert.equal(lost(href), [], `${screen}: ${href}`);
    await page.context().close();
  }
});

explore('keeps every filter through every control, and back undoes', async () => {
  const page = await opened(`/?${looked}`);
  const after = async (what: string, work: () => Promise<unknown>) => {
    const before = page.url();
    await work();
    await page.waitForFunction((url) => location.href !== url, before);
    await settled(page);
    assert.equal(lost(page.url()), [], what);
  };
  await after('period', async () => {
    await page.getByRole('button', { name: /^Period/ }).click();
    await page.getByRole('button', { name: 'This year', exact: true }).click();
  });
  await after('grain', async () => {
    await page.getByRole('button', { name: /^Period/ }).click();
    await page.getByLabel('In steps of').selectOption('quarter');
  });
  await after('compare', async () => {
    await page.getByRole('button', { name: /^Compared with/ }).click();
    await page.getByRole('button', { name: /^Nothing/ }).click();
  });
  await after('as of', async () => {
    await page.getByRole('button', { name: /^Known until/ }).click();
    await page.getByLabel('Look at it as known on').fill('2026-11-10');
  });
  await after('back', () => page.goBack());
  await after('another filter', async () => {
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('button', { name: 'Company' }).click();
    await page.getByRole('checkbox', { name: 'not Company 7', exact: true }).press('Space');
    await page.getByRole('button', { name: 'Apply' }).click();
  });
  await after('a mark', () => page.locator('[data-report=recurring_issues] .mark-rect > path').first().click());
  await after('open as page', () => page.getByRole('link', { name: 'Open as a page' }).click());
  await after('a case', () => page.locator('main table tbody a').first().click());
  await after('back to the list', () => page.getByRole('link', { name: /Back to the list/ }).click());
  await after('the keyboard', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('r');
  });
  await after('business time', () => page.getByRole('checkbox', { name: 'Show resolved cases alone' }).check());
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await page.getByRole('link', { name: /^Runs/ }).first().click();
  await after('the data page and back', () => page.getByRole('link', { name: 'Overview', exact: true }).click());
  await page.context().close();
});

explore('sends every filter with every figure of every screen', async () => {
  for (const [screen, reports] of [
    ['/', trends.length + 1],
    ['/resolution', resolutionReports.length],
  ] as const) {
    const page = await openPage(browser, server);
    const asked: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/query')) asked.push(...(request.postDataJSON() as { queries: unknown[] }).queries);
    });
    await page.goto(`${server.url}${screen}?${looked}`);
    await page.locator('[data-report] [data-drawn]').first().waitFor();
    await settled(page);
    assert.ok(asked.length >= reports, `${screen} asks for ${asked.length}`);
    for (const query of asked) assert.equal(lostOf(query), [], JSON.stringify(query));
    await page.context().close();
  }
});

explore('names both windows in dates, and draws a part of a period hollow', async () => {
  const page = await opened('/?from=2026-06-01&to=2026-11-30&grain=month');
  const line = await page.locator('section.top .line p').innerText();
  assert.match(line, /^1 June to 20 November 2026, compared with \d+ \w+ 2025 to \d+ \w+ 2026/, line);
  const dots = page.locator('[data-report=resolution_time] .mark-symbol.role-mark').first().locator('path');
  // What happened beside the axis comes later and draws the picture once more.
  await dots.nth(5).waitFor();
  const fills = await dots.evaluateAll((paths) => paths.map((path) => [path.getAttribute('fill'), path.getAttribute('stroke')]));
  assert.equal(
    fills.map(([fill, stroke]) => fill === stroke),
    [true, true, true, true, true, false],
  );
  await page.context().close();
});

explore('counts members as the chart does, finds those of a long list, and leaves out by keyboard', async () => {
  const page = await opened('/');
  const first = page.locator('[data-report=recurring_issues] .mark-text.role-mark text').first();
  const drawn = Number((await first.textContent())?.replace(/\D/g, ''));
  await page.getByRole('button', { name: 'Add filter' }).press('Enter');
  await page.getByRole('button', { name: 'Issue', exact: true }).press('Enter');
  const row = page.locator('.members li').first();
  await row.locator('.count').waitFor();
  assert.is(Number((await row.locator('.count').innerText()).replace(/\D/g, '')), drawn);
  const name = await row.locator('.name').innerText();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/?not_issue=${name.replace(' ', '+')}`);
  assert.match(await page.locator('.filters').innerText(), new RegExp(`Issue\\s+not ${name}`));
  await settled(page);
  await page.getByRole('button', { name: 'Add filter' }).click();
  await page.getByRole('button', { name: 'Company' }).click();
  await page.getByText('11 more companies').waitFor(); // 60 and (none), 50 of them listed
  await page.getByLabel('Find companies').fill('pany 5');
  await page.getByRole('checkbox', { name: 'only Company 59' }).press('Space');
  await page.getByLabel('Find companies').fill('(none)');
  await page.getByRole('checkbox', { name: 'only (none)' }).waitFor();
  await page.locator('.members li').first().getByText('Company 59', { exact: true }).waitFor(); // what is chosen stays on top
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

explore('saves a view under a name, opens it, and says so where one of its labels is gone', async () => {
  const page = await opened(`/?${filters}`);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Save what is shown now as').fill('Holds by phone');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'View Holds by phone' }).waitFor();
  await page.goto(`${server.url}/resolution`);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('link', { name: 'Holds by phone' }).click();
  await page.waitForURL('**/resolution?*text=hold*');
  assert.equal(lost(page.url()), []);
  await server.store.writer('saved_view').update({ search: 'issue=Gone+long+ago' });
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('link', { name: 'Holds by phone' }).click();
  await page.getByText('Issue: “Gone long ago” is not known here').waitFor();
  assert.match(await page.locator('.filters').innerText(), /Gone long ago/);
  await page.context().close();
});

explore('draws a note on every trend, tells it in words, and lets it be changed and deleted', async () => {
  const page = await opened('/?period=this_year');
  const figure = page.locator('[data-report=satisfaction]');
  await figure.getByText('Notes on the time axis').click();
  await figure.getByRole('button', { name: 'Add a note' }).click();
  await page.getByRole('dialog').getByLabel('Day').fill('2026-03-10');
  await page.getByRole('dialog').getByLabel('What happened').fill('New tariff');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await figure.getByText('10 March 2026: New tariff').waitFor();
  for (const name of ['resolution_time', 'satisfaction', 'issues_over_time']) {
    const texts = page.locator(`[data-report=${name}] .mark-text.layer_0_layer_3_marks text`);
    await texts.first().waitFor();
    assert.equal(await texts.allTextContents(), ['1'], name);
    await page.locator(`[data-report=${name}]`).getByText('1 note on the time axis').waitFor();
  }
  assert.equal(await faultsOf(page), []);
  await figure.getByRole('button', { name: 'Change note 1' }).click();
  await page.getByRole('dialog').getByLabel('About').selectOption('issue');
  await page.getByRole('dialog').getByLabel('Which').fill('Late delivery');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await figure.getByText('New tariff (issue: Late delivery)').waitFor();
  await figure.getByRole('button', { name: 'Change note 1' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await figure.getByText('New tariff').waitFor({ state: 'detached' });
  await page.context().close();
});

explore('folds the controls into one line on a phone, and loses none of them', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const page = await opened(`/?${looked}`, { width: 360, theme });
    const height = (await page.locator('section.top').boundingBox())?.height ?? 999;
    assert.ok(height < 150, `${height} px`);
    const line = page.getByRole('button', { name: /^Cases|^Complaints · / });
    assert.match(await line.innerText(), /Complaints · 1 January to 20 November 2026/);
    assert.equal(await faultsOf(page), []);
    await line.click();
    for (const name of [/^(Period )?1 January/, /vs the year before/, 'Views', 'Add filter', /^Known until/, /^Remove filter Channel/])
      assert.ok(await page.getByRole('button', { name }).first().isVisible(), String(name));
    assert.ok(await page.getByLabel('Search the text of cases').isVisible());
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('button', { name: 'Issue', exact: true }).click();
    await page.locator('.members .count').first().waitFor();
    assert.equal(await faultsOf(page), []);
    await page.context().close();
  }
});

explore.run();
