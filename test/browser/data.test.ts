// time limit: 300 s
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PipelineRunRow, SourceStateRow } from '../../etl/store/tables.ts';
import { faultsOf, launchBrowser, openPage } from '../support/pages.ts';
import { openDataWorld, type DataWorld } from './data-world.ts';

const data = suite('the data page');
let world: DataWorld;
let browser: Browser;

// Row 2 ended before it began, row 3 has a severity nobody knows, rows 4 and 5 have no readable date.
const dropped = `source_id,kind,received_at,resolved_at,severity,issue
1,complaint,2024-01-02,2024-01-05,high,late
2,complaint,2024-01-03,2024-01-01,low,late
3,complaint,2024-01-04,,dreadful,lost
4,complaint,2024-31-04,,high,lost
5,complaint,2024-32-05,,high,lost
`;

data.before(async () => {
  world = await openDataWorld();
  browser = await launchBrowser();
});
data.after(async () => {
  await browser?.close();
  await world?.close();
});

const open = async (search: string, look: Parameters<typeof openPage>[2] = {}) => {
  const page = await openPage(browser, world.server, look);
  page.setDefaultTimeout(15_000);
  await page.goto(`${world.server.url}/data${search}`);
  return page;
};

data('tells which source fails and what to do, and runs a drop folder when asked', async () => {
  writeFileSync(path.join(world.inbox, 'monday.csv'), dropped);
  const page = await open('');
  const gone = page.getByRole('article', { name: 'gone' });
  await gone.getByText('The last run failed.').waitFor();
  assert.match(await gone.innerText(), /not-there\.csv/);
  assert.match(await page.getByRole('status').first().innerText(), /^4 sources: 1 failing/);
  const inbox = page.getByRole('article', { name: 'inbox' });
  await inbox.getByText('a drop folder, map standard').waitFor();
  await inbox.getByRole('button', { name: 'Run now' }).click();
  await page.getByText('inbox is being read.').waitFor();
  // What it brought is shown without asking: 5 rows, 2 of them rejected.
  await inbox.getByRole('link', { name: '2 rejected rows wait' }).waitFor({ timeout: 20_000 });
  await inbox.getByText(/complete, 5 rows read/).waitFor();
  // Nothing in it is later than January 2024.
  await inbox.getByText(/^Stale: nothing newer for \d+ days\.$/).waitFor();
  await page.context().close();
});

data('lists the run of an import with what became of its rows, and leads to what it rejected', async () => {
  const page = await open('?tab=runs&source=shop');
  const run = page.getByRole('article');
  await run.first().waitFor();
  assert.is(await run.count(), 1);
  // 4 rows: 2 cases, 1 row twice, 1 key with another content.
  await run.getByText('duplicate-keys.csv: 4 rows read, 2 new cases and 1 row rejected.').waitFor();
  assert.match(await run.innerText(), /As before\s+1/);
  await run.getByRole('link', { name: '1 rejected, look at them' }).click();
  await page.waitForURL(/tab=rejected&run=\d+/);
  await page.getByRole('link', { name: 'duplicate-keys.csv, line 5' }).click();
  await page.getByRole('dialog').getByText('The row as it came').waitFor();
  await page.goBack();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.context().close();
});

data('shows a run moving, and its result when it has ended', async () => {
  const page = await open('?tab=runs');
  await page.getByText('Shown as it happens.').waitFor();
  // A run that moves as fast as it is told to, whatever the machine.
  const { writer } = world.server.store;
  const state = () => writer<SourceStateRow>('source_state').where({ name: 'shop' });
  const { source = 0 } = (await state().first('source')) ?? {};
  const now = Math.floor(Date.now() / 1000);
  await state().update({ locked_until: now + 3600, locked_by: 'other 1 x' });
  const [{ run_id = 0 } = {}] = await writer<PipelineRunRow>('pipeline_run')
    .insert({
      source,
      started_by: 'schedule',
      input: 'slow.csv',
      state: 'running',
      started_at: now,
      total: 1000,
      total_unit: 'rows',
      read: 100,
    })
    .returning('run_id');
  const run = () => writer<PipelineRunRow>('pipeline_run').where({ run_id });
  const bar = page.getByRole('progressbar');
  await bar.waitFor();
  await page.getByText(/^10%, 100 rows read/).waitFor();
  await run().update({ read: 500 });
  await page.getByText(/^50%, 500 rows read, [1-9]\S* rows a second, .* left$/).waitFor();
  await run().update({ read: 900 });
  await page.getByText(/^90%, 900 rows read, [1-9]\S* rows a second/).waitFor();
  await run().update({ state: 'done', finished_at: now + 1, read: 1000, inserted: 1000 });
  await state().update({ locked_until: null, locked_by: null });
  await bar.waitFor({ state: 'detached' });
  await page
    .getByText(/slow\.csv: 1.000 rows read, 1.000 new cases\./)
    .first()
    .waitFor();
  await page.context().close();
});

data('shows the result of a real import when it has ended, without being asked', async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => `big-${i},complaint,2024-02-${String((i % 28) + 1).padStart(2, '0')},,high,late`);
  writeFileSync(path.join(world.inbox, 'big.csv'), `source_id,kind,received_at,resolved_at,severity,issue\n${rows.join('\n')}\n`);
  const page = await open('?tab=runs');
  await page.getByText('Shown as it happens.').waitFor();
  await world.run('inbox');
  await page
    .getByText(/big\.csv: 60.000 rows read, 60.000 new cases\./)
    .first()
    .waitFor();
  await page.getByText('Nothing is running now.').waitFor();
  await page.context().close();
});

data('corrects a row, says what it would become, and replays it', async () => {
  const page = await open('?tab=rejected&source=inbox');
  await page.getByText('2 rejected rows wait').waitFor();
  await page.locator('main li a').first().click();
  await page.getByRole('link', { name: 'monday.csv, line 5' }).click();
  const drawer = page.getByRole('dialog');
  const field = drawer.getByLabel('received_at', { exact: true });
  await field.waitFor();
  // The faulty one is marked and has the focus.
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-column') === 'received_at');
  assert.is(await field.getAttribute('aria-invalid'), 'true');
  await field.fill('2024-13-04');
  await drawer.getByRole('button', { name: 'Check' }).click();
  await drawer.getByText('Still wrong').waitFor();
  await field.fill('2024-01-31');
  // Looking elsewhere and coming back loses nothing.
  await page.goBack();
  await drawer.waitFor({ state: 'detached' });
  await page.getByText('1 row has corrections that are not replayed yet.').waitFor();
  const parts = page.getByRole('navigation', { name: 'Parts of this page' });
  await parts.getByRole('link', { name: 'Runs' }).click();
  await page.getByText('Nothing is running now.').waitFor();
  await parts.getByRole('link', { name: /^Rejected/ }).click();
  await page.getByText('1 row has corrections that are not replayed yet.').waitFor();
  await page.locator('main li a').first().click();
  await page.getByRole('link', { name: 'monday.csv, line 5' }).click();
  assert.is(await field.inputValue(), '2024-01-31');
  await drawer.getByRole('button', { name: 'Check' }).click();
  await drawer.getByText('It would become this case').waitFor();
  await drawer.getByText('31 Jan 2024').waitFor();
  await drawer.getByRole('button', { name: 'Replay this row' }).click();
  await drawer.getByText('1 row replayed: 1 new case.').waitFor({ timeout: 20_000 });
  await drawer.getByText(/Replayed\s+(today|yesterday) \d\d:\d\d by admin\./).waitFor();
  await page.context().close();
});

data('replays all that failed alike, and leaves out what stays wrong, with confirmation', async () => {
  const page = await open('?tab=rejected&source=inbox');
  await page.getByText('1 rejected row waits').waitFor();
  await page.locator('main li a').first().click();
  await page.getByRole('button', { name: 'Replay it as it came' }).click();
  // Nothing was corrected: it is rejected again, for the same reason.
  await page.getByText('1 row replayed: 1 row rejected again.').waitFor({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Leave it out…' }).click();
  await page.getByText('1 row makes no case and stays in the list of settled rows').waitFor();
  await page.getByRole('button', { name: 'Leave out', exact: true }).click();
  await page.getByText('1 row is left out and kept among the settled ones.').waitFor();
  await page.getByRole('link', { name: 'Settled' }).click();
  await page
    .getByText(/Left out (today|yesterday) \d\d:\d\d by admin\./)
    .first()
    .waitFor();
  await page.context().close();
});

data('lists what is flagged by rule', async () => {
  const page = await open('?tab=flagged&source=inbox');
  await page.getByText('2 flagged values').waitFor();
  assert.match(await page.locator('tbody').innerText(), /dreadful/);
  await page.getByRole('link', { name: /Times are in an impossible order 1 case/ }).click();
  await page.getByText('1 flagged value', { exact: true }).waitFor();
  await page.locator('tbody a').first().click();
  await page.getByText('Listed under data quality: Resolved:').waitFor();
  await page.context().close();
});

data('says so where there is nothing, and offers to show all', async () => {
  const page = await open('?tab=flagged&source=shop');
  await page.getByText('No value is flagged that fits these choices.').waitFor();
  await page.getByRole('link', { name: 'Show all' }).click();
  await page.getByText('2 flagged values').waitFor();
  await page.context().close();
});

data('says what of the address is no list, no run and no page', async () => {
  const page = await open('?tab=xyz&run=zzz&page=0&source=shop');
  const notice = page.getByRole('status').filter({ hasText: 'not understood' });
  await notice.waitFor();
  assert.equal(await notice.locator('li').allInnerTexts(), [
    'Part of the page: “xyz” is not known here.',
    'Page: “0” is not a whole number from 1.',
    'Run: “zzz” is not a whole number from 1.',
  ]);
  await page.getByRole('button', { name: 'Take these off' }).click();
  await page.waitForURL('**/data?source=shop');
  await notice.waitFor({ state: 'detached' });
  await page.context().close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    data(`has nothing wrong at ${width} px, ${theme}`, async () => {
      const page = await openPage(browser, world.server, { width, theme });
      page.setDefaultTimeout(15_000);
      for (const [search, sign] of [
        ['', 'Known until'],
        ['tab=runs', 'rows read'],
        ['tab=rejected', /today|yesterday/],
        ['tab=rejected&run=1', 'Rejected by one run'],
        ['tab=rejected&row=1', 'The row as it came'],
        ['tab=rejected&state=settled', /Left out (today|yesterday)/],
        ['tab=flagged', '2 flagged values'],
      ] as const) {
        await page.goto(`${world.server.url}/data?${search}`);
        await page.getByText(sign).first().waitFor();
        assert.equal(await faultsOf(page), [], search);
      }
      await page.context().close();
    });
  }
}

data.run();
