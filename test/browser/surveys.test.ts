// time limit: 300 s
import { randomUUID } from 'node:crypto';
import type { Browser, Locator, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseDetail } from '../../queries/model/wire.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const surveys = suite('asking a customer in a browser');
let server: TestServer;
let browser: Browser;
surveys.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, organisation: { name: 'North Post', zone: 'Europe/Vienna', currency: 'EUR' } });
  server.deps.digests.making.baseUrl = server.url;
  browser = await launchBrowser();
});
surveys.after(async () => {
  await browser?.close();
  await server?.close();
});

const detail = async (id: number) => (await (await server.send('GET', `/api/cases/${id}`)).json()) as CaseDetail;
async function resolved(): Promise<number> {
  const received_at = new Date(Date.now() - 3600_000).toISOString();
  const fields = { kind: 'complaint', received_at, issue: 'Late delivery', narrative: 'Late.', contact: 'ada@example.org', agent: 'A9' };
  const { case_id: id } = (await (await server.send('PUT', `/api/entries/${randomUUID()}`, fields)).json()) as { case_id: number };
  const decision = { action: 'resolve', version: 1, outcome: 'upheld', resolution_note: 'Paid back.' };
  assert.is((await server.send('POST', `/api/cases/${id}/events`, decision)).status, 201);
  return id;
}
async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let stops = 0; stops < 60; stops++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${String(control)}`);
}
/** Asks on the page of the case by keyboard, and gives the link that is shown. */
async function askByKeyboard(page: Page, id: number): Promise<string> {
  await page.goto(`${server.url}/cases/${id}`);
  await tabTo(page, page.getByRole('button', { name: 'Ask how satisfied the customer is' }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Mail is not set up').waitFor();
  assert.is(await dialog.getByRole('radio', { name: 'With a link' }).isChecked(), true);
  assert.equal(await faultsOf(page), [], 'the form that asks');
  await tabTo(page, dialog.getByRole('button', { name: 'Make a link' }));
  await page.keyboard.press('Enter');
  const text = await dialog.getByLabel('A text to send, with the link').inputValue();
  assert.match(text, /^Dear customer,\n\nHow satisfied are you with how we dealt with it\? It takes a minute to tell us:/);
  assert.equal(await faultsOf(page), [], 'the link');
  await tabTo(page, dialog.getByRole('button', { name: 'Done' }));
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('The link is made.').waitFor();
  assert.is(await page.evaluate(() => document.activeElement?.textContent), 'What happens next');
  return /http\S+/.exec(text)?.[0] ?? '';
}

for (const [width, theme] of [
  [360, 'light'],
  [1440, 'dark'],
] as const) {
  surveys(`asks on the case, and takes one answer without a script by keyboard at ${width} px in ${theme}`, async () => {
    const staff = await openPage(browser, server, { width, theme });
    const id = await resolved();
    const link = await askByKeyboard(staff, id);

    const isPhone = width < 500;
    const viewport = { width, height: 800 };
    const pages = [false, true].map((javaScriptEnabled) =>
      browser.newContext({ viewport, colorScheme: theme, hasTouch: isPhone, isMobile: isPhone, javaScriptEnabled }),
    );
    const [page, checked] = await Promise.all(pages.map(async (context) => (await context).newPage()));
    if (!page || !checked) throw new Error('two contexts give two pages');
    await checked.goto(`${link}&score=4`);
    assert.equal(await faultsOf(checked), [], 'the question');
    assert.is(await checked.getByRole('radio', { name: 'Satisfied', exact: true }).isChecked(), true);

    await page.goto(link);
    await page.getByRole('heading', { name: 'Your opinion' }).waitFor();
    const focused = () => page.locator(':focus');
    await page.keyboard.press('Tab');
    assert.is(await focused().getAttribute('name'), 'score');
    await page.keyboard.press('ArrowDown');
    assert.is(await focused().getAttribute('value'), '2');
    await page.keyboard.press('Tab');
    assert.is(await focused().getAttribute('name'), 'ease');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Nobody called back.');
    await page.keyboard.press('Tab');
    assert.is(await focused().innerText(), 'Send');
    assert.equal((await detail(id)).surveys[0]?.score, null);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await page.goto(link);
    await page.getByRole('heading', { name: 'You have answered already' }).waitFor();
    await checked.goto(link);
    assert.equal(await faultsOf(checked), [], 'that it was answered');

    const [survey] = (await detail(id)).surveys;
    assert.equal([survey?.score, survey?.comment, survey?.agent], [2, 'Nobody called back.', 'A9']);
    await staff.reload();
    await staff.getByText('Survey answered: 2 of 5').waitFor();
    await staff.getByText('“Nobody called back.”').waitFor();
    assert.is(await staff.getByRole('button', { name: 'Ask how satisfied the customer is' }).count(), 0);
    assert.equal(await faultsOf(staff), [], 'the case');
    await Promise.all([staff, page, checked].map((each) => each.context().close()));
  });
}

surveys('says without a script what is missing, and keeps what was written', async () => {
  const id = await resolved();
  const { url } = (await (await server.send('POST', `/api/cases/${id}/survey`, { channel: 'link', version: 2 })).json()) as { url: string };
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel('What should we know?').pressSequentially('Thanks.');
  // As a browser that checks nothing would send it.
  await page.locator('form').evaluate((form: HTMLFormElement) => form.setAttribute('novalidate', ''));
  await page.getByRole('button', { name: 'Send' }).press('Enter');
  await page.getByText('Choose one of the five answers.').waitFor();
  assert.is(await page.getByLabel('What should we know?').inputValue(), 'Thanks.');
  assert.is(await page.locator(':focus').getAttribute('name'), 'score');
  assert.equal(await faultsOf(page), []);
  await context.close();
});

surveys.run();
