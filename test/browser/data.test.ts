// time limit: 300 s
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../etl/config.ts';
import { runSource } from '../../etl/run-source.ts';
import { openStore, type Store } from '../../etl/store/open.ts';
import { ensureClient } from '../../server/build-client.ts';
import { projectDir } from '../../server/project-dir.ts';
import { findMap } from '../../server/commands/maps.ts';
import { cli } from '../support/cli.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const data = suite('the data page');
const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-data-'));
const inbox = path.join(folder, 'inbox');
let store: Store;
let server: TestServer;
let browser: Browser;

// Row 2 ended before it began, row 3 has a severity nobody knows, row 4 has no readable date.
const dropped = `source_id,kind,received_at,resolved_at,severity,issue
1,complaint,2024-01-02,2024-01-05,high,late
2,complaint,2024-01-03,2024-01-01,low,late
3,complaint,2024-01-04,,dreadful,lost
4,complaint,2024-31-04,,high,lost
`;
const map =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: opened\n  issue: what\n';

data.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  mkdirSync(inbox);
  const mapPath = path.join(folder, 'shop.yaml');
  writeFileSync(mapPath, map);
  const file = path.join(folder, 'duplicate-keys.csv');
  copyFileSync(path.join(projectDir, 'fixtures/quirks/duplicate-keys.csv'), file);
  const done = await cli(['import', file, '--map', mapPath], { SILVERLINING_DATA: folder });
  assert.is(done.code, 3, done.stderr); // loaded, with rejects

  store = await openStore({ dataDir: folder });
  const config: Config = {
    organisation: { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' },
    sources: [{ name: 'inbox', connector: 'folder', path: inbox, map: 'standard', schedule: { every: 'day' } }],
  };
  const [inboxSource] = config.sources;
  const now = () => Math.floor(Date.now() / 1000);
  const deps = { store, config, findMap, now, log: () => undefined };
  // The schedule has been there and found nothing, so the source is known.
  await runSource(deps, inboxSource!, 'schedule'); // the only one
  server = await startServer({
    store,
    clientDir,
    organisation: { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' },
    runSource: (_name, startedBy) =>
      new Promise((resolve, reject) => void runSource(deps, inboxSource!, startedBy, (run_id) => resolve({ run_id })).catch(reject)),
  });
  browser = await launchBrowser();
});
data.after(async () => {
  await browser?.close();
  await server?.close();
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

data('lists the run of an import with what became of its rows', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/data?tab=runs&source=shop`);
  const row = page.locator('tbody tr');
  await row.first().waitFor();
  assert.is(await row.count(), 1);
  const cells = await row.first().locator('td').allInnerTexts();
  // 4 rows: 2 cases, 1 row twice, 1 key with another content.
  assert.is(cells[1], 'shop');
  assert.match(cells[2] ?? '', /duplicate-keys\.csv$/);
  assert.is(cells[4], 'Done');
  assert.equal(cells.slice(5, 11), ['4', '2', '0', '1', '1', '0']);
  await row.first().getByRole('link', { name: '1', exact: true }).click();
  await page.waitForURL(/tab=rejected&run=\d+/);
  await page.getByText('1 rejected row').waitFor();
  const rejected = page.locator('main section').first();
  assert.match(await rejected.innerText(), /line 5/);
  await page.getByText('The row as it came').click();
  assert.equal(await rejected.locator('dd').allInnerTexts(), ['2', '2024-01-03', 'rude']);
  await page.context().close();
});

data('runs a drop folder when asked, and shows what it brought, rejected and flagged', async () => {
  writeFileSync(path.join(inbox, 'monday.csv'), dropped);
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/data`);
  const source = page.locator('main li', { has: page.getByRole('heading', { name: 'inbox' }) });
  await source.getByText('a drop folder, map standard').waitFor();
  await source.getByRole('button', { name: 'Run now' }).click();
  await page.getByText('inbox is being read.').waitFor();
  await source.getByRole('link', { name: '1 run' }).waitFor({ timeout: 20_000 });
  await source.getByText('1 row rejected').waitFor({ timeout: 20_000 });

  await page.goto(`${server.url}/data?tab=rejected&source=inbox`);
  const rejected = page.locator('main section').first();
  await rejected.waitFor();
  assert.match(await rejected.innerText(), /^Received: .*\(1 row on this page\)\s+monday\.csv, line 5/);
  assert.equal(await faultsOf(page), []);

  await page.goto(`${server.url}/data?tab=flagged&source=inbox`);
  await page.getByText('2 flagged values').waitFor();
  const words = await page.locator('tbody').innerText();
  assert.match(words, /Times are in an impossible order/);
  assert.match(words, /dreadful/);
  assert.equal(await faultsOf(page), []);
  await page.getByLabel('What is wrong').selectOption('time_order');
  await page.getByText('1 flagged value', { exact: true }).waitFor();
  await page.locator('tbody a').first().click();
  await page.getByText('Listed under data quality: Resolved:').waitFor();
  await page.context().close();
});

data('says so where there is nothing, and offers to show all', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/data?tab=flagged&source=shop`);
  await page.getByText('No value is flagged that fits these choices.').waitFor();
  await page.getByRole('link', { name: 'Show all' }).click();
  await page.getByText('2 flagged values').waitFor();
  await page.context().close();
});

data('says what of the address is no list, no run and no page', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/data?tab=xyz&run=zzz&page=0&source=shop`);
  const notice = page.getByRole('status').filter({ hasText: 'not understood' });
  await notice.waitFor();
  assert.equal(await notice.locator('li').allInnerTexts(), [
    'Part of the page: “xyz” is not known here.',
    'Page: “0” is not a whole number from 1.',
    'Run: “zzz” is not a whole number from 1.',
  ]);
  await page.getByRole('button', { name: 'Take these off' }).click();
  await page.waitForURL('**/data?source=shop');
  await notice.waitFor({ state: 'detached' });
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    data(`has nothing wrong at ${width} px, ${theme}`, async () => {
      const page = await openPage(browser, server, { width, theme });
      for (const [tab, sign] of [
        ['sources', 'shop'],
        ['runs', 'Rows a second'],
        ['rejected', 'The row as it came'],
        ['flagged', 'Value as given'],
      ] as const) {
        // prettier-ignore
        await page.goto(`${server.url}/data?tab=${tab}`);
        await page.getByText(sign).first().waitFor();
        assert.equal(await faultsOf(page), [], tab);
      }
      await page.context().close();
    });
  }
}

data.run();
