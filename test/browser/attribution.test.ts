// time limit: 120 s
import type { Browser, Locator, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import type { CaseDetail } from '../../queries/model/wire.ts';
import { changeUser } from '../../server/auth/change-user.ts';
import type { Role } from '../../server/auth/roles.ts';
import { addUser } from '../../server/auth/users.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { signIn, startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const attribution = suite('whose a case is, and why it happened, in a browser');
let server: TestServer;
let browser: Browser;
const cookies: Record<string, string> = {};

const imported: Omit<CaseRecord, 'source_id'> = {
  kind: 'complaint', received_at: Date.parse('2024-03-01T09:00:00Z') / 1000, issue: 'Late delivery', product: 'Parcel', team: 'Team North', agent: 'A1',
  theme: 'Transport', narrative: 'It came late.',
}; // prettier-ignore

attribution.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, organisation: { name: 'North Post', zone: 'Europe/Vienna', currency: 'EUR' } });
  const { store, deps } = server;
  const cases = ['HD-1', 'HD-2', 'HD-3'].map((source_id): CaseRecord => ({ ...imported, source_id }));
  await loadRecords(store, cases, { source: 'help-desk', zone: 'Europe/Vienna' });
  const people: [string, Role, string?][] = [['ann', 'staff', 'A1'], ['bea', 'quality_manager'], ['tom', 'trainer']]; // prettier-ignore
  for (const [name, role, agent] of people) {
    await addUser(store, { name, role, now: deps.now() });
    if (agent) await changeUser(store, name, { agent }, { by: null, now: deps.now() });
    cookies[name] = await signIn(store, deps.now(), name);
  }
  browser = await launchBrowser();
});
attribution.after(async () => {
  await browser?.close();
  await server?.close();
});

type View = { width: number; theme: 'light' | 'dark' };
async function pageOf(name: string, view: View): Promise<Page> {
  const page = await openPage(browser, { ...server, cookie: cookies[name] ?? '' }, view);
  page.setDefaultTimeout(10_000);
  return page;
}
async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  for (let stops = 0; stops < 60; stops++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${String(control)}`);
}
async function press(page: Page, name: string, role: 'button' | 'link' = 'button'): Promise<void> {
  await tabTo(page, page.getByRole(role, { name, exact: true }));
  await page.keyboard.press('Enter');
}
/** Opens a form, types into its fields and saves it; the focus is then on what was done. */
async function fill(page: Page, button: string, typed: Record<string, string>, done: string): Promise<void> {
  await press(page, button);
  const dialog = page.getByRole('dialog');
  for (const [field, text] of Object.entries(typed)) {
    await tabTo(page, dialog.locator(`[name=${field}]`));
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  }
  assert.equal(await faultsOf(page), [], `the form of ${button}`);
  await page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(done).waitFor();
  assert.ok((await focused(page)).startsWith(done), `the focus is on "${await focused(page)}"`);
}
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent.trim() ?? '');
const fieldsOf = async (id: number) => ((await (await server.send('GET', `/api/cases/${id}`)).json()) as CaseDetail).fields;

attribution('is contested by an agent, decided by a quality manager, and told to the agent, by keyboard', async () => {
  const view = { width: 360, theme: 'dark' } as const;
  const [ann, bea] = [await pageOf('ann', view), await pageOf('bea', view)];
  for (const id of [1, 2]) {
    await ann.goto(`${server.url}/cases/${id}`);
    await press(ann, 'This was not mine');
    await ann.keyboard.press('Escape');
    assert.is(await focused(ann), 'This was not mine', 'closing the form leads back to its button');
    await fill(ann, 'This was not mine', { reason: `I was on leave, ${id}.` }, 'A quality manager was asked to decide.');
    await ann.getByText('Until then it is counted for A1.').waitFor();
  }

  await bea.goto(server.url);
  await bea.getByText('2 cases wait for a decision whose they are.').waitFor();
  await bea.goto(`${server.url}/work`);
  await bea.getByText('“I was on leave, 2.”').waitFor();
  assert.equal(await faultsOf(bea), []);
  await press(bea, 'Case 1: Late delivery', 'link');
  await press(bea, 'Count it for somebody else');
  await bea.keyboard.press('Control+Enter');
  await bea.getByRole('dialog').getByText('Say what was found').waitFor();
  await bea.waitForFunction(() => document.activeElement?.getAttribute('name') === 'reason');
  await bea.keyboard.type('The roster');
  await bea.keyboard.press('Escape');
  await press(bea, 'Count it for somebody else');
  assert.is(await bea.getByRole('dialog').locator('[name=reason]').inputValue(), 'The roster', 'what was typed is there again');
  await bea.keyboard.press('Escape');
  await fill(
    bea,
    'Count it for somebody else',
    { agent: 'A2', reason: 'The roster says A2.' },
    'Corrected: the case is counted for A2 now.',
  );
  assert.is((await fieldsOf(1)).agent, 'A2');
  await bea.goto(`${server.url}/work`);
  await press(bea, 'Case 2: Late delivery', 'link');
  await fill(bea, 'Leave it with A1', { reason: 'The call was taken by A1.' }, 'Left as it is.');
  assert.is((await fieldsOf(2)).agent, 'A1');

  await ann.goto(`${server.url}/work`);
  const told = ann.getByRole('region', { name: 'What you said was not yours' }).getByRole('listitem');
  await told.filter({ hasText: /It was corrected by bea on .*: “The roster says A2\.”/ }).waitFor();
  await told.filter({ hasText: /It was left as it is by bea on .*: “The call was taken by A1\.”/ }).waitFor();
  assert.equal(await faultsOf(ann), []);
  await ann.goto(`${server.url}/cases/1`);
  await ann.getByText(/It was corrected by bea/).waitFor();

  await bea.goto(`${server.url}/cases/1`);
  await press(bea, 'Count it for A1 again, as help-desk says');
  await bea.getByText(/That was taken back: it is counted for whom its source says/).waitFor();
  assert.is((await fieldsOf(1)).agent, 'A1');
  await Promise.all([ann, bea].map((page) => page.context().close()));
});

attribution('has its theme and root cause said, and taken back, by keyboard', async () => {
  await server.send('POST', '/api/cases/3/contest', { reason: 'I was on leave.' }, { cookie: cookies.ann ?? '' });
  const bea = await pageOf('bea', { width: 1440, theme: 'light' });
  await bea.goto(`${server.url}/work`);
  await press(bea, 'Case 3: Late delivery', 'link');
  const typed = { theme: 'Promises', root_cause: 'Sorting' };
  await fill(bea, 'Theme and root cause', typed, 'Saved. Every figure counts it.');
  await bea.getByText('said here by bea').first().waitFor();
  const { theme, root_cause } = await fieldsOf(3);
  assert.equal({ theme, root_cause }, typed);

  await press(bea, 'Theme and root cause');
  const dialog = bea.getByRole('dialog');
  await dialog.getByText(/^Said here by bea on .*; help-desk says “Transport”\.$/).waitFor();
  assert.equal(await faultsOf(bea), []);
  for (const what of ['theme', 'root cause']) await press(bea, `Take it back: ${what}`);
  assert.is(await dialog.locator('[name=theme]').inputValue(), 'Transport');
  await press(bea, 'Save');
  await dialog.waitFor({ state: 'detached' });
  const again = await fieldsOf(3);
  assert.equal([again.theme, again.root_cause], ['Transport', null]);
  assert.is(await bea.getByText('said here by bea').count(), 0);
  await bea.context().close();
});

attribution('is for a trainer to explain, and not to decide', async () => {
  const tom = await pageOf('tom', { width: 360, theme: 'light' });
  await tom.goto(`${server.url}/cases/1`);
  await tom.getByRole('button', { name: 'Theme and root cause' }).waitFor();
  assert.is(await tom.getByRole('button', { name: /^Count it for|^This was not mine/ }).count(), 0);
  await tom.context().close();
});

attribution.run();
