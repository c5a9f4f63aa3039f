import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpInput } from '../../../../etl/connectors/http/options.ts';
import type { RawRow } from '../../../../etl/connector.ts';
import { createHttpReader } from '../../../../etl/connectors/http/reader.ts';
import { keysetList, offsetList, pagedList, type ListRow, type ListRule } from '../../../support/http-lists.ts';
import { json, startHttpSource, type HttpSource } from '../../../support/http-source.ts';
import { httpOptions, ids, now, readAll, testContext } from './support.ts';

const moving = suite('rows that move while being read');

/** Rows of a source that are touched, and so move to the end of the list, before a request is answered. */
let rows: ListRow[] = [];
let touch: () => void = () => undefined;
let rule: ListRule = pagedList;
let source: HttpSource;

moving.before(async () => {
  source = await startHttpSource((request) => {
    touch();
    return rule(() => rows)(request);
  });
});
moving.after(() => source.close());

const watermark = (): HttpInput => ({
  url: source.url,
  rows: 'items',
  total: 'total',
  query: { since: '{watermark}' },
  incremental: { column: 'updated_at', overlap_seconds: 2, start: '2025-01-01' },
  paging: { kind: 'watermark', size: 4, size_parameter: 'per_page' },
});
const keyset = (): HttpInput => ({
  url: source.url,
  rows: 'items',
  incremental: { column: 'updated_at', overlap_seconds: 2, parameter: 'since' },
  paging: { kind: 'keyset', size: 4, size_parameter: 'limit', next: { after: '{last.updated_at},{last.id}' } },
});

const page = (): HttpInput => ({ ...watermark(), query: {}, incremental: keyset().incremental, paging: { kind: 'page', size: 4, size_parameter: 'per_page' } }); // prettier-ignore
const offset = (): HttpInput => ({ ...page(), rows: '', total: undefined, paging: { kind: 'offset', size: 4 } });

for (const { name, own, input } of [
  { name: 'watermark', own: pagedList, input: watermark },
  { name: 'keyset', own: keysetList, input: keyset },
  { name: 'page', own: pagedList, input: page },
  { name: 'offset', own: offsetList, input: offset },
])
  moving(`${name}: nothing is lost over 30 seeds, with bulk changes in one second, an interruption and a second run`, async () => {
    rule = own;
    for (let seed = 1; seed <= 30; seed++) {
      const random = seeded(seed);
      const server = busyTable(random);
      rows = server.rows;
      touch = server.touch;
      const latest = new Map<string, string>();
      const take = (read: RawRow[]): void => read.forEach((row) => latest.set(row.values.id ?? '', row.values.version ?? ''));
      const stopAfter = 1 + Math.floor(random() * 8);
      const cursor = await readSome(input(), stopAfter, take);
      const second = await readAll(input(), cursor);
      assert.is(second.error, null, `seed ${seed}: ${second.error?.message}`);
      take(second.rows);
      touch = () => undefined;
      const third = await readAll(input(), second.cursor);
      assert.is(third.error, null);
      take(third.rows);
      const expected = Object.fromEntries(rows.map((row) => [String(row.id), String(row.version)]));
      assert.equal(Object.fromEntries([...latest].sort(([a], [b]) => Number(a) - Number(b))), expected, `seed ${seed}`);
    }
  });

moving('page, not incremental: a row that moved up a page is missed until the list is read again', async () => {
  rule = pagedList;
  rows = table(6);
  let requests = 0;
  // Before the second page is asked for, row 1 moves to the end: row 3 moves up to the first page.
  touch = () => {
    if (++requests === 2) rows[0] = { ...(rows[0] as ListRow), updated_at: '2025-06-01T00:00:00Z' };
  };
  const input: HttpInput = { url: source.url, rows: 'items', paging: { kind: 'page', size: 2, size_parameter: 'per_page' } };
  const first = await readAll(input);
  assert.equal(ids(first.rows), ['1', '2', '4', '5', '6', '1']);
  const again = await readAll(input, first.cursor);
  assert.equal(ids(again.rows), ['2', '3', '4', '5', '6', '1']);
});

moving('offset, not incremental: nothing is missed while no more rows move up than overlap_rows', async () => {
  rule = offsetList;
  rows = table(9);
  let touched = 0;
  touch = () => {
    if (touched < 3) rows[touched] = { ...(rows[touched] as ListRow), updated_at: `2025-06-0${++touched}T00:00:00Z` };
  };
  const read = await readAll({ url: source.url, paging: { kind: 'offset', size: 3, overlap_rows: 1 } });
  assert.equal([...new Set(ids(read.rows))].sort(), ['1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

for (const { name, own, input } of [
  { name: 'watermark', own: pagedList, input: watermark },
  { name: 'keyset', own: keysetList, input: keyset },
])
  moving(`${name}: rows that come after one ahead of the clock are found, and readers are told of the clock`, async () => {
    const hour = (n: number): string => new Date((now + n * 3600) * 1000).toISOString().replace('.000Z', 'Z');
    rule = own;
    touch = () => undefined;
    rows = [{ id: 1, updated_at: hour(-1) }, { id: 2, updated_at: hour(20) }]; // prettier-ignore
    const seen = new Set<string>();
    let cursor: string | null = null;
    for (let n = 0; n <= 30; n++) {
      rows.push({ id: 10 + n, updated_at: hour(n) });
      const read = await readAll(input(), cursor, { ...testContext(), now: () => now + n * 3600 });
      assert.is(read.error, null);
      for (const id of ids(read.rows)) seen.add(id);
      const told = read.extracts.at(-1)?.notice ?? '';
      assert.is(told.startsWith('1 row has a time ahead of our clock (up to 2026-01-01T20:00:00Z)'), n < 20, `hour ${n}`);
      ({ cursor } = read);
    }
    assert.is(seen.size, rows.length);
  });

moving('page: a row that is changed where the list was read already comes with the next run', async () => {
  // In the order of ids, so that a change does not move a row.
  rule =
    (list) =>
    ({ url }) => {
      const found = list().filter((row) => row.updated_at >= (url.searchParams.get('since') ?? ''));
      const start = (Number(url.searchParams.get('page')) - 1) * 2;
      return json(found.slice(start, start + 2));
    };
  rows = table(6);
  let clock = now;
  touch = () => {
    clock += 60;
    if (clock === now + 120) rows[0] = { ...(rows[0] as ListRow), updated_at: '2026-01-01T00:02:00Z' };
    if (clock === now + 180) rows[5] = { ...(rows[5] as ListRow), updated_at: '2026-01-01T00:03:00Z' };
  };
  const input: HttpInput = {
    url: source.url,
    incremental: { column: 'updated_at', parameter: 'since', overlap_seconds: 0 },
    paging: { kind: 'page', size: 2 },
  };
  const context = { ...testContext(), now: () => clock };
  const first = await readAll(input, null, context);
  const again = await readAll(input, first.cursor, context);
  assert.ok(again.rows.some(({ values }) => values.id === '1' && values.updated_at === '2026-01-01T00:02:00Z'));
});

moving('page: is read back only where there are several pages, and in parts where runs end early', async () => {
  rule = pagedList;
  rows = table(8);
  touch = () => undefined;
  const given = { ...page(), paging: { kind: 'page', size: 3, size_parameter: 'per_page' }, max_rows: 3 } satisfies HttpInput;
  const asked: string[][] = [];
  let cursor: string | null = null;
  for (let isPartial = true; isPartial;) {
    source.requests.length = 0;
    const read = await readAll(given, cursor);
    isPartial = read.extracts.at(-1)?.isPartial === true;
    asked.push(source.requests.map(({ url }) => url.searchParams.get('page') ?? ''));
    ({ cursor } = read);
  }
  assert.equal(asked, [['1'], ['1', '2'], ['2', '3', '2'], ['1']]); // prettier-ignore
  source.requests.length = 0;
  assert.equal(ids((await readAll(given, cursor)).rows), ['6', '7', '8']);
});

/** Reads so many extracts and stops, as a process that is killed does. */
async function readSome(input: HttpInput, count: number, take: (rows: RawRow[]) => void): Promise<string | null> {
  let cursor: string | null = null;
  for await (const extract of createHttpReader({})(httpOptions(input), null, testContext())) {
    take(extract.rows);
    cursor = extract.cursor;
    if (--count === 0) break;
  }
  return cursor;
}

function table(count: number): ListRow[] {
  return Array.from({ length: count }, (_, i) => ({ id: i + 1, updated_at: `2025-03-01T00:00:0${i}Z`, version: 1 }));
}

/** Thirty rows, ten of them of one second; up to two rows are touched before each of the first sixty requests, several a second. */
function busyTable(random: () => number): { rows: ListRow[]; touch: () => void } {
  const start = Date.UTC(2025, 2, 1);
  const at = (second: number): string => new Date(start + second * 1000).toISOString().replace('.000Z', 'Z');
  const rows: ListRow[] = Array.from({ length: 30 }, (_, i) => ({ id: i + 1, updated_at: at(i < 10 ? i : i < 20 ? 10 : i), version: 1 }));
  let clock = 40;
  let left = 60;
  return {
    rows,
    touch() {
      if (left-- <= 0) return;
      for (let n = Math.floor(random() * 3); n > 0; n--) {
        const i = Math.floor(random() * rows.length);
        const row = rows[i] as ListRow;
        rows[i] = { ...row, updated_at: at(clock), version: Number(row.version) + 1 };
      }
      if (random() < 0.3) clock++;
    },
  };
}

/** The same numbers between 0 and 1 for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

moving.run();
