// time limit: 300 s
import { readFileSync } from 'node:fs';
import Papa from 'papaparse';
import type { Browser, Locator, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exportHref } from '../../client/address.ts';
import { decodeTables } from '../../client/arrow.ts';
import { figureOf } from '../../client/figure.ts';
import { countOf, drillOf, marksOf, type Mark } from '../../client/marks.ts';
import { chartRows } from '../../queries/model/chart-rows.ts';
import { measureOf, type MeasureName } from '../../queries/model/measures.ts';
import { formatValue } from '../../queries/model/number.ts';
import { serialiseQuery } from '../../queries/model/query.ts';
import { drawnRows } from '../../queries/model/reading.ts';
import { reportQuery, reports, viewGrain, type ChartKind, type Report } from '../../queries/model/reports.ts';
import { knownOf, viewFromSearch } from '../../queries/model/view.ts';
import type { AnswerJson, CasePage, MetaJson, Row, TableJson, Value } from '../../queries/model/wire.ts';
import { launchBrowser, openPage } from '../support/pages.ts';
import { openWorld, type World } from '../support/worlds.ts';

const agreement = suite('picture, table, files, drawer and interface');

/** A chart of a kind: the screen it stands on, and where its figures lie in what its marks are bound to. */
interface Example {
  path: string;
  report: string;
  bound?: (datum: Row, measure: MeasureName) => Value | undefined;
}

// A new kind of chart needs a line here.
const examples: Record<ChartKind['type'], Example> = {
  bars: { path: '/', report: 'recurring_issues' },
  lines: { path: '/', report: 'issues_over_time' },
  bands: { path: '/', report: 'resolution_time' },
  pareto: { path: '/issues', report: 'issues_by_count' },
  heat: { path: '/issues', report: 'issues_heat' },
  intervals: { path: '/satisfaction', report: 'satisfaction_by_channel' },
  funnel: { path: '/coaching', report: 'team_on_time_rate' },
  curve: { path: '/resolution', report: 'still_open', bound: ({ share }) => share },
};

const search = 'channel=Phone&channel=Email&not_severity=low&period=last_12_months';
const filters = ['channel', 'severity'];
let world: World;
let browser: Browser;

agreement.before(async () => {
  const opened = await openWorld('demo', 6000);
  if (!opened) throw new Error('the demo is made, it cannot be absent');
  world = opened;
  browser = await launchBrowser();
});

agreement.after(async () => {
  await browser?.close();
  await world?.close();
});

agreement('hold for every kind of chart there is', () => {
  for (const { name, chart } of reports) assert.ok(Object.hasOwn(examples, chart.type), `no line for the kind “${chart.type}” of ${name}`);
  for (const [type, { report }] of Object.entries(examples)) assert.is(reports.find((r) => r.name === report)?.chart.type, type, report);
});

for (const [type, example] of Object.entries(examples)) {
  agreement(`agree over a chart of ${type}, with filters set`, async () => {
    const report = reports.find((r) => r.name === example.report);
    if (!report) throw new Error(`no report ${example.report}`);
    const { table, drawn, marks, requestOf } = await answerOf(report);
    const page = await openPage(browser, world.server);
    await page.goto(`${world.server.url}${example.path}?${search}`);
    const figure = page.locator(`[data-report=${report.name}]`);
    await figure.locator('[data-drawn] svg').waitFor();

    // The picture: a mark a figure, bound to it.
    const bound = await boundOf(figure);
    const valueOf = example.bound ?? ((datum: Row, measure: MeasureName) => datum[measure]);
    assert.equal(
      [...new Set(bound.map((datum) => datum.mark_row))].sort(byNumber),
      [...new Set(marks.map(({ row }) => row))].sort(byNumber),
    );
    for (const { row, measure } of marks) {
      const figures = bound.filter((datum) => datum.mark_row === row && (datum.measure ?? measure) === measure);
      assert.ok(figures.length > 0, `no mark of ${measure} in row ${row}`);
      for (const datum of figures) assert.is(valueOf(datum, measure), valueOf(drawn[row] ?? {}, measure), `${measure} in row ${row}`);
    }

    // The drawer, and the interface behind it.
    const first = marks[0];
    if (!first) throw new Error('nothing is drawn');
    const count = countOf(table.rows[0] && type === 'curve' ? table.rows[0] : (drawn[first.row] ?? {}), first.measure);
    await figure.locator('.reach').press('ArrowRight');
    assert.is(await figure.locator('.readout').innerText(), first.text);
    await page.keyboard.press('Enter');
    assert.is(await totalOf(page), count);
    const { total } = (await (await world.server.send('POST', '/api/cases', requestOf(first))).json()) as CasePage;
    assert.is(total, count);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });

    // The files.
    await figure.getByRole('button', { name: 'Export' }).click();
    const [csv, arrow] = await Promise.all(
      ['CSV', 'Arrow'].map(async (name) => {
        const href = await figure.getByRole('link', { name: new RegExp(`^${name}`) }).getAttribute('href');
        return new Uint8Array(await (await world.server.send('GET', href ?? '')).arrayBuffer());
      }),
    );
    assert.equal(decodeTables(arrow ?? new Uint8Array())[0]?.rows, table.rows);
    const lines = Papa.parse<string[]>(new TextDecoder().decode(csv), { skipEmptyLines: true }).data;
    assert.equal(
      lines.slice(1),
      table.rows.map((row) => table.columns.map(({ name }) => String(row[name] ?? ''))),
    );
    assert.equal(
      lines[0],
      table.columns.map(({ name }) => name),
    );
    const drawing = page.waitForEvent('download');
    await figure.getByRole('button', { name: /^SVG/ }).click();
    const svg = readFileSync(await (await drawing).path(), 'utf8');
    for (const words of [report.question, ...filters, 'until', 'n = ']) assert.ok(svg.includes(words), `the file does not say “${words}”`);
    assert.match(svg, /<desc id="description">[^<]*\d[^<]*<\/desc>/);

    // The table.
    await figure.getByRole('button', { name: 'Table' }).click();
    const cells = await figure
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => (cell.firstChild?.textContent ?? '').trim())));
    const listed = type === 'curve' ? drawn : table.rows;
    assert.is(cells.length, listed.length);
    for (const [index, row] of listed.entries()) {
      for (const measure of new Set(marks.map((mark) => mark.measure))) {
        if (type === 'curve' && row.measure !== measure) continue;
        const text = cellText(measure, valueOf(row, measure), row);
        assert.ok(cells[index]?.includes(text), `${measure} ${text} is not in ${cells[index]?.join(' | ')}`);
      }
    }
    await page.context().close();
  });
}

agreement('files compare with nothing where the screen does not', async () => {
  const page = await openPage(browser, world.server);
  // The 36 months before these lie before the first case.
  await page.goto(`${world.server.url}/?period=last_36_months`);
  const figure = page.locator('[data-report=recurring_issues]');
  await figure.locator('[data-drawn] svg').waitFor();
  assert.not.match(await figure.locator('footer').innerText(), /before/);
  await figure.getByRole('button', { name: 'Export' }).click();
  const href = await figure.getByRole('link', { name: /^CSV/ }).getAttribute('href');
  assert.not.match(await (await world.server.send('GET', href ?? '')).text(), /before/);
  await page.context().close();
});

agreement.run();

/** What the interface answers for a report, and what of it is to be drawn. */
async function answerOf(report: Report) {
  const { view } = viewFromSearch(search);
  const meta = (await (await world.server.send('GET', '/api/meta')).json()) as MetaJson;
  const known = knownOf(view, meta);
  const query = reportQuery(report, view, known);
  const response = await world.server.send('GET', exportHref(query, 'json'));
  assert.is(response.status, 200, await response.clone().text());
  const [table] = ((await response.json()) as AnswerJson).tables;
  if (!table) throw new Error('no table came');
  const picture: TableJson = { ...table, rows: drawnRows(report, table.rows) };
  const drawn = chartRows(report, picture, query.grain ? viewGrain(view, known) : null, meta.organisation.currency);
  return {
    table,
    drawn,
    marks: marksOf(report, drawn).flat(),
    requestOf: (mark: Mark) => {
      const drill = drillOf(report, picture, mark);
      return { measure: drill.measure, query: serialiseQuery(figureOf(drill, view, known).query), key: drill.key, part: drill.part };
    },
  };
}

/** What the marks of a picture are bound to, a row a mark. */
function boundOf(figure: Locator): Promise<Row[]> {
  return figure.locator('.chart').evaluate((chart) =>
    [...chart.querySelectorAll('.mark-symbol > path, .mark-rect > path')].flatMap((mark) => {
      // Vega's SVG renderer keeps on each mark what it is of.
      const { datum } = (mark as Element & { __data__?: { datum?: Row } }).__data__ ?? {};
      return datum && 'mark_row' in datum ? [{ ...datum }] : [];
    }),
  );
}

async function totalOf(page: Page): Promise<number> {
  await page.waitForFunction(() => /\d/.test(document.querySelector('dialog [data-total]')?.textContent ?? ''));
  return Number(await page.locator('dialog [data-total]').getAttribute('data-total'));
}

/** A figure as a table writes it: the unit of a length stands in the header. */
function cellText(measure: MeasureName, value: Value | undefined, row: Row): string {
  const { unit, kind } = measureOf(measure);
  const n = kind === 'survival' ? row.n : row[`${measure}_n`];
  return formatValue(value, unit === 'days' || unit === 'hours' ? 'score' : unit, { n: typeof n === 'number' ? n : null });
}

function byNumber(a: Value | undefined, b: Value | undefined): number {
  return Number(a) - Number(b);
}
