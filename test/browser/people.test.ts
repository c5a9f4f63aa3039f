// time limit: 120 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { openDataWorld, type DataWorld } from './data-world.ts';

const people = suite('people');
let world: DataWorld;
let browser: Browser;
people.before(async () => {
  world = await openDataWorld();
  browser = await launchBrowser();
});
people.after(async () => {
  await browser?.close();
  await world?.close();
});

people('are invited, set a password, sign in with it and see what their role gives', async () => {
  const page = await openPage(browser, world.server);
  page.setDefaultTimeout(15_000);
  await page.goto(`${world.server.url}/people`);
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Role').selectOption({ label: 'Executive' });
  await page.getByRole('button', { name: 'Save' }).click();
  const link = await page.getByText('/sign-in?token=').innerText();
  await page.getByText('Invited until').waitFor();

  const theirs = await (await browser.newContext()).newPage();
  theirs.setDefaultTimeout(15_000);
  await theirs.goto(link);
  await theirs.getByRole('button', { name: 'Sign in' }).click();
  await theirs.getByRole('link', { name: 'Account' }).click();
  await theirs.getByLabel('New password').fill('correct horse battery');
  await theirs.getByRole('button', { name: 'Set it' }).click();
  await theirs.getByText('The password is set').waitFor();
  assert.is(await theirs.getByRole('link', { name: 'Data', exact: true }).count(), 0);
  assert.is(await theirs.getByRole('link', { name: 'People' }).count(), 0);
  await theirs.getByRole('button', { name: 'Sign out' }).click();
  await theirs.goto(`${world.server.url}/sign-in`);
  await theirs.getByLabel('Name').fill('anna');
  await theirs.getByLabel('Password').fill('wrong horse battery');
  await theirs.keyboard.press('Enter');
  await theirs.getByText('Name and password do not belong together').waitFor();
  await theirs.getByLabel('Password').fill('correct horse battery');
  await theirs.keyboard.press('Enter');
  await theirs.getByRole('link', { name: 'Account' }).waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'Disable anna' }).click();
  await page.getByText('anna is disabled; all their sessions have ended.').waitFor();
  await theirs.reload();
  await theirs.getByRole('button', { name: 'Sign in' }).waitFor();
  await theirs.context().close();
  await page.context().close();
});

people('are told why the last administrator stays', async () => {
  const page = await openPage(browser, world.server);
  page.setDefaultTimeout(15_000);
  await page.goto(`${world.server.url}/people`);
  await page.getByRole('button', { name: 'Disable admin' }).click();
  await page.getByText('“admin” is the last administrator').or(page.getByText('"admin" is the last administrator')).waitFor();
  await page.context().close();
});

people('find lines of the audit trail, and the address keeps what they look for', async () => {
  const page = await openPage(browser, world.server);
  page.setDefaultTimeout(15_000);
  await page.goto(`${world.server.url}/people`);
  await page.getByRole('link', { name: 'Audit trail' }).click();
  await page.getByRole('combobox', { name: 'What', exact: true }).selectOption({ label: 'A user was given an invitation link' });
  await page.getByRole('searchbox', { name: 'Words' }).fill('anna');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/people/audit?action=user_invited&words=anna');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  assert.match(await page.getByRole('row').last().innerText(), /A user was given an invitation link\s+anna/);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save these lines as CSV' }).click();
  assert.is((await download).suggestedFilename(), 'silverlining-audit.csv');
  await page.getByRole('searchbox', { name: 'Words' }).fill('nobody at all');
  await page.keyboard.press('Enter');
  await page.getByText('No line fits.').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Show all' }).first().click();
  await page.waitForURL('**/people/audit');
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    people(`and accounts have nothing wrong at ${width} px, ${theme}`, async () => {
      const page = await openPage(browser, world.server, { width, theme });
      page.setDefaultTimeout(15_000);
      await page.goto(`${world.server.url}/people`);
      await page.getByRole('heading', { name: 'admin' }).waitFor();
      assert.equal(await faultsOf(page), []);
      await page.getByRole('button', { name: 'Change admin' }).click();
      await page.getByRole('heading', { name: 'Change admin' }).waitFor();
      assert.equal(await faultsOf(page), []);
      await page.goto(`${world.server.url}/account`);
      await page.getByText('This session').waitFor();
      assert.equal(await faultsOf(page), []);
      await page.goto(`${world.server.url}/people/audit`);
      await page.getByRole('cell', { name: 'Somebody signed in' }).first().waitFor();
      assert.equal(await faultsOf(page), []);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/audit-${width}-${theme}.png` });
      await page.context().close();
    });
  }
}

people.run();
