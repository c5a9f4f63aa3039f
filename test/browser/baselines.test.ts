// time limit: 300 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import type { AnswerJson, TableJson } from '../../queries/model/wire.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const baselines = suite('typical ranges begun anew in a browser');
let server: TestServer;
let browser: Browser;

// Four years of 10 or 12 complaints a month about late deliveries, and 20 or 22 from July 2025 on; always five about fees.
const records = Array.from({ length: 59 }, (_, month) => month).flatMap((month): CaseRecord[] => {
  const late = (month >= 42 ? 20 : 10) + (month % 2) * 2;
  return Array.from({ length: late + 5 }, (_, i) => ({
    source_id: `${month}-${i}`, kind: 'complaint', received_at: Date.UTC(2022, month, 1 + i) / 1000, issue: i < late ? 'Late delivery' : 'Fees',
  })); // prettier-ignore
});
const query = {
  measures: ['received'], from: '2024-12-01', to: '2026-11-30', grain: 'month', signals: true,
  where: { kind: ['complaint'], issue: ['Late delivery'] },
}; // prettier-ignore

baselines.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, organisation: { name: 'Test company', zone: 'UTC', currency: 'EUR' } });
  await loadRecords(server.store, records, { throughAt: Date.parse('2026-11-30T23:59:59Z') / 1000 });
  browser = await launchBrowser();
});
baselines.after(async () => {
  await browser?.close();
  await server?.close();
});
baselines.before.each(() => server.store.writer('baseline').delete());

const settled = (page: Page) => page.waitForFunction(() => !document.querySelector('.stale, [aria-busy=true]'));

async function opened(look: Parameters<typeof openPage>[2] = {}): Promise<Page> {
  const page = await openPage(browser, server, look);
  await page.goto(`${server.url}/issues/Late%20delivery?period=last_24_months`);
  await page.locator('[data-report=issue_received] [data-drawn] svg').waitFor();
  await settled(page);
  return page;
}

async function ask(): Promise<TableJson> {
  const { tables } = (await (await server.send('POST', '/api/query', query)).json()) as AnswerJson;
  return tables[0]!;
}

baselines('are set by keyboard with a reason, drawn, told in words, and taken back', async () => {
  const page = await opened();
  const figure = page.locator('[data-report=issue_received]');
  const lead = page.locator('.lead');
  assert.match(await lead.innerText(), 'Not as usual');
  await figure.getByText('Notes on the time axis').press('Enter');
  await figure.getByRole('button', { name: 'Begin the typical range anew' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Begin the typical range anew' });
  // The focus is in the list of months.
  await page.keyboard.type('July 2025');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Deliveries are asked about in the app');
  assert.match(await dialog.innerText(), 'with these filters: kind: complaint; issue: Late delivery');
  assert.equal(await faultsOf(page), []);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await figure.getByText('1 July 2025: the typical range begins anew: Deliveries are asked about in the app').waitFor();
  await lead.getByText('It varies as it usually does').waitFor();
  await settled(page);

  // Picture: a mark, and the ranges as the interface has them. Table and words say the same.
  const { rows, limits } = await ask();
  assert.is(limits?.at(-1)?.rebase?.from, '2025-07-01');
  const drawn = await figure.locator('.mark-symbol > path').evaluateAll((paths) =>
    paths.map((path) => {
      const { datum } = (path as unknown as { __data__: { datum: Record<string, unknown> } }).__data__;
      return [datum.period, datum.received_limit_low, datum.received_limit_high, datum.received_signal];
    }),
  );
  assert.equal(drawn, rows.map((row) => [row.period, row.received_limit_low, row.received_limit_high, row.received_signal])); // prettier-ignore
  assert.equal(await figure.locator('.mark-text.layer_0_layer_3_marks text').allTextContents(), ['1']);
  await figure.getByText('How this is computed').click();
  const method = await figure.locator('details', { hasText: 'How this is computed' }).innerText();
  assert.match(method, /From July 2025 on its typical range comes from 17 months, July 2025 to November 2026/);
  assert.match(method, /It begins anew from 1 July 2025: “Deliveries are asked about in the app” \(admin\)/);
  assert.equal(await faultsOf(page), []);
  // Its share is another series.
  assert.is(await page.locator('[data-report=issue_share]').getByText('begins anew').count(), 0);

  // The overview, filtered by the issue, has the same range in its tile.
  const other = await openPage(browser, server);
  await other.goto(`${server.url}/?period=last_24_months&issue=Late+delivery`);
  await other.locator('.tiles').getByText('as usual').first().waitFor();
  const hint = await other.locator('.tiles [title*=typical]').first().getAttribute('title');
  const last = rows.at(-1);
  assert.ok(hint?.includes(`typical: ${Math.round(Number(last?.received_limit_low))} to`), `${hint} against ${last?.received_limit_low}`);
  await other.context().close();

  // A second time from there is refused in words.
  await figure.getByRole('button', { name: 'Begin the typical range anew' }).click();
  await dialog.getByLabel('Begins with').selectOption('2025-07-01');
  await dialog.getByLabel('Reason').fill('Again');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  assert.match(await dialog.getByRole('alert').innerText(), 'take that back first');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await figure.getByRole('button', { name: 'Take back: 1' }).press('Enter');
  await figure.getByRole('button', { name: 'Take back for everybody: 1' }).press('Enter');
  await figure.getByText('begins anew: Deliveries').waitFor({ state: 'detached' });
  await lead.getByText('Not as usual').waitFor();
  assert.is((await ask()).limits?.at(-1)?.rebase, undefined);
  await page.context().close();
});

baselines('say how many months are missing, on a phone in the dark, and are told where they lie before what is shown', async () => {
  const response = await server.send('POST', '/api/baselines', { measure: 'received', query, from: '2026-02-01', reason: 'A new carrier' });
  assert.is(response.status, 201);
  const page = await opened({ width: 360, theme: 'dark' });
  const figure = page.locator('[data-report=issue_received]');
  await figure.getByText('1 note on the time axis').click();
  await figure.getByText('1 February 2026: the typical range begins anew (once 2 more whole months are known): A new carrier').waitFor();
  assert.equal(await faultsOf(page), []);
  await page.goto(`${server.url}/issues/Late%20delivery?from=2026-03-01&to=2026-11-30&grain=month`);
  await figure.getByText('Notes on the time axis').click();
  await figure.getByText('the typical range begins anew (once 2 more whole months are known): A new carrier').waitFor();
  assert.equal(await faultsOf(page), []);
  await page.context().close();
});

baselines.run();
