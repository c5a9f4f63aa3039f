// time limit: 300 s
import type { Browser, Locator, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TableJson } from '../../queries/model/wire.ts';
import { changeUser } from '../../server/auth/change-user.ts';
import { addUser } from '../../server/auth/users.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser } from '../support/pages.ts';
import { signIn, startServer, type TestServer } from '../support/server.ts';

const flow = suite('a case from entry to what was done about its low score');
const password = 'correct horse battery';
const people = { sam: 'staff', quinn: 'quality_manager', tom: 'trainer', eve: 'executive' } as const;
const zone = 'Europe/Vienna';
let server: TestServer;
let browser: Browser;
flow.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, organisation: { name: 'North Post', zone, currency: 'EUR' } });
  server.deps.digests.making.baseUrl = server.url;
  const { store, deps } = server;
  const now = deps.now();
  for (const [name, role] of Object.entries(people)) {
    await addUser(store, { name, role, now });
    if (role === 'staff') await changeUser(store, name, { agent: 'A9' }, { by: null, now });
    const cookie = await signIn(store, now, name);
    assert.ok((await server.send('PUT', '/api/account/password', { password }, { cookie })).ok, name);
  }
  browser = await launchBrowser();
});
flow.after(async () => {
  await browser?.close();
  await server?.close();
});

async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  for (let stops = 0; stops < 200; stops++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${String(control)}`);
}
async function press(page: Page, control: Locator): Promise<void> {
  await tabTo(page, control);
  await page.keyboard.press('Enter');
}
async function type(page: Page, control: Locator, text: string): Promise<void> {
  await tabTo(page, control);
  await page.keyboard.type(text);
}
/** A page of somebody who has signed in with name and password. */
async function signedIn(name: keyof typeof people): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(server.url);
  await type(page, page.getByLabel('Name'), name);
  await type(page, page.getByLabel('Password'), password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Account' }).waitFor();
  return page;
}
/** Does something with the case that is open. */
async function act(page: Page, name: string, typed: Record<string, string> = {}): Promise<void> {
  await press(page, page.getByRole('button', { name, exact: true }));
  const dialog = page.getByRole('dialog');
  for (const [field, text] of Object.entries(typed)) await type(page, dialog.locator(`[name=${field}]`), text);
  assert.equal(await faultsOf(page), [], name);
  await page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  assert.is(await page.evaluate(() => document.activeElement?.textContent), 'What happens next');
}
const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date());
/** The day may change while the case is handled. */
const startedOn = today();
/** What somebody is told of the cases since the test began. */
async function figures(name: keyof typeof people): Promise<unknown[]> {
  const cookie = await signIn(server.store, server.deps.now(), name);
  const measures = ['received', 'resolved', 'uphold_rate', 'csat_rate', 'response_rate'];
  const body = { queries: [{ measures, from: startedOn, to: today(), where: { kind: ['complaint'] } }] };
  const { tables } = (await (await server.send('POST', '/api/query', body, { cookie })).json()) as { tables: TableJson[] };
  return measures.map((measure) => tables[0]?.rows[0]?.[measure] ?? null);
}
const words = { narrative: 'Nobody rang the bell.', remedy: 'The postage is paid back.', comment: 'I had to ask three times.', done: 'Called, and apologised.' }; // prettier-ignore

flow('is walked by the roles that take part, by keyboard alone', async () => {
  const staff = await signedIn('sam');
  await press(staff, staff.getByRole('link', { name: 'Enter a case' }).first());
  await type(staff, staff.locator('[name=issue]'), 'Late delivery');
  await type(staff, staff.locator('[name=narrative]'), words.narrative);
  await type(staff, staff.locator('[name=customer_name]'), 'Ada Secret');
  await type(staff, staff.locator('[name=contact]'), 'ada@example.org');
  await staff.keyboard.press('Control+Enter');
  await press(staff, staff.getByRole('link', { name: 'Open the case' }));
  await staff.getByText('A9 has it.').waitFor();
  const address = new URL(staff.url()).pathname;
  await act(staff, 'Assign', { team: 'Team North' });
  await act(staff, 'Acknowledge', { note: 'By phone' });
  await act(staff, 'Add a note', { note: 'The driver says nobody was in.' });
  await act(staff, 'Escalate', { escalation_level: 'Stage 1', note: 'She wants to speak to a manager.' });
  assert.equal(await figures('eve'), [1, 0, null, null, null]);

  const manager = await signedIn('quinn');
  await manager.goto(server.url + address);
  await act(manager, 'Respond', { note: 'We looked at the route.' });
  await act(manager, 'Resolve', { outcome: 'Upheld', resolution_note: words.remedy });
  await press(manager, manager.getByRole('button', { name: 'Ask how satisfied the customer is' }));
  await press(manager, manager.getByRole('button', { name: 'Make a link' }));
  const text = await manager.getByLabel('A text to send, with the link').inputValue();
  await press(manager, manager.getByRole('button', { name: 'Done' }));
  assert.equal(await figures('eve'), [1, 1, 1, null, 0]);

  const customer = await (await browser.newContext({ viewport: { width: 360, height: 800 }, isMobile: true, hasTouch: true })).newPage();
  await customer.goto(/http\S+/.exec(text)?.[0] ?? '');
  await tabTo(customer, customer.locator('[name=score]').first());
  await customer.keyboard.press('Space');
  await type(customer, customer.getByLabel('What should we know?'), words.comment);
  await press(customer, customer.getByRole('button', { name: 'Send' }));
  await customer.getByRole('heading', { name: 'Thank you' }).waitFor();
  assert.equal(await figures('eve'), [1, 1, 1, 0, 1]);

  await press(manager, manager.getByRole('link', { name: 'Satisfaction', exact: true }).first());
  const low = manager.locator('[data-low-scores]');
  await low.getByText('1 low score in this period, 1 not followed up yet.').waitFor();
  assert.match(await low.locator('tbody tr').innerText(), /Satisfaction: 1 of 5\s+Late delivery\s+Team North\s+A9\s+To follow up/);
  await press(manager, low.locator('tbody tr'));
  const drawer = manager.getByRole('dialog');
  await tabTo(manager, drawer.getByRole('radio', { name: 'To follow up' }));
  await manager.keyboard.press('ArrowDown');
  await type(manager, drawer.getByLabel('Note'), words.done);
  await press(manager, drawer.getByRole('button', { name: 'Save' }));
  await low.getByText('Nothing is left to follow up.').waitFor();
  await press(manager, low.getByRole('link', { name: 'Contacted 1' }));
  await low.getByText(/^Contacted by quinn/).waitFor();
  assert.equal(await faultsOf(manager), [], 'satisfaction');

  await staff.reload();
  await staff.getByText(`“${words.comment}”`).waitFor();
  await staff.getByText(words.done).waitFor();
  assert.is(await staff.getByText('Ada Secret').count(), 1);

  const trainer = await signedIn('tom');
  await trainer.goto(server.url + address);
  await trainer.getByText(words.narrative).waitFor();
  await trainer.getByText(`“${words.comment}”`).waitFor();
  await trainer.getByText('Your role reads cases and does not handle them.').waitFor();
  const seen = await trainer.locator('main').innerText();
  for (const hidden of ['Ada Secret', 'ada@example.org']) assert.not.match(seen, hidden);
  assert.equal(await faultsOf(trainer), [], 'the case, to a trainer');

  const executive = await signedIn('eve');
  await press(executive, executive.getByRole('link', { name: 'Satisfaction', exact: true }).first());
  await executive.getByText('1 low score in this period').waitFor();
  assert.not.match(await executive.locator('main').innerText(), words.done);
  await executive.goto(server.url + address);
  await executive.getByText('1 on a scale of 1 to 5, not satisfied').waitFor();
  const told = await executive.locator('main').innerText();
  for (const hidden of [...Object.values(words), 'Ada Secret', 'ada@example.org', 'A9', 'sam']) assert.not.match(told, hidden);
  assert.equal(await faultsOf(executive), [], 'the case, to an executive');
  await Promise.all([staff, manager, customer, trainer, executive].map((page) => page.context().close()));
});

flow.run();
