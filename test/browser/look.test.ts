// time limit: 900 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookAt, someSights, watchPolicy } from '../support/look.ts';
import { launchBrowser, openPage } from '../support/pages.ts';
import { startServer } from '../support/server.ts';
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

look('hears of what the content security policy keeps from a page, and the pages without a session break nothing of it', async () => {
  const server = await startServer();
  const page = await openPage(browser, server);
  const heard: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && heard.push(message.text())));
  await watchPolicy(page);
  for (const place of ['/sign-in', '/sign-in?token=x', '/unsubscribe?token=x']) await page.goto(server.url + place);
  assert.equal(
    heard.filter((text) => !text.startsWith('Failed to load resource')),
    [],
  );
  const told = (what: string) =>
    page.waitForEvent('console', { predicate: (message) => message.text().startsWith(`breaks the policy ${what}: inline`) });
  await Promise.all([
    told('script-src-elem'),
    told('style-src-attr'),
    page.evaluate(() => {
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }));
      document.body.setAttribute('style', 'color: red');
    }),
  ]);
  assert.not.ok(await page.evaluate(() => 'ran' in window));
  await page.context().close();
  await server.close();
});

for (const world of worldNames) if (!publicWorlds.includes(world)) look(nameOf(world), () => isSound(world));
sharedTests(look, Object.fromEntries(publicWorlds.map((world) => [nameOf(world), () => isSound(world)])));

look.run();
