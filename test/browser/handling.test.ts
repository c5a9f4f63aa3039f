// time limit: 300 s
import type { Browser, Locator, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultProcedure, type Procedure } from '../../etl/procedure.ts';
import { adoptRules } from '../../etl/rederive.ts';
import type { CaseRecord } from '../../etl/record.ts';
import type { TableJson } from '../../queries/model/wire.ts';
import { changeUser } from '../../server/auth/change-user.ts';
import { addUser } from '../../server/auth/users.ts';
import type { CaseFactRow } from '../../etl/store/tables.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { signIn, startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const handling = suite('handling a case in a browser');
const zone = 'Europe/Vienna';
const procedure: Procedure = {
  ...defaultProcedure,
  guidance: { ...defaultProcedure.guidance, enter: ['By the procedure of the house, listen first.'] },
  redressLimits: { staff: 50 },
};
let server: TestServer;
let browser: Browser;

const imported: CaseRecord = {
  source_id: 'HD-1', kind: 'complaint', received_at: Date.parse('2024-03-01T09:00:00Z') / 1000, issue: 'Late delivery', product: 'Parcel', team: 'Team North',
  agent: 'A9', narrative: 'It came late.',
}; // prettier-ignore

handling.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, organisation: { name: 'North Post', zone, currency: 'EUR' }, procedure });
  const policies = [{ name: 'Standard', acknowledge: { hours: 24 }, resolve: { calendar_days: 10 } }];
  await adoptRules(server.store, { calendars: {}, calendar: null, policies }, { zone, log: () => undefined });
  await loadRecords(server.store, [imported], { source: 'help-desk', zone });
  // So that figures can be asked of what is entered here.
  const first = {
    kind: 'complaint',
    received_at: new Date(Date.now() - 3600_000).toISOString(),
    issue: 'Late delivery',
    narrative: 'Late.',
  };
  assert.is((await server.send('PUT', '/api/entries/3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86', first)).status, 201);
  browser = await launchBrowser();
});
handling.after(async () => {
  await browser?.close();
  await server?.close();
});

/** The date so many days back where the organisation is, `YYYY-MM-DD`. */
const daysAgo = (days: number) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(Date.now() - days * 86_400_000);
/** The day may change while a case is handled. */
const startedOn = daysAgo(0);
/** What the interface says of the cases received and resolved since the tests began. */
async function figures(): Promise<[received: number, resolved: number, open: number, upheld: number | null]> {
  const query = {
    measures: ['received', 'resolved', 'open', 'uphold_rate'],
    from: startedOn,
    to: daysAgo(0),
    where: { source: ['entry'] },
  };
  const { tables } = (await (await server.send('POST', '/api/query', { queries: [query] })).json()) as { tables: TableJson[] };
  const row = tables[0]?.rows[0] ?? {};
  return [Number(row.received ?? 0), Number(row.resolved ?? 0), Number(row.open ?? 0), row.uphold_rate as number | null];
}
async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let stops = 0; stops < 60; stops++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${String(control)}`);
}
async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, page.getByRole('button', { name, exact: true }));
  await page.keyboard.press('Enter');
}
/** Opens the form of an action, types into its fields and saves it, by keyboard alone. */
async function act(page: Page, name: string, typed: Record<string, string>, done: string): Promise<void> {
  await press(page, name);
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  for (const [field, text] of Object.entries(typed)) {
    await tabTo(page, dialog.locator(`[name=${field}]`));
    await page.keyboard.type(text);
  }
  assert.equal(await faultsOf(page), [], `the form of ${name}`);
  await page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(done).waitFor();
  assert.is(await page.evaluate(() => document.activeElement?.textContent), 'What happens next');
}
async function enter(page: Page, narrative: string): Promise<void> {
  await page.goto(`${server.url}/cases/new`);
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'kind');
  await tabTo(page, page.locator('[name=issue]'));
  await page.keyboard.type('Late delivery');
  await tabTo(page, page.locator('[name=narrative]'));
  await page.keyboard.type(narrative);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: /^Complaint saved as case \d+$/ }).waitFor();
  await tabTo(page, page.getByRole('link', { name: 'Open the case' }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What happens next' }).waitFor();
}

for (const [width, theme] of [
  [1440, 'light'],
  [360, 'dark'],
] as const) {
  handling(`takes a case from entry to its end, back and to its end again by keyboard at ${width} px, and the figures follow`, async () => {
    const page = await openPage(browser, server, { width, theme });
    const [received, resolved, open] = await figures();
    await enter(page, 'The parcel came a week late.');
    await page.getByText('Nobody has it yet.').waitFor();
    await page.getByText(/^Acknowledge it\s*by .*, in 23 hours$/).waitFor();
    assert.equal(await faultsOf(page), []);
    assert.equal((await figures()).slice(0, 3), [received + 1, resolved, open + 1]);

    await act(page, 'Assign', { team: 'Team North', agent: 'A9' }, 'Assigned. Every figure counts it.');
    await page.getByText('A9 of Team North has it.').waitFor();
    await act(page, 'Acknowledge', { note: 'By mail' }, 'Acknowledged.');
    assert.is(await page.getByRole('button', { name: 'Acknowledge', exact: true }).count(), 0);
    await act(page, 'Respond', { note: 'We are looking for it.' }, 'Response recorded.');
    const decided = {
      resolution_note: 'The postage is paid back.',
      redress: 'Refund',
      redress_amount: '4.90',
      root_cause: 'Sorting',
      theme: 'Promises',
    };
    await act(page, 'Resolve', { outcome: 'Upheld', ...decided }, 'Resolved. Every figure counts it.');
    await page.getByText(/Resolved .*: upheld\. Nothing is left to do/).waitFor();
    assert.equal((await figures()).slice(0, 3), [received + 1, resolved + 1, open]);

    await act(page, 'Reopen', { note: 'The money did not come.' }, 'Reopened.');
    assert.equal((await figures()).slice(0, 3), [received + 1, resolved, open + 1]);
    await press(page, 'Resolve');
    const dialog = page.getByRole('dialog');
    assert.is(await dialog.locator('[name=redress_amount]').inputValue(), '4.9', 'what was given before stands there');
    await page.keyboard.press('Escape');
    await act(page, 'Resolve', { outcome: 'Not upheld' }, 'Resolved.');
    const [, again, still] = await figures();
    assert.equal([again, still], [resolved + 1, open]);

    const told = await page.getByRole('region', { name: 'History' }).getByRole('listitem').allInnerTexts();
    assert.equal(
      told.map((line) => /(Received|Assigned|Acknowledged|Responded|Resolved|Reopened)[^\n]*/.exec(line)?.[0].replace(/ by admin.*/, '')),
      ['Received', 'Assigned: A9, Team North', 'Acknowledged', 'Responded', 'Resolved: upheld', 'Reopened', 'Resolved: not upheld'],
    );
    assert.equal(await faultsOf(page), []);
    await page.context().close();
  });
}

handling('says who did what meanwhile, keeps what was typed, and adds it when it is saved again', async () => {
  const page = await openPage(browser, server);
  await enter(page, 'Nobody called back.');
  const id = Number(new URL(page.url()).pathname.split('/').at(-1));
  await press(page, 'Respond');
  const note = page.getByRole('dialog').locator('[name=note]');
  await tabTo(page, note);
  await page.keyboard.type('We call tomorrow.');
  const other = { action: 'assign', version: 1, team: 'Team South' };
  assert.is((await server.send('POST', `/api/cases/${id}/events`, other)).status, 201);
  await page.keyboard.press('Control+Enter');
  await page
    .getByText(/The case was changed since you opened it\. Admin: assigned \(Team South\), .* What you typed is kept here/)
    .waitFor();
  assert.is(await note.inputValue(), 'We call tomorrow.');
  assert.equal(await faultsOf(page), []);
  await page.keyboard.press('Control+Enter');
  await page.getByText('Response recorded.').waitFor();
  await page.getByText('We call tomorrow.').waitFor();
  await page.getByText('Team South has it').waitFor();
  await page.context().close();
});

handling('puts the focus where it is wrong, and says what was expected', async () => {
  const page = await openPage(browser, server, { width: 360 });
  await enter(page, 'It was wet.');
  await press(page, 'Resolve');
  const dialog = page.getByRole('dialog');
  await tabTo(page, dialog.locator('[name=redress_amount]'));
  await page.keyboard.type('12,50');
  await page.keyboard.press('Enter');
  await dialog.getByText('Choose an outcome').waitFor();
  await dialog.getByText('Say what was decided and what the remedy is').waitFor();
  await dialog.getByText('"12,50" is not an amount like 12.50').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'outcome');
  assert.equal(await faultsOf(page), []);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await press(page, 'Acknowledge');
  await tabTo(page, dialog.locator('summary'));
  await page.keyboard.press('Enter');
  await dialog.locator('[name=at]').fill('2020-01-01');
  await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).press('Enter');
  await dialog.getByText(/^2020-01-01 .* is before the case was received .* expected that time or later$/).waitFor();
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

handling('takes an earlier time for earlier, however fast it is saved', async () => {
  const page = await openPage(browser, server);
  await enter(page, 'It was late.');
  await press(page, 'Acknowledge');
  await page.getByRole('dialog').locator('summary').waitFor();
  // All in one task: no frame is drawn and no event of the browser's own comes in between.
  await page.evaluate(() => {
    const dialog = document.querySelector('dialog')!;
    dialog.querySelector('summary')!.click();
    const date = dialog.querySelector<HTMLInputElement>('[name=at]')!;
    date.value = '2020-01-01';
    date.dispatchEvent(new Event('input', { bubbles: true }));
    dialog.querySelector('form')!.requestSubmit();
  });
  await page
    .getByRole('dialog')
    .getByText(/^2020-01-01 .* is before the case was received /)
    .waitFor();
  await page.context().close();
});

handling('says how far back a step may be said to have been done, and when it was recorded, by keyboard', async () => {
  const old = { kind: 'complaint', received_at: `${daysAgo(45)}T09:00:00Z`, issue: 'Late delivery', narrative: 'Late.' };
  const entered = await server.send('PUT', '/api/entries/9c1e5b7a-2f64-4d0b-8a3e-6d5f4c3b2a10', old);
  const { case_id: id } = (await entered.json()) as { case_id: number };
  const page = await openPage(browser, server, { width: 360 });
  await page.goto(`${server.url}/cases/${id}`);
  await press(page, 'Acknowledge');
  const dialog = page.getByRole('dialog');
  await tabTo(page, dialog.locator('summary'));
  await page.keyboard.press('Enter');
  const date = dialog.locator('[name=at]');
  await date.fill(daysAgo(40));
  await date.press('Control+Enter');
  await dialog.getByText(/ is more than 30 days back; expected .* or later$/).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'at');
  assert.equal(await faultsOf(page), []);
  await date.fill(daysAgo(20));
  await date.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(/recorded (19|20) days later, /).waitFor();
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

handling(
  'has what is beyond a role approved: proposed by staff, found on the list of work and approved by a manager, by keyboard',
  async () => {
    const { store, deps } = server;
    await addUser(store, { name: 'ann', role: 'staff', now: deps.now() });
    await changeUser(store, 'ann', { agent: 'A7' }, { by: null, now: deps.now() });
    await addUser(store, { name: 'bea', role: 'quality_manager', now: deps.now() });
    const [ann, bea] = [await signIn(store, deps.now(), 'ann'), await signIn(store, deps.now(), 'bea')];
    const page = await openPage(browser, { ...server, cookie: ann }, { width: 360 });
    await page.goto(`${server.url}/cases/new`);
    await page.getByText('By the procedure of the house, listen first.').waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name=agent]')?.value === 'A7', undefined);
    await enter(page, 'The vase is broken.');
    const path = new URL(page.url()).pathname;
    const decided = { resolution_note: 'We pay the vase.', redress: 'Refund', redress_amount: '80' };
    await act(page, 'Resolve', { outcome: 'Upheld', ...decided }, 'Asked for approval.');
    await page.getByText(/^ann asked .* to resolve it: upheld, refund 80\. That waits for .*quality manager to approve it\.$/).waitFor();
    assert.is(await page.getByRole('button', { name: 'Approve', exact: true }).count(), 0);
    assert.equal(await faultsOf(page), []);
    await page.context().close();

    const other = await openPage(browser, { ...server, cookie: bea }, { theme: 'dark' });
    await other.goto(`${server.url}/work?group=awaiting_approval`);
    const link = other.locator(`a[href="${path}"]`);
    await link.waitFor();
    assert.equal(await faultsOf(other), []);
    await tabTo(other, link);
    await other.keyboard.press('Enter');
    await other.getByRole('heading', { name: 'What happens next' }).waitFor();
    await act(other, 'Approve', {}, 'Approved and resolved. Every figure counts it.');
    await other.getByText(/Resolved .*: upheld\. Nothing is left to do/).waitFor();
    const fact = await server.store
      .reader<CaseFactRow>('case_fact')
      .where({ case_id: Number(path.split('/').at(-1)) })
      .first();
    assert.is(fact?.redress_minor, 8000);
    await other.context().close();
  },
);

handling('leaves a case of a source to it, and says so', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/cases/1`);
  await page.getByText(/Owned by help-desk, where it is HD-1: read only here; change it there/).waitFor();
  assert.is(await page.getByRole('button', { name: 'Assign' }).count(), 0);
  await page.context().close();
});

handling.run();
