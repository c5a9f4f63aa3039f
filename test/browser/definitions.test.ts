// time limit: 240 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { measureNames } from '../../queries/model/measures.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const definitions = suite('definitions in a browser');
let server: TestServer;
let browser: Browser;

const day = 86_400;
const newest = Date.parse('2026-11-20T10:00:00Z') / 1000;
// A complaint a day back from 20 November 2026, every second about a late delivery.
const records: CaseRecord[] = Array.from({ length: 400 }, (_, i) => ({
  source_id: `K-${i}`,
  kind: 'complaint',
  received_at: newest - i * day,
  issue: i % 2 ? 'Late delivery' : 'Lost parcel',
  ...(i > 20 && { resolved_at: newest - (i - 10) * day }),
}));

definitions.before(async () => {
  server = await startServer({ clientDir: await ensureClient(() => undefined) });
  await loadRecords(server.store, records, { throughAt: newest + 3600 });
  browser = await launchBrowser();
});
definitions.after(async () => {
  await browser?.close();
  await server?.close();
});

async function opened(path: string, look: Parameters<typeof openPage>[2] = {}): Promise<{ page: Page; complaints: string[] }> {
  const page = await openPage(browser, server, look);
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.goto(server.url + path);
  return { page, complaints };
}

definitions('are one step from a figure, with the SQL of what is looked at there, which gives its number', async () => {
  const { page, complaints } = await opened('/?period=last_year&issue=Late+delivery&kind=any');
  const figure = page.locator('[data-report]').first();
  await figure.locator('[data-drawn]').waitFor();
  await figure.getByText('How this is computed').click();
  await figure.getByRole('link', { name: 'Its definition and SQL' }).first().click();
  await page.waitForURL('**/data/definitions#*');
  const name = new URL(page.url()).hash.slice(1);
  assert.ok((measureNames as string[]).includes(name), name);
  const entry = page.locator(`#${name}`);
  await entry.locator('pre').first().waitFor();
  const { top = Infinity } = (await entry.evaluate((node) => ({ top: node.getBoundingClientRect().top }))) ?? {};
  assert.ok(top >= 0 && top < 450, `the definition stands at ${top} px`);
  await entry.getByText(/1 January to 31 December 2025, by month; issue: Late delivery/).waitFor();
  const received = page.locator('#received');
  if (name !== 'received') await received.getByText('How this is computed').click();
  await received.locator('pre').waitFor();
  const rows = await server.store.reader.raw<{ t_sum0: number }[]>(await received.locator('pre').innerText());
  const expected = records.filter(
    (r) => r.issue === 'Late delivery' && Number(r.received_at) < Date.parse('2026-01-01T00:00:00Z') / 1000,
  ).length;
  assert.is(
    rows.reduce((sum, row) => sum + row.t_sum0, 0),
    expected,
  );
  await page.goBack();
  await page.waitForURL('**/?period=last_year*');
  assert.equal(complaints, []);
  await page.context().close();
});

definitions('are found by any of their words, in the address too, and say when there are none', async () => {
  const { page } = await opened('/data');
  await page.getByRole('navigation', { name: 'Parts of this page' }).getByRole('link', { name: 'Definitions' }).click();
  await page.waitForURL('**/data/definitions');
  await page.getByRole('article').first().waitFor();
  assert.is(await page.getByRole('article').count(), measureNames.length);
  const box = page.getByRole('searchbox', { name: 'Search the definitions' });
  await box.pressSequentially('hand overs');
  await page.waitForURL('**/data/definitions?find=hand+overs');
  await page.waitForFunction(() => document.querySelectorAll('article').length < 5);
  await page.getByRole('article', { name: 'Hand-overs per case' }).waitFor();
  await page.reload();
  await page.getByRole('article', { name: 'Hand-overs per case' }).waitFor();
  await page.getByRole('searchbox').fill('zeppelin');
  await page.getByText('No definition has “zeppelin”.').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.waitForURL('**/data/definitions');
  await page.waitForFunction((count) => document.querySelectorAll('article').length === count, measureNames.length);
  await page.context().close();
});

definitions('give each statement to be copied', async () => {
  const { page } = await opened('/data/definitions#open');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const entry = page.locator('#open');
  await entry.getByRole('button', { name: 'Copy statement 2' }).click();
  await entry.getByText('The statement is copied.').waitFor();
  assert.is(await page.evaluate(() => navigator.clipboard.readText()), await entry.locator('pre').nth(1).innerText());
  await page.context().close();
});

definitions('say why a measure has no statement', async () => {
  const bare = await startServer({ clientDir: server.deps.clientDir });
  try {
    await loadRecords(bare.store, records.slice(0, 3), { throughAt: newest, fields: ['kind', 'received_at'] });
    const page = await openPage(browser, bare);
    await page.goto(`${bare.url}/data/definitions#csat_rate`);
    await page.locator('#csat_rate').getByText('no satisfaction answers in this source.', { exact: true }).waitFor();
    await page.context().close();
  } finally {
    await bare.close();
  }
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    definitions(`are without faults at ${width} px, ${theme}, folded and opened`, async () => {
      const { page, complaints } = await opened('/data/definitions', { width, theme });
      await page.getByRole('article').first().waitFor();
      assert.equal(await faultsOf(page), []);
      await page.getByText('What holds for every figure').click();
      for (const name of ['open', 'on_time_rate', 'resolution_days_p50', 'mentions']) {
        await page.locator(`#${name}`).getByText('How this is computed').click();
        await page.locator(`#${name} pre`).first().waitFor();
      }
      assert.equal(await faultsOf(page), []);
      assert.equal(complaints, []);
      await page.context().close();
    });
  }
}

definitions.run();
