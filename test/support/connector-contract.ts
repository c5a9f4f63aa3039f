import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Extract, ReadContext, Reader } from '../../etl/connector.ts';
import type { RecordMap } from '../../etl/map.ts';
import { runImport } from '../../etl/run.ts';
import type { Suite } from './shared-data.ts';
import { tempStore } from './store.ts';

/** A reader with data to read; the data is the same at every call and makes at least two extracts. */
export interface ContractCase<Options> {
  reader: Reader<Options>;
  /** Called before every read, since a stream can be read once. */
  options: () => Options | Promise<Options>;
  map: RecordMap;
  /** Rows the data holds, good or broken. */
  read: number;
  /** Rows that are broken or that the map refuses. */
  rejected: number;
  /** What the configuration may say for it; every key must be described. */
  optionsSchema?: z.ZodType;
  /** What a read from the cursor of the last extract gives; default nothing. */
  afterEnd?: 'nothing' | 'everything';
  /** Rows a read from an extract's cursor may give again; default none. */
  overlapRows?: number;
  /** Seconds since 1970 UTC; default 2026-01-01. */
  now?: number;
}

const mostResumed = 6;

/** Registers what every reader must hold: a stable order, cursors to go on from, a reason for every row that is refused, the same input twice. */
export function connectorContract<Options>(test: Suite, given: ContractCase<Options>): void {
  const { name } = given.reader;
  const now = given.now ?? Date.UTC(2026, 0) / 1000;

  test(`${name}: two reads give the same rows in the same order`, async () => {
    const first = await readAll(given, null, now);
    assert.ok(first.length > 1, 'the data of the test makes at least two extracts');
    const rows = first.flatMap(rowsOf);
    assert.is(rows.length, given.read);
    assert.equal((await readAll(given, null, now)).flatMap(rowsOf), rows);
  });

  test(`${name}: a read that goes on from the cursor of an extract gives exactly the rest`, async () => {
    const extracts = await readAll(given, null, now);
    const rows = extracts.flatMap(rowsOf);
    const step = Math.max(1, Math.floor((extracts.length - 1) / mostResumed));
    let passed = 0;
    for (const [i, extract] of extracts.slice(0, -1).entries()) {
      passed += rowsOf(extract).length;
      if (i % step) continue;
      const rest = (await readAll(given, extract.cursor, now)).flatMap(rowsOf);
      const repeated = rest.length - (rows.length - passed);
      assert.ok(repeated >= 0 && repeated <= (given.overlapRows ?? 0), `${repeated} rows too many after extract ${i + 1}`);
      assert.equal(rest.slice(repeated), rows.slice(passed));
    }
    const after = (await readAll(given, extracts.at(-1)?.cursor ?? null, now)).flatMap(rowsOf);
    if (given.afterEnd === 'everything') assert.equal(after, rows);
    else assert.ok(after.length <= (given.overlapRows ?? 0), `${after.length} rows after the last cursor`);
  });

  test(`${name}: its header never shrinks, and every row has every column of it`, async () => {
    let before: readonly string[] = [];
    for (const { header, rows } of await readAll(given, null, now)) {
      assert.equal(header.slice(0, before.length), before);
      before = header;
      for (const row of rows) assert.equal(Object.keys(row.values).length, header.length);
      for (const row of rows) for (const column of header) assert.type(row.values[column], 'string');
    }
  });

  test(`${name}: every row is loaded or rejected with a reason, and the same input again changes nothing`, async () => {
    const { store, close } = await tempStore();
    try {
      const run = async () =>
        runImport<Options>({
          store, map: given.map, connector: given.reader, options: await given.options(), startedBy: 'command', input: null, now: () => now, log: () => undefined,
        }); // prettier-ignore
      const first = await run();
      assert.equal([first.read, first.rejected], [given.read, given.rejected]);
      const rejects = await store.reader('rejected_record').select<{ reason: string; line: number }[]>('reason', 'line');
      assert.is(rejects.length, given.rejected);
      for (const { reason, line } of rejects) assert.ok(reason.trim() !== '' && line > 0);
      const again = await run();
      assert.equal(
        [again.read, again.inserted, again.updated, again.unchanged, again.rejected],
        [first.read, 0, 0, first.inserted + first.unchanged, first.rejected],
      );
    } finally {
      await close();
    }
  });

  const { optionsSchema } = given;
  if (optionsSchema)
    test(`${name}: every option is described`, () => {
      assert.equal(undescribed(z.toJSONSchema(optionsSchema, { io: 'input', unrepresentable: 'any' }), ''), []);
    });
}

/** A context whose clock stands still and whose pauses take no time. */
export function readContext(now: number): ReadContext {
  return { now: () => now, pause: () => Promise.resolve() };
}

async function readAll<Options>({ reader, options }: ContractCase<Options>, since: string | null, now: number): Promise<Extract[]> {
  const extracts: Extract[] = [];
  for await (const extract of reader.read(await options(), since, readContext(now))) extracts.push(extract);
  return extracts;
}

/** Rows and broken rows as texts; columns that are empty may be missing from a header that grows. */
function rowsOf({ rows, broken }: Extract): string[] {
  const good = rows.map(({ line, values }) => ({
    line,
    text: JSON.stringify(
      Object.entries(values)
        .filter(([, value]) => value !== '')
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  }));
  const bad = broken.map(({ line, reason, text }) => ({ line, text: `${reason}: ${text}` }));
  return [...good, ...bad].sort((a, b) => a.line - b.line).map(({ text }) => text);
}

type JsonSchema = { description?: unknown; properties?: Record<string, unknown>; anyOf?: unknown[]; items?: unknown };

function undescribed(schema: unknown, at: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, anyOf = [], items } = schema as JsonSchema;
  const here = Object.entries(properties).flatMap(([key, value]) => {
    const path = at ? `${at}.${key}` : key;
    return [...((value as JsonSchema).description ? [] : [path]), ...undescribed(value, path)];
  });
  return [...here, ...anyOf.flatMap((each) => undescribed(each, at)), ...undescribed(items, at)];
}
