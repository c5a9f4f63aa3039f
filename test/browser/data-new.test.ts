// time limit: 180 s
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { openDataWorld, type DataWorld } from './data-world.ts';

const fresh = suite('a new source');
let world: DataWorld;
let browser: Browser;

const letters = `source_id,kind,received_at,severity,issue
1,complaint,2024-03-01,high,late
2,grumble,2024-03-02,high,late
3,complaint,2024-03-03,dreadful,lost
`;

fresh.before(async () => {
  world = await openDataWorld();
  mkdirSync(path.join(world.folder, 'letters'));
  writeFileSync(path.join(world.folder, 'letters', 'march.csv'), letters);
  browser = await launchBrowser();
});
fresh.after(async () => {
  await browser?.close();
  await world?.close();
});

const open = async (search: string, look: Parameters<typeof openPage>[2] = {}) => {
  const page = await openPage(browser, world.server, look);
  page.setDefaultTimeout(15_000);
  await page.goto(`${world.server.url}/data${search}`);
  return page;
};

fresh('is tested, seen row by row, accepted and read', async () => {
  const page = await open('');
  await page.getByRole('link', { name: 'New source' }).click();
  await page.getByRole('link', { name: 'Drop folder' }).click();
  // What is missing is said at its field, and the focus goes to the first.
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-path') === 'name');
  assert.is(await page.getByLabel('Path').getAttribute('aria-invalid'), 'true');
  await page.getByLabel('Name').fill('letters');
  await page.getByLabel('Path').fill('letters');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('2 of the first 3 rows make cases; 1 row would be rejected, 1 row would be flagged.').waitFor();
  await page.getByRole('button', { name: 'Next rejected row' }).click();
  await page.getByText('Row 2 of 3, rejected').waitFor();
  assert.match(await page.getByRole('region', { name: 'The row as it comes' }).innerText(), /grumble/);
  assert.match(await page.getByRole('region', { name: 'The case it makes' }).innerText(), /Kind: "grumble" is not one of/);
  assert.equal(await faultsOf(page), []);

  // A form that was changed is tested anew before it can be accepted.
  await page.getByLabel('Schedule').selectOption('day');
  assert.ok(await page.getByRole('button', { name: 'Accept this source' }).isDisabled());
  await page.locator('[data-path="schedule.at"]').fill('07:30');
  await page.getByRole('button', { name: 'Test again' }).click();
  await page.getByRole('button', { name: 'Accept this source' }).click();
  await page.getByText('letters is connected and stands in silverlining.yaml.').waitFor();
  const written = readFileSync(path.join(world.folder, 'silverlining.yaml'), 'utf8');
  assert.match(written, /name: letters/);
  assert.match(written, /07:30/);

  await page.getByRole('button', { name: 'Read it now' }).click();
  await page.getByText('march.csv: 3 rows read, 2 new cases and 1 row rejected.').first().waitFor();
  await page.context().close();
});

fresh('keeps what was typed while somebody looks elsewhere', async () => {
  const page = await open('?tab=new&connector=http-json');
  await page.getByLabel('Name').fill('desk');
  await page.getByLabel('URL').fill('https://desk.example/records');
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByText('Nothing is running now.').waitFor();
  await page.goBack();
  assert.is(await page.getByLabel('Name').inputValue(), 'desk');
  assert.is(await page.getByLabel('URL').inputValue(), 'https://desk.example/records');
  await page.getByText('More options (23)').click();
  await page.getByLabel('Auth').selectOption('bearer');
  assert.match(await page.getByText('never the secret itself').innerText(), /environment variable/);
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

fresh('that is sent to gets a token, shown once, with which records arrive', async () => {
  const page = await open('');
  const sender = page.getByRole('article', { name: 'sender' });
  await sender.getByText('Nobody can send records to it yet: it needs a token.').waitFor();
  await sender.getByRole('button', { name: 'New token' }).click();
  const once = page.getByRole('region', { name: 'The token, shown this once' });
  const token = await once.locator('code').first().innerText();
  const command = await once.locator('code').last().innerText();
  assert.ok(command.includes(token));
  const [address = ''] = /http\S+/.exec(command) ?? [];
  const body = JSON.stringify([{ source_id: 'p1', kind: 'complaint', received_at: '2024-04-01', issue: 'late' }]);
  const answer = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
  assert.is(answer.status, 200);
  assert.is(((await answer.json()) as { inserted: number }).inserted, 1);
  await page.reload();
  await sender.getByText(/1 token is in force, last used (today|yesterday)/).waitFor();
  await page.getByText(token).waitFor({ state: 'detached' });
  await sender.getByRole('button', { name: 'End all tokens' }).click();
  await sender.getByRole('button', { name: 'End them now' }).click();
  await sender.getByText('it needs a token').waitFor();
  assert.is((await fetch(address, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body })).status, 401);
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    fresh(`has nothing wrong at ${width} px, ${theme}`, async () => {
      const page = await openPage(browser, world.server, { width, theme });
      page.setDefaultTimeout(15_000);
      for (const [search, sign] of [
        ['tab=new', 'Where are the cases now?'],
        ['tab=new&connector=folder', 'Test connection'],
        ['tab=new&connector=push', 'Add this source'],
      ] as const) {
        await page.goto(`${world.server.url}/data?${search}`);
        await page.getByText(sign).first().waitFor();
        assert.equal(await faultsOf(page), [], search);
      }
      await page.context().close();
    });
  }
}

fresh('leaves no configuration behind that was not accepted', () => {
  const written = readFileSync(path.join(world.folder, 'silverlining.yaml'), 'utf8');
  assert.not.match(written, /desk/);
  assert.not(existsSync(path.join(world.folder, 'maps')));
});

fresh.run();
