// time limit: 120 s
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { openDataWorld, type DataWorld } from './data-world.ts';

const labels = suite('labels to be placed');
let world: DataWorld;
let browser: Browser;

const map = `source: parcels
zone: UTC
date: YYYY-MM-DD
key: id
fields:
  kind: { constant: complaint }
  received_at: opened
  issue: { column: what, values: { L: Late delivery } }
`;
// Two cases with a value the map does not list.
const rows = 'id,opened,what\n1,2024-01-02,L\n2,2024-01-03,L\n3,2024-01-04,Late delivry\n4,2024-01-05,Late delivry\n';

labels.before(async () => {
  world = await openDataWorld();
  const file = path.join(world.folder, 'parcels.csv');
  const mapPath = path.join(world.folder, 'parcels.yaml');
  writeFileSync(file, rows);
  writeFileSync(mapPath, map);
  const done = await cli(['import', file, '--map', mapPath], { SILVERLINING_DATA: world.folder });
  assert.is(done.code, 0, done.stderr);
  browser = await launchBrowser();
});
labels.after(async () => {
  await browser?.close();
  await world?.close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    labels(`have nothing wrong at ${width} px, ${theme}`, async () => {
      const page = await openPage(browser, world.server, { width, theme });
      page.setDefaultTimeout(15_000);
      await page.goto(`${world.server.url}/data?tab=labels&source=parcels`);
      await page.getByText('1 value is counted under its own name').waitFor();
      assert.equal(await faultsOf(page), []);
      await page.getByRole('link', { name: 'Place “Late delivry”' }).click();
      await page.getByText('2 cases move from “Late delivry” to “Late delivery”.').waitFor();
      assert.equal(await faultsOf(page), []);
      await page.context().close();
    });
  }
}

labels('move with their history after a preview, and back', async () => {
  const page = await openPage(browser, world.server);
  page.setDefaultTimeout(15_000);
  await page.goto(`${world.server.url}/data?tab=labels&source=parcels`);
  await page.getByRole('link', { name: 'Place “Late delivry”' }).click();
  const drawer = page.getByRole('dialog');
  // The nearest known name stands there already.
  const field = drawer.getByLabel('Count it as this issue');
  assert.is(await field.inputValue(), 'Late delivery');
  await field.fill('Slow post');
  await drawer.getByText('2 cases move from “Late delivry” to “Slow post”. “Slow post” is a new name.').waitFor();
  await drawer.getByRole('button', { name: 'Late delivery', exact: true }).click();
  await drawer.getByText('2 cases move from “Late delivry” to “Late delivery”.').waitFor();
  await drawer.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('2 cases moved from “Late delivry” to “Late delivery”.').waitFor();
  await page.getByText('Every value of parcels is placed.').waitFor();

  await page.getByRole('link', { name: 'Changes' }).click();
  await page.getByText(/is counted as “Late delivery”: 2 cases moved\./).waitFor();
  assert.equal(await faultsOf(page), []);
  await page.getByRole('button', { name: 'Undo…' }).click();
  await page.getByRole('button', { name: 'Undo it' }).click();
  await page.getByText('Undone: 2 cases moved back.').waitFor();
  await page.getByText(/Undone (today|yesterday) \d\d:\d\d by admin\./).waitFor();
  await page.getByRole('link', { name: 'To be placed' }).click();
  await page.getByRole('link', { name: 'Place “Late delivry”' }).waitFor();
  await page.context().close();
});

labels.run();
