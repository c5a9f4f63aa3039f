// time limit: 180 s
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureClient } from '../../server/build-client.ts';
import { samples } from '../support/evidence.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const evidence = suite('evidence in a browser');
let server: TestServer;
let browser: Browser;
evidence.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir });
  browser = await launchBrowser();
});
evidence.after(async () => {
  await browser?.close();
  await server?.close();
});

async function enter(key: string): Promise<number> {
  const entry = {
    kind: 'complaint',
    received_at: new Date(Date.now() - 3600_000).toISOString(),
    issue: 'Late delivery',
    narrative: 'Late.',
  };
  const response = await server.send('PUT', `/api/entries/${key}`, entry);
  return ((await response.json()) as { case_id: number }).case_id;
}
const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

for (const [width, theme] of [
  [1440, 'light'],
  [360, 'dark'],
] as const) {
  evidence(`adds a file, gives it back, and removes it with a reason, by keyboard at ${width} px`, async () => {
    const id = await enter(`3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f${String(width).padStart(4, '0')}`);
    const page = await openPage(browser, server, { width, theme });
    await page.goto(`${server.url}/cases/${id}`);
    const section = page.getByRole('region', { name: 'Evidence' });
    await section.getByText('No files yet.').waitFor();
    await section.getByRole('button', { name: 'Add a file' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/Accepted are PDF, pictures .* up to 25 MB\./).waitFor();
    await page.keyboard.press('Control+Enter');
    await dialog.getByText('Choose a file').waitFor();
    await dialog.getByText('Say what it shows').waitFor();
    assert.is(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'file');
    assert.equal(await faultsOf(page), []);

    await dialog.getByLabel('File').setInputFiles(file('photo.png', Buffer.from('<svg/>')));
    await page.keyboard.press('Tab');
    await page.keyboard.type('The parcel, open');
    await page.keyboard.press('Control+Enter');
    await dialog.getByText('The file is a web page, a drawing or another file of markup').waitFor();
    await dialog.getByLabel('File').setInputFiles(file('photo.png', samples.png));
    await dialog.getByLabel('What it shows').press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await section.getByText('The file is saved.').waitFor();
    assert.is(await focused(page), 'Evidence');
    await section.getByText(/PNG, 70 bytes\. Added by admin, /).waitFor();
    await page.getByText(/^Evidence added: photo\.png/).waitFor();
    assert.equal(await faultsOf(page), []);

    const [download] = await Promise.all([page.waitForEvent('download'), section.getByRole('link', { name: 'photo.png' }).press('Enter')]);
    assert.is(download.suggestedFilename(), 'photo.png');
    assert.equal(readFileSync(await download.path()), samples.png);

    await section.getByRole('button', { name: 'Remove photo.png' }).press('Enter');
    await dialog.getByLabel('Why').fill('Shows a face');
    assert.equal(await faultsOf(page), []);
    await page.keyboard.press('Control+Enter');
    await section.getByText('The file is removed.').waitFor();
    assert.is(await focused(page), 'Evidence');
    await section.getByText(/^Removed by admin, .*: Shows a face$/).waitFor();
    assert.is(await section.getByRole('link').count(), 0);
    assert.equal(await faultsOf(page), []);
    await page.context().close();
  });
}

evidence('says who did what meanwhile, keeps the file, and adds it when it is saved again', async () => {
  const id = await enter('3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86');
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/cases/${id}`);
  await page.getByRole('button', { name: 'Add a file' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('File').setInputFiles(file('photo.png', samples.png));
  await dialog.getByLabel('What it shows').fill('The label');
  const other = { action: 'note', version: 1, note: 'She called again.' };
  assert.is((await server.send('POST', `/api/cases/${id}/events`, other)).status, 201);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(/The case was changed since you opened it\. Admin: noted, .*“She called again\.”/).waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The file is saved.').waitFor();
  await page.context().close();
});

evidence.run();
