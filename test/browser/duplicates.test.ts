// time limit: 180 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const duplicates = suite('cases about the same matter in a browser');
const letter = 'The parcel was left in the rain on Tuesday and everything in it was wet through when I came home in the evening.';
const at = (daysAgo: number) => Math.floor(Date.now() / 1000) - daysAgo * 86_400;
const record = (source_id: string, daysAgo: number): CaseRecord => ({
  source_id, kind: 'complaint', received_at: at(daysAgo), issue: 'Wet parcel', customer_ref: 'C1', narrative: letter,
}); // prettier-ignore
let clientDir: string;
let server: TestServer;
let browser: Browser;

duplicates.before(async () => {
  clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir });
  await loadRecords(server.store, [record('HD-1', 5), record('HD-2', 4)], { source: 'help-desk', now: at(0) });
  browser = await launchBrowser();
});
duplicates.after(async () => {
  await browser?.close();
  await server?.close();
});

for (const [width, theme] of [
  [1440, 'light'],
  [360, 'dark'],
] as const) {
  duplicates(`warns while a case is typed, and keeps nobody from saving, at ${width} px`, async () => {
    const page = await openPage(browser, server, { width, theme });
    await page.goto(`${server.url}/cases/new`);
    const narrative = page.locator('[name=narrative]');
    await narrative.fill(letter);
    await narrative.press('Tab');
    await page.getByText('These may be the same matter.').waitFor();
    const link = page.getByRole('link', { name: /^Case 2, Wet parcel, received .*, open$/ });
    assert.is(await link.getAttribute('target'), '_blank');
    await page.getByText('the same words; opens in a new tab').first().waitFor();
    assert.equal(await faultsOf(page), []);
    await narrative.fill('Something else that has nothing to do with what came before it, and that nobody has told us of until now.');
    await narrative.press('Tab');
    await link.waitFor({ state: 'detached' });
    await page.context().close();
  });

  duplicates(`lists them, takes an answer by keyboard, and takes it back on the page of the case at ${width} px`, async () => {
    const page = await openPage(browser, server, { width, theme });
    await page.goto(`${server.url}/cases`);
    await page.getByRole('link', { name: 'Likely duplicates' }).press('Enter');
    await page.getByText('Same customer and issue, the same words').waitFor();
    assert.equal(await faultsOf(page), []);
    await page.getByRole('button', { name: 'Same matter: cases 1 and 2' }).press('Enter');
    await page.getByText(/^Cases 1 and 2: The later case counts in nothing but duplicates\./).waitFor();
    await page.getByText('No likely duplicates are waiting.').waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    assert.equal(await faultsOf(page), []);

    await page.goto(`${server.url}/cases/1`);
    await page.getByText('A duplicate of this case is').waitFor();
    await page.getByRole('link', { name: /^Case 2, Wet parcel/ }).press('Enter');
    await page.getByText('This case is a duplicate of').waitFor();
    assert.equal(await faultsOf(page), []);
    await page.getByRole('button', { name: 'Take back: cases 2 and 1' }).press('Enter');
    await page.getByText('Perhaps the same matter:').waitFor();
    await page.getByText('same customer and issue, the same words').waitFor();
    await page.context().close();
  });
}

duplicates('goes back a page when the last pair of a later page was decided', async () => {
  const many = await startServer({ clientDir });
  try {
    // One pair more than a page holds; the cases loaded first are the last of the list.
    const pairs = Array.from({ length: 26 }, (_, i) =>
      [5, 4].map((days) => ({ ...record(`HD-${i}-${days}`, days), customer_ref: `C${i}`, narrative: `Letter ${i}` })),
    );
    await loadRecords(many.store, pairs.flat(), { source: 'help-desk', now: at(0) });
    const page = await openPage(browser, many);
    await page.goto(`${many.url}/cases/duplicates`);
    const answers = page.getByRole('button', { name: /^Same matter: cases / });
    const earlier = page.getByRole('button', { name: 'Earlier ones' });
    await earlier.click();
    await earlier.waitFor({ state: 'detached' });
    assert.is(await answers.count(), 1);
    await answers.press('Enter');
    await page.getByRole('button', { name: 'Later ones' }).waitFor({ state: 'detached' });
    assert.is(await answers.count(), 25);
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    await page.getByText('The later case counts in nothing but duplicates.').first().waitFor();
    await page.context().close();
  } finally {
    await many.close();
  }
});

duplicates.run();
