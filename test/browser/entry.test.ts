// time limit: 300 s
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage, openProfile, signInto } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const entry = suite('entering a case');
const zone = 'Europe/Vienna';
let server: TestServer;
let browser: Browser;

const record = (key: string, over: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id: key, kind: 'complaint', received_at: Date.parse('2024-03-01T09:00:00Z') / 1000, issue: 'Late delivery', sub_issue: 'Lost on the way', product: 'Parcel',
  sub_product: 'Express', channel: 'phone', ...over,
}); // prettier-ignore

entry.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, organisation: { name: 'Test company', zone, currency: 'EUR' } });
  await loadRecords(server.store, [record('a-1'), record('a-2'), record('a-3', { issue: 'Rude reply', sub_issue: undefined })]);
  browser = await launchBrowser();
});
entry.after(async () => {
  await browser?.close();
  await server?.close();
});

const focused = (page: Page) =>
  page.evaluate(() => {
    const control = document.activeElement;
    return { name: control?.getAttribute('name') ?? '', text: control?.tagName === 'BUTTON' ? (control.textContent ?? '').trim() : '' };
  });
const waitForFocus = (page: Page, name: string) =>
  page.waitForFunction((wanted) => document.activeElement?.getAttribute('name') === wanted, name);
const entered = async (narrative: string) => {
  const rows = await server.store.reader('case_text').where({ narrative }).select<{ case_id: number }[]>('case_id');
  return rows.map((row) => row.case_id);
};
/** Waits until this browser keeps a draft with the text: what it keeps by then outlives its end. */
async function waitForDraft(page: Page, narrative: string): Promise<void> {
  const latest = Date.now() + 30_000;
  // Asked again from here: waitForFunction takes a promise of false for true.
  while (!(await page.evaluate(isKept, narrative))) assert.ok(Date.now() < latest, `no draft holds “${narrative}”`);
}
/** Runs in the page. What it reads is on disk: it waits for the writes that were begun before. */
function isKept(narrative: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('silverlining');
    opening.onerror = () => reject(new Error('the drafts could not be opened'));
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('draft', 'readonly');
      const all = transaction.objectStore('draft').getAll() as IDBRequest<{ values: Record<string, string> }[]>;
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(all.result.some((draft) => draft.values.narrative === narrative));
      };
    };
  });
}

/** Complaints received on a date, as every screen asks for them. */
async function countedOn(date: string): Promise<number> {
  const query = { measures: ['received'], from: date, to: date, where: { kind: ['complaint'] } };
  const response = await server.send('POST', '/api/query', { queries: [query] }, { accept: 'application/json' });
  const { tables } = (await response.json()) as { tables: { rows: { received: number }[] }[] };
  return tables[0]?.rows[0]?.received ?? 0;
}

async function openForm(page: Page): Promise<void> {
  await page.goto(`${server.url}/cases/new`);
  await waitForFocus(page, 'kind');
}

entry('takes a complaint by keyboard alone in at most 25 stops, and counts it at once', async () => {
  const page = await openPage(browser, server);
  await openForm(page);
  // The day of the form: another may have begun when it is saved.
  const day = await page.locator('[name=received_at]').inputValue();
  const before = await countedOn(day);
  const narrative = 'The parcel came a week after it was promised.';
  const typed: Record<string, string> = {
    channel: 'phone', company: 'North Post', product: 'Parcel', sub_product: 'Express', issue: 'Late delivery', sub_issue: 'Lost on the way', narrative,
    remedy_sought: 'Postage back', severity: 'High', customer_ref: 'C-77', customer_name: 'A. Person', contact: 'a@example.org', team: 'Team North', agent: 'agent-9',
  }; // prettier-ignore
  const filled = new Set<string>();
  let stops = 1; // the first field has the focus when the page opens
  let at = await focused(page);
  while (at.text !== 'Save case') {
    const text = typed[at.name];
    if (text !== undefined && !filled.has(at.name)) {
      await page.keyboard.type(text);
      filled.add(at.name);
    }
    await page.keyboard.press('Tab');
    stops += 1;
    assert.ok(stops <= 25, `stop ${stops} is "${at.name}"`);
    at = await focused(page);
  }
  assert.equal([...filled].sort(), Object.keys(typed).sort(), 'every field was reached');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Complaint saved as case \d+$/ }).waitFor();

  assert.is(await countedOn(day), before + 1);
  await page.getByText(`It is counted: ${before + 1} complaint`).waitFor();
  const [id] = await entered(narrative);
  const detail = (await (await server.send('GET', `/api/cases/${id}`)).json()) as {
    owned_by: string;
    fields: Record<string, string>;
    events: { kind: string }[];
  };
  assert.is(detail.owned_by, 'entry');
  for (const name of ['company', 'product', 'issue', 'team', 'remedy_sought', 'contact']) assert.is(detail.fields[name], typed[name], name);
  assert.is(detail.fields.severity, 'high');
  assert.equal(detail.events.map((event) => event.kind), ['received']); // prettier-ignore

  await page.keyboard.press('Tab'); // from "Enter another" to the link
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/cases/${id}`);
  await page.getByRole('heading', { level: 1, name: 'Late delivery' }).waitFor();
  await page.getByText(narrative).waitFor();
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

entry('asks whether a misspelt issue means the known one, and takes it', async () => {
  const page = await openPage(browser, server, { width: 360 });
  await openForm(page);
  await page.locator('[name=issue]').fill('Lade delivry');
  await page.keyboard.press('Tab');
  const suggestion = page.getByRole('button', { name: '“Late delivery”' });
  await suggestion.waitFor();
  await page.getByText('New issue. Did you mean').waitFor();
  assert.equal(await faultsOf(page), []);
  await suggestion.focus();
  await page.keyboard.press('Enter');
  assert.is(await page.locator('[name=issue]').inputValue(), 'Late delivery');
  await waitForFocus(page, 'issue');
  await suggestion.waitFor({ state: 'detached' });

  await page.locator('[name=issue]').fill('Zebra crossing closed');
  await page.keyboard.press('Tab');
  await page.getByText('New issue: not on the list yet, saving adds it.').waitFor();
  await page.context().close();
});

entry('puts the focus into the first bad field and says beside each what is wrong', async () => {
  const page = await openPage(browser, server);
  await openForm(page);
  await page.getByLabel('What happened').focus();
  await page.keyboard.press('Control+Enter');
  await waitForFocus(page, 'issue');
  const issue = page.locator('[name=issue]');
  assert.is(await issue.getAttribute('aria-invalid'), 'true');
  const described = (await issue.getAttribute('aria-describedby')) ?? '';
  assert.is(await page.locator(`[id="${described}"]`).innerText(), 'Choose an issue');
  await page.getByText('2 things need your attention').waitFor();
  assert.equal(await faultsOf(page), []);

  await page.getByRole('button', { name: 'What happened' }).click();
  await waitForFocus(page, 'narrative');
  await page.keyboard.type('Nobody called back.');
  const received = page.locator('[name=received_at]');
  const day = await received.inputValue();
  await received.fill('');
  await issue.fill('Rude reply');
  await page.keyboard.press('Control+Enter');
  await waitForFocus(page, 'received_at');
  await page.getByText('One thing needs your attention').waitFor();
  await received.fill(day);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: /saved as case/ }).waitFor();
  assert.is((await entered('Nobody called back.')).length, 1);
  await page.context().close();
});

entry('takes a known name however it is written, and says when a name is new', async () => {
  const page = await openPage(browser, server);
  await openForm(page);
  await page.locator('[name=issue]').fill('late DELIVERY');
  await page.locator('[name=channel]').fill('carrier pigeon');
  await page.locator('[name=channel]').blur();
  await page.getByText('New channel: not on the list yet, saving adds it.').waitFor();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name=issue]')?.value === 'Late delivery');
  await page.locator('[name=sub_issue]').focus();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('datalist option')].some((option) => option.getAttribute('value') === 'Lost on the way'),
  );
  assert.is(await page.locator('[name=sub_product]').isDisabled(), true);
  await page.context().close();
});

entry('keeps what was typed when the browser is killed, sends it once, and can discard it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-profile-'));
  const narrative = 'The machine stopped while this was being written.';
  const first = await openProfile(folder);
  await signInto(first.context, server);
  const page = await first.context.newPage();
  await openForm(page);
  await page.locator('[name=issue]').fill('Late delivery');
  await page.locator('[name=narrative]').pressSequentially(narrative);
  await waitForDraft(page, narrative);
  await first.kill();

  const second = await openProfile(folder);
  try {
    await signInto(second.context, server);
    const again = await second.context.newPage();
    await openForm(again);
    await again.getByText('it is restored as you left it').waitFor();
    assert.is(await again.locator('[name=narrative]').inputValue(), narrative);
    assert.is(await again.locator('[name=issue]').inputValue(), 'Late delivery');
    await again.getByRole('button', { name: 'Save case' }).click();
    await again.getByRole('heading', { name: /saved as case/ }).waitFor();
    assert.is((await entered(narrative)).length, 1);

    await openForm(again);
    assert.is(await again.locator('[name=narrative]').inputValue(), '', 'a saved case leaves no draft');
    await again.locator('[name=narrative]').fill('Not wanted after all.');
    await waitForDraft(again, 'Not wanted after all.');
    await openForm(again);
    await again.getByRole('button', { name: 'Discard it' }).click();
    await again.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('[name=narrative]')?.value === '');
    await openForm(again);
    assert.is(await again.getByText('it is restored').count(), 0);
  } finally {
    await second.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

entry('makes one case of an entry whose first answer was lost', async () => {
  const page = await openPage(browser, server);
  await openForm(page);
  const narrative = 'The line dropped after this was sent.';
  await page.locator('[name=issue]').fill('Late delivery');
  await page.locator('[name=narrative]').fill(narrative);
  let sent = 0;
  await page.route('**/api/entries/*', async (route) => {
    sent += 1;
    if (sent > 1) return route.continue();
    await route.fetch(); // the server takes it, the answer never arrives
    await route.abort();
  });
  await page.getByRole('button', { name: 'Save case' }).click();
  await page.getByText('Sending twice cannot make a second case').waitFor();
  assert.is(await page.locator('[name=narrative]').inputValue(), narrative, 'nothing typed is lost');
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('heading', { name: /saved as case/ }).waitFor();
  assert.is(sent, 2);
  assert.is((await entered(narrative)).length, 1);
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    entry(`has nothing wrong at ${width} px, ${theme}`, async () => {
      const page = await openPage(browser, server, { width, theme });
      await openForm(page);
      assert.equal(await faultsOf(page), []);
      await page.context().close();
    });
  }
}

entry.run();
