// time limit: 300 s
import type { Browser, Locator, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import type { DigestDeliveryRow, DigestIssueRow, DigestPartRow } from '../../etl/store/tables.ts';
import type { DigestsJson } from '../../queries/model/digest.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const digests = suite('digests in a browser');
let server: TestServer;
let browser: Browser;

// The third of December 2026: November is over, and everything is known.
const now = Date.parse('2026-12-03T09:00:00Z') / 1000;
// Two years of 20 complaints a month about late deliveries and five about fees.
const records = Array.from({ length: 24 }, (_, month) => month).flatMap((month): CaseRecord[] =>
  Array.from({ length: 25 }, (_, i) => ({
    source_id: `${month}-${i}`, kind: 'complaint', received_at: Date.UTC(2024, 11 + month, 1 + i) / 1000, issue: i < 20 ? 'Late delivery' : 'Fees',
  })),
); // prettier-ignore

digests.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, now: () => now, organisation: { name: 'Test company', zone: 'UTC', currency: 'EUR' } });
  await loadRecords(server.store, records, { throughAt: now - 600 });
  await server.store.writer('user').update({ email: 'admin@example.org' });
  browser = await launchBrowser();
});
digests.after(async () => {
  await browser?.close();
  await server?.close();
});

const looks = [
  { width: 1440, theme: 'light' },
  { width: 1440, theme: 'dark' },
  { width: 360, theme: 'light' },
  { width: 360, theme: 'dark' },
] as const;

const open = async (path: string, look: Parameters<typeof openPage>[2] = {}): Promise<Page> => {
  const page = await openPage(browser, server, look);
  page.setDefaultTimeout(20_000);
  await page.goto(server.url + path);
  return page;
};

/** Presses Tab until a control has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let stops = 0; stops < 25; stops++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${String(control)}`);
}

const settled = (page: Page) =>
  page.waitForFunction(() => document.querySelector('main h1') !== null && !document.querySelector('.stale, .skeleton'));

digests('say what they are while there is none, and are without faults', async () => {
  for (const look of looks) {
    const page = await open('/digests', look);
    await page.getByText('There is no digest yet.').waitFor();
    await page.getByText('None has been made yet.').waitFor();
    assert.equal(await faultsOf(page), []);
    await page.context().close();
  }
});

digests('are written by keyboard, refused at their field, paused with a reason and go on', async () => {
  const page = await open('/');
  await page.locator('main h1').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.waitForURL(/\/digests$/);
  await page.getByRole('button', { name: 'New digest' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New digest' });
  await page.keyboard.type('Monthly for the board');
  const recipients = dialog.getByLabel('Recipients');
  await tabTo(page, recipients);
  assert.is(await recipients.inputValue(), 'admin@example.org');
  await page.keyboard.press('End');
  await page.keyboard.type('\nnobody');
  await tabTo(page, dialog.getByRole('button', { name: 'Save' }));
  await page.keyboard.press('Enter');
  await dialog.getByText('"nobody" is no mail address').waitFor();
  assert.ok(await recipients.evaluate((element) => element === document.activeElement), 'the focus is where it is wrong');
  assert.equal(await faultsOf(page), []);
  await page.keyboard.press('Control+End');
  await page.keyboard.type('@example.org');
  await tabTo(page, dialog.getByRole('button', { name: 'Save' }));
  await page.keyboard.press('Enter');
  await page.getByText('“Monthly for the board” is saved.').waitFor();

  const card = page.getByRole('article', { name: 'Monthly for the board' });
  await card.waitFor();
  const said = await card.innerText();
  for (const part of ['Owner: admin', 'Complaints', '3 Jan 2027, 07:00', '3 Feb 2027, 07:00', 'UTC', '2 recipients'])
    assert.match(said, part);

  await card.getByRole('button', { name: 'Pause' }).press('Enter');
  await page.keyboard.type('the new names are not settled');
  await page.keyboard.press('Enter');
  await card.getByText('Paused by admin, 3 Dec 2026, 09:00: the new names are not settled.').waitFor();
  assert.equal(await faultsOf(page), []);
  await card.getByRole('button', { name: 'Resume' }).press('Enter');
  await card.getByText('3 Jan 2027, 07:00').waitFor();

  // Somebody else changes it while it is being changed here: nothing is lost, and saving again replaces that.
  await card.getByRole('button', { name: 'Change' }).press('Enter');
  const change = page.getByRole('dialog', { name: 'Change a digest' });
  await change.getByLabel('Name').fill('Every month for the board');
  const { digests: list } = (await (await server.send('GET', '/api/digests')).json()) as DigestsJson;
  const { digest_id, name, where, every, on, at, zone, owner, ends_on, version } = list[0]!;
  const body = { name, where, every, on, at, zone, owner, ends_on, recipients: ['admin@example.org'], version };
  assert.is((await server.send('PUT', `/api/digests/${digest_id}`, body)).status, 200);
  await change.getByRole('button', { name: 'Save' }).click();
  await change.getByText(/^Meanwhile somebody else changed it\. It now says: “Monthly for the board” tells of complaints/).waitFor();
  assert.is(await change.getByLabel('Name').inputValue(), 'Every month for the board');
  await change.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('article', { name: 'Every month for the board' }).waitFor();
  await page.context().close();
});

digests('show what would be sent, in a tab of its own', async () => {
  const page = await open('/digests');
  const card = page.getByRole('article', { name: 'Every month for the board' });
  const [tab] = await Promise.all([page.context().waitForEvent('page'), card.getByRole('link', { name: /^Preview/ }).click()]);
  await tab.getByText('Every month for the board').first().waitFor();
  assert.match(await tab.locator('body').innerText(), 'November 2026');
  await page.getByRole('button', { name: 'New digest' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Only a look');
  const link = page.getByRole('dialog').getByRole('link', { name: /^Preview/ });
  const [other] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await other.getByText('Only a look').first().waitFor();
  await page.context().close();
});

digests('are tried on oneself; the issue is kept, shown whole and sent again', async () => {
  const page = await open('/digests');
  const card = page.getByRole('article', { name: 'Every month for the board' });
  await card.getByRole('button', { name: 'Send me a test' }).press('Enter');
  assert.is(await page.getByLabel('Address').inputValue(), 'admin@example.org');
  await page.keyboard.press('Enter');
  // Mail is not set up here.
  await page.getByText('A test of “Every month for the board” is made; it goes to admin@example.org once mail is set up.').waitFor();
  await page.getByRole('link', { name: 'Look at it', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Every month for the board, November 2026' }).waitFor();
  await page.getByText('This is a test').waitFor();
  await page.getByText('The figures are still the same today.').waitFor();

  const frame = page.frameLocator('iframe');
  await frame.getByText('Every month for the board').first().waitFor();
  await page.waitForFunction(() => {
    const shown = document.querySelector('iframe');
    const height = shown?.contentDocument?.documentElement.scrollHeight ?? 0;
    return height > 480 && height === shown?.clientHeight;
  });
  const targets = await frame.locator('a[href]').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).target));
  assert.ok(targets.length > 0 && targets.every((target) => target === '_blank'));
  const pdf = await page.getByRole('link', { name: /^PDF/ }).getAttribute('href');
  const sent = await server.send('GET', pdf ?? '');
  assert.is(sent.headers.get('content-type'), 'application/pdf');
  assert.equal(await faultsOf(page), []);

  await server.store.writer('digest_delivery').update({ state: 'unknown', attempts: 1, said: 'the connection was lost' });
  await page.reload();
  await page.getByText('The server may have taken it; send it again only if they did not get it.').waitFor();
  await page.getByRole('button', { name: 'Send again to admin@example.org' }).press('Enter');
  await page.getByText('It is on its way to admin@example.org again.').waitFor();
  await page.getByText('Sent again by admin').waitFor();
  assert.equal(
    (await server.store.reader<DigestDeliveryRow>('digest_delivery').orderBy('round')).map(({ round, state }) => [round, state]),
    [
      [1, 'unknown'],
      [2, 'queued'],
    ],
  );
  await page.context().close();
});

/** Puts an issue of the digest into the archive as if it had been made on the third of the next month. */
async function keep(issue: Partial<DigestIssueRow> & Pick<DigestIssueRow, 'issue_id' | 'from_on' | 'to_on'>): Promise<void> {
  const { digest_id } = (await server.store.reader<DigestIssueRow>('digest_issue').first()) as DigestIssueRow; // the test of above
  const at = Date.parse(`${issue.to_on}T07:00:00Z`) / 1000 + 3 * 86_400;
  await server.store.writer<DigestIssueRow>('digest_issue').insert({
    digest_id, name: 'Every month for the board', kind: 'regular', grain: 'month', due_at: at, state: 'made', reasons: null, made_at: at,
    checked_at: at, told_at: null, as_of_at: at - 600, headline: 'Nothing changed beyond what chance allows.', hash: 'ab'.repeat(32), ...issue,
  }); // prettier-ignore
}

digests('keep every issue: found by digest and period, with what became of each message', async () => {
  await keep({ issue_id: 'september', from_on: '2026-09-01', to_on: '2026-09-30' });
  await keep({
    issue_id: 'october', from_on: '2026-10-01', to_on: '2026-10-31', state: 'held', reasons: JSON.stringify(['the source test was stale']),
    as_of_at: null, headline: null, hash: null,
  }); // prettier-ignore
  const parts = (await server.store.reader<DigestPartRow>('digest_part').select('*')).map((part) => ({ ...part, issue_id: 'september' }));
  await server.store.writer('digest_part').insert(parts);
  const message = (await server.store.reader<DigestDeliveryRow>('digest_delivery').first()) as DigestDeliveryRow; // of the test of above
  const states = { 'one@example.org': 'sent', 'two@example.org': 'failed', 'three@example.org': 'unknown' } as const;
  for (const [address, state] of Object.entries(states)) {
    const said = state === 'failed' ? '550 mailbox unavailable' : 'taken';
    await server.store.writer('digest_delivery').insert({
      ...message, delivery_id: undefined, issue_id: 'september', kind: 'digest', address, round: 1, state, said, attempts: 1, sent_at: state === 'sent' ? now : null,
    }); // prettier-ignore
  }

  const page = await open('/digests');
  const table = page.getByRole('table', { name: 'Digests as they were sent, newest first' });
  await table.getByRole('row', { name: /September 2026.*Sent to 1 · 1 failed · 1 unknown/ }).waitFor();
  await table.getByRole('row', { name: /October 2026.*Held, not sent/ }).waitFor();
  await page.getByLabel('Period from').fill('2026-10-01');
  await page.waitForURL(/from=2026-10-01/);
  await table.getByRole('link', { name: 'September 2026' }).waitFor({ state: 'detached' });
  await page.getByLabel('State').selectOption('held');
  await page.waitForURL(/state=held/);
  await table.getByRole('link', { name: 'November 2026' }).waitFor({ state: 'detached' });
  await page.goBack();
  await table.getByRole('link', { name: 'November 2026' }).waitFor();
  await page.goto(`${server.url}/digests?digest=77&state=nonsense`);
  await page.getByText('No digest fits these choices.').waitFor();
  await page.getByText('A part of this address is not understood.').waitFor();
  await page.context().close();

  for (const look of looks) {
    const here = await open('/digests', look);
    await here.getByText('Held, not sent').locator('visible=true').first().waitFor();
    await settled(here);
    assert.equal(await faultsOf(here), [], `the list at ${look.width} px, ${look.theme}`);
    await here.goto(`${server.url}/digests/october`);
    await here.getByText('The source test was stale.').waitFor();
    await settled(here);
    assert.equal(await faultsOf(here), [], `a held issue at ${look.width} px, ${look.theme}`);
    await here.goto(`${server.url}/digests/september`);
    await here.getByText('550 mailbox unavailable.').waitFor();
    await settled(here);
    assert.equal(await faultsOf(here), [], `an issue at ${look.width} px, ${look.theme}`);
    await here.goto(`${server.url}/digests/nonsense`);
    await here.getByText('There is no such issue of a digest.').waitFor();
    await here.context().close();
  }
});

digests('are checked again once they were held, and sent again to all who did not get them', async () => {
  const page = await open('/digests/october');
  await page.getByRole('button', { name: 'Check again' }).press('Enter');
  await page.getByText('The checks pass: it is made, and on its way.').waitFor();
  await page.frameLocator('iframe').getByText('October 2026').locator('visible=true').first().waitFor();
  await page.getByRole('link', { name: '← September 2026' }).click();
  await page.getByRole('button', { name: 'Send again to all who did not get it' }).press('Enter');
  await page.getByText('It is on its way again to all who did not get it.').waitFor();
  const again = await server.store
    .reader<DigestDeliveryRow>('digest_delivery')
    .where({ issue_id: 'september', round: 2 })
    .orderBy('address');
  assert.equal(
    again.map(({ address, state }) => [address, state]),
    [
      ['three@example.org', 'queued'],
      ['two@example.org', 'queued'],
    ],
  );
  await page.context().close();
});

digests('are deleted after a question, and their issues stay', async () => {
  const page = await open('/digests');
  const card = page.getByRole('article', { name: 'Every month for the board' });
  await card.getByRole('button', { name: 'Delete' }).press('Enter');
  await page.getByText('What it told stays in the archive.').waitFor();
  await page.getByRole('button', { name: 'Delete it' }).press('Enter');
  await page.getByText('“Every month for the board” is deleted; what it told stays below.').waitFor();
  await page.getByText('There is no digest yet.').waitFor();
  await page.getByRole('table').getByRole('link', { name: 'September 2026' }).waitFor();
  await page.context().close();
});

digests.run();
