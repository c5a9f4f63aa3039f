// time limit: 900 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookAt, someSights } from '../support/look.ts';
import { launchBrowser } from '../support/pages.ts';
import { sharedTests } from '../support/shared-data.ts';
import { publicWorlds, worldNames, type WorldName } from '../support/worlds.ts';

const look = suite('the look of every screen');
let browser: Browser;

look.before(async () => {
  browser = await launchBrowser();
});

look.after(async () => {
  await browser?.close();
});

const nameOf = (world: WorldName) => `is without faults over the data set “${world}”`;

/** Looks at every screen over a data set; the files of cities and states are read from their top. */
async function isSound(world: WorldName): Promise<void> {
  const sights = someSights.filter((sight) => sight.world === world);
  const { pages, faults } = await lookAt(browser, sights, { size: 4000 });
  assert.is(pages, sights.length);
  assert.equal(faults, []);
}

for (const world of worldNames) if (!publicWorlds.includes(world)) look(nameOf(world), () => isSound(world));
sharedTests(look, Object.fromEntries(publicWorlds.map((world) => [nameOf(world), () => isSound(world)])));

look.run();
