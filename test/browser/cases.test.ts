// time limit: 300 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { ensureClient } from '../../server/build-client.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { loadRecords } from '../support/store.ts';

const cases = suite('the list of cases and one case');
let server: TestServer;
let browser: Browser;

const at = (text: string) => Date.parse(text) / 1000;
const long = 'Kraftfahrzeughaftpflichtversicherung mit Schadenfreiheitsrabattretter und Schutzbrief';

// 63 complaints and a compliment, one a day back from 20 November 2026; every third is still open.
const records: CaseRecord[] = Array.from({ length: 64 }, (_, i) => {
  const received = at('2026-11-20T09:15:00Z') - i * 86_400;
  return {
    source_id: `K-${i}`, kind: i === 63 ? 'compliment' : 'complaint', received_at: received, issue: i % 2 ? 'Late delivery' : 'Wrong charge', product: i === 1 ? long : 'Parcel',
    channel: 'phone', team: 'North', narrative: i === 5 ? 'The zebra crossing was closed.' : 'Something went wrong.', ...(i % 3 ? { resolved_at: received + 4571 * 60, outcome: 'upheld' as const } : {}),
  }; // prettier-ignore
});
// The one with everything: 3 d 4 h to resolve, due the day after, an event, a survey, a second issue, an impossible order of times.
records[1] = {
  ...records[1]!, // there are 64
  received_at: at('2026-11-19T09:15:00Z'), acknowledged_at: at('2026-11-19T09:17:00Z'), resolved_at: at('2026-11-22T13:26:00Z'), due_at: '2026-11-23', closed_at: '2026-11-01',
  redress: 'refund', redress_amount: '12.5', redress_currency: 'EUR', more_issues: [{ issue: 'Nobody called back' }],
  events: [{ kind: 'received', at: at('2026-11-19T09:15:00Z') }, { kind: 'assigned', at: at('2026-11-19T10:45:00Z'), from: 'Desk', to: 'North' }],
  surveys: [{ kind: 'csat', answered_at: at('2026-11-22T15:00:00Z'), scale: '1-5', score: 4, comment: 'Good in the end.' }],
}; // prettier-ignore

cases.before(async () => {
  const clientDir = await ensureClient(() => undefined);
  server = await startServer({ clientDir, organisation: { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' } });
  await loadRecords(server.store, records, { throughAt: at('2026-11-22T20:00:00Z') });
  browser = await launchBrowser();
});
cases.after(async () => {
  await browser?.close();
  await server?.close();
});

cases('shows as many cases as the same query counts, and pages through them', async () => {
  const query = { measures: ['received'], from: '2025-12-01', to: '2026-11-30', where: { kind: ['complaint'] } };
  const answer = (await (await server.send('POST', '/api/cases', { measure: 'received', query })).json()) as { total: number };
  assert.is(answer.total, 63);
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/cases`);
  await page.getByText(/^63 cases received 1 December 2025 to 22 November 2026/).waitFor();
  assert.is(await page.locator('tbody tr').count(), 50);
  assert.is((await page.locator('tbody tr').first().boundingBox())?.height, 32);
  assert.is(await page.locator('tbody tr').first().locator('td').first().innerText(), '20 Nov 2026, 10:15'); // Vienna, an hour ahead of UTC
  await page.getByRole('link', { name: 'Next' }).click();
  await page.waitForURL('**/cases?page=2');
  await page.getByText('51–63 of 63').waitFor();
  assert.is(await page.locator('tbody tr').count(), 13);
  await page.context().close();
});

cases('searches the text, opens a case and comes back to the same list', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/cases?text=zebra&kind=any`);
  await page.getByText(/^1 case received/).waitFor();
  await page.locator('tbody tr').first().locator('td').nth(2).click();
  await page.waitForURL(/\/cases\/\d+\?/);
  await page.getByText('The zebra crossing was closed.').waitFor();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.getByText(/^1 case received/).waitFor();
  assert.match(page.url(), /\/cases\?(text=zebra&kind=any|kind=any&text=zebra)$/);
  await page.context().close();
});

cases('says what empties the list, and widens it', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/cases?text=unicorn`);
  await page.getByText('No case fits these filters in this period.').waitFor();
  assert.equal(await faultsOf(page), []);
  await page.getByRole('button', { name: 'Take all filters off' }).click();
  await page.getByText(/^64 cases received/).waitFor();
  await page.context().close();
});

cases('says what of the address is no page and what the server refuses', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/cases?page=abc&team=North`);
  await page.getByText('Page: “abc” is not a whole number from 1.').waitFor();
  await page.getByText(/^63 cases received/).waitFor();
  await page.getByRole('button', { name: 'Take it off' }).click();
  await page.waitForURL('**/cases?team=North');
  await page.goto(`${server.url}/cases?team=Nort`);
  await page.getByText('Team: “Nort” is not known here').waitFor();
  await page.getByText('No cases for this address.').waitFor();
  await page.getByRole('button', { name: 'Take it off' }).click();
  await page.getByText(/^63 cases received/).waitFor();
  await page.context().close();
});

cases('says that the list could not be loaded, and loads it when asked again', async () => {
  const page = await openPage(browser, server);
  await page.route('**/api/cases', (route) => route.abort());
  await page.goto(`${server.url}/cases`);
  await page.getByText('The list could not be loaded.').waitFor();
  await page.getByText('The server did not answer.').waitFor();
  await page.unroute('**/api/cases');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText(/^63 cases received/).waitFor();
  await page.context().close();
});

const detailOf = async (sourceId: string): Promise<number> => {
  const row = await server.store.reader('case_fact').where({ source_id: sourceId }).first<{ case_id: number }>('case_id');
  return row.case_id;
};

cases('shows a case with its times, durations, money, history, survey and flags', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/cases/${await detailOf('K-1')}`);
  await page.getByRole('heading', { level: 1, name: 'Late delivery' }).waitFor();
  const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
  // 19 Nov 09:15 to 22 Nov 13:26 UTC are 3 days, 4 hours and 11 minutes; Vienna is an hour ahead.
  for (const part of [
    'Complaint · Closed', 'Owned by test', 'Received 19 Nov 2026, 10:15', 'Acknowledged 19 Nov 2026, 10:17 after 2 min', 'Resolved 22 Nov 2026, 14:26 after 3 d 4 h', 'Due 23 Nov 2026 met',
    'Amount €12.50', 'Nobody called back', 'Assigned: Desk → North', '1 h 30 min later', '4 on a scale of 1 to 5, satisfied', 'Good in the end.', 'Listed under data quality: Closed:',
  ]) assert.ok(text.includes(part), `"${part}" in: ${text}`); // prettier-ignore
  await page.context().close();
});

cases('says that there is no such case', async () => {
  const page = await openPage(browser, server);
  await page.goto(`${server.url}/cases/999999`);
  await page.getByText('There is no case 999999.').waitFor();
  assert.is(await page.getByRole('button', { name: 'Try again' }).count(), 0);
  await page.getByRole('link', { name: 'Go to the list of cases' }).click();
  await page.getByText(/^63 cases received/).waitFor();
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    cases(`has nothing wrong at ${width} px, ${theme}`, async () => {
      const page = await openPage(browser, server, { width, theme });
      await page.goto(`${server.url}/cases`);
      await page.getByText(/^63 cases received/).waitFor();
      assert.equal(await faultsOf(page), []);
      assert.is(await page.locator('main table').isVisible(), width > 360, 'a phone gets entries of two lines');
      await page.goto(`${server.url}/cases/${await detailOf('K-1')}`);
      await page.getByRole('heading', { level: 1, name: 'Late delivery' }).waitFor();
      assert.equal(await faultsOf(page), []);
      await page.context().close();
    });
  }
}

cases.run();
