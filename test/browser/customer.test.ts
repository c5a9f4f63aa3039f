// time limit: 120 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const customer = suite("a customer's data in a browser");
let server: TestServer;
let browser: Browser;
customer.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir });
  await loadRecords(server.store, [
    {
      source_id: 'A-1',
      kind: 'complaint',
      received_at: '2026-01-05',
      customer_ref: 'C1',
      customer_name: 'Ann',
      narrative: 'It came late.',
    },
    { source_id: 'A-2', kind: 'complaint', received_at: '2026-02-05', customer_ref: 'C1', narrative: 'Late again.' },
  ]);
  browser = await launchBrowser();
});
customer.after(async () => {
  await browser?.close();
  await server?.close();
});

for (const [width, theme] of [
  [360, 'dark'],
  [1440, 'light'],
] as const)
  customer(`can be erased on a case page that has nothing wrong at ${width} px, ${theme}`, async () => {
    const page = await openPage(browser, server, { width, theme });
    page.setDefaultTimeout(15_000);
    await page.goto(`${server.url}/cases/1`);
    await page.getByRole('button', { name: 'Erase this customer' }).click();
    await page.getByText('2 cases of test').waitFor();
    assert.equal(await faultsOf(page), []);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/erase-${width}-${theme}.png` });
    await page.getByRole('textbox', { name: 'The number of this case, 1' }).fill('2');
    await page.getByRole('button', { name: 'Erase for good' }).click();
    await page.getByRole('alert').getByText('what is erased cannot be brought back').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('It came late.').waitFor();
    await page.context().close();
  });

customer('is saved, then erased after its number was typed, and the receipt is there', async () => {
  const page = await openPage(browser, server);
  page.setDefaultTimeout(15_000);
  await page.goto(`${server.url}/cases/1`);
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save all there is' }).click();
  assert.is((await saved).suggestedFilename(), 'silverlining-customer-1.json');
  await page.getByRole('button', { name: 'Erase this customer' }).click();
  await page.getByRole('textbox', { name: 'The number of this case, 1' }).fill('1');
  await page.getByRole('button', { name: 'Erase for good' }).click();
  await page.getByText('Who the customer is and all that was written were erased on').waitFor();
  assert.is(await page.getByText('It came late.').count(), 0);
  assert.equal(await faultsOf(page), []);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/erased.png` });
  const receipt = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Receipt of the erasure' }).click();
  assert.is((await receipt).suggestedFilename(), 'silverlining-erasure-1.txt');
  await page.context().close();
});

customer.run();
