// time limit: 300 s
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv } from '../../etl/connectors/csv.ts';
import { readMap } from '../../etl/map.ts';
import { runImport } from '../../etl/run.ts';
import { answer } from '../../queries/answer.ts';
import { parseQuery } from '../../queries/model/query.ts';
import type { Row } from '../../queries/model/wire.ts';
import { sharedData, sharedTests } from '../support/shared-data.ts';
import { tempStore } from '../support/store.ts';

const original = 'nyc-dca-mediated-complaints/consumer_services_mediated_complaints_2015-2016.csv.gz';
const now = (): number => Date.UTC(2026, 0, 1) / 1000;
const months = [
  '2015-01', '2015-02', '2015-03', '2015-04', '2015-05', '2015-06', '2015-07', '2015-08', '2015-09', '2015-10', '2015-11', '2015-12',
  '2016-01', '2016-02', '2016-03', '2016-04',
]; // prettier-ignore

/** The file as text. */
function textOfFile(): string {
  const file = sharedData(original);
  if (!file) throw new Error(`${original} is absent`);
  return gunzipSync(readFileSync(file)).toString('utf8');
}

// The month a mediation was closed in, and what the customer said of it.
const answerPattern = /,(\d\d)\/\d\d\/(\d{4}),((?:"[^"]*"|[^,"]*),)(Yes|No)(?=,)/;

/** The same with so many answers of one month, the first ones, turned round. */
function moved(text: string, month: string, from: 'Yes' | 'No', count: number): string {
  let left = count;
  return text
    .split('\n')
    .map((line) => {
      const [, monthOf, yearOf, , said] = answerPattern.exec(line) ?? [];
      if (left === 0 || `${yearOf}-${monthOf}` !== month || said !== from) return line;
      left -= 1;
      return line.replace(answerPattern, (all) => all.slice(0, -from.length) + (from === 'Yes' ? 'No' : 'Yes'));
    })
    .join('\n');
}

/** What the real pipeline and the real store say of each month, everything looked at. */
async function monthly(text: string): Promise<Row[]> {
  const temp = await tempStore();
  const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-nyc-'));
  const file = path.join(dir, 'mediated.csv');
  try {
    writeFileSync(file, text);
    const where = fileURLToPath(new URL('../../fixtures/maps/nyc-mediated.yaml', import.meta.url));
    const map = readMap(readFileSync(where, 'utf8'), 'nyc-mediated');
    const options = { file, ...map.input };
    const given = {
      store: temp.store,
      map,
      connector: csv,
      options,
      startedBy: 'command',
      input: 'mediated.csv',
      now,
      log: () => undefined,
    };
    assert.is((await runImport(given)).rejected, 0);
    const deps = { reader: temp.store.reader, organisation: { name: 'test', zone: null, currency: null }, now };
    const all = { from: '2014-01-01', to: '2016-12-31', grain: 'month', signals: true };
    const { tables } = await answer(deps, [parseQuery({ measures: ['csat_rate'], ...all })]);
    return (tables[0]?.rows ?? []).filter((row) => row.csat_rate !== null);
  } finally {
    await temp.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const signalsOf = (rows: Row[]) =>
  rows.flatMap((row) => (row.csat_rate_signal === null ? [] : [[String(row.period).slice(0, 7), row.csat_rate_signal]]));

const nyc = suite('signals in the mediated complaints of New York');
sharedTests(nyc, {
  'no month lies outside its limits, and the one rule that fires is the run above the centre from September 2015 to April 2016':
    async () => {
      const rows = await monthly(textOfFile());
      assert.equal(
        rows.map((row) => String(row.period).slice(0, 7)),
        months,
      );
      for (const row of rows) {
        const [low, rate, high] = ['csat_rate_limit_low', 'csat_rate', 'csat_rate_limit_high'].map((name) => Number(row[name]));
        assert.ok(low !== undefined && rate !== undefined && high !== undefined && low < rate && rate < high, String(row.period));
      }
      assert.equal(
        signalsOf(rows),
        months.slice(8).map((month) => [month, 'run_above']),
      );
    },

  'a month moved by 20 points is found': async () => {
    const text = textOfFile();
    const base = await monthly(text);
    // Every month is found in both directions; a few keep the test short.
    for (const month of ['2015-01', '2015-08', '2016-04']) {
      const { csat_rate: rate, csat_rate_n: n } = base.find((row) => String(row.period).startsWith(month)) ?? {};
      const count = Math.round(Number(n) * 0.2);
      for (const from of ['No', 'Yes'] as const) {
        const rows = await monthly(moved(text, month, from, count));
        const row = rows.find((one) => String(one.period).startsWith(month)) ?? {};
        const shift = Number(row.csat_rate) - Number(rate);
        assert.ok(Math.abs(Math.abs(shift) - 0.2) < 0.003, `${month} moved by ${shift}`);
        assert.is(row.csat_rate_signal, from === 'No' ? 'above_limits' : 'below_limits', `${month}, ${from} turned round`);
      }
    }
  },
});
nyc.run();
