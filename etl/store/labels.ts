import type { Knex } from 'knex';
import { insertRows } from './insert.ts';
import type { Store } from './open.ts';
import { takeNumbers } from './transact.ts';
import type { LabelDimension } from './tables.ts';

/** Codes of labels within one transaction. */
export interface LabelScope {
  /** The code of a label; a label not seen before gets the next code. An empty name is 0. */
  code(dimension: LabelDimension, name: string | undefined, parent?: number): number;
  /** The code a person has decided on for a source's own value; undefined where the map holds. */
  decided(source: number, dimension: string, raw: string): number | undefined;
  /** Whether anything was decided for a source. */
  hasDecisions(source: number): boolean;
  /** Notes a value of a source that its map does not list. */
  noteUnmapped(source: number, dimension: string, raw: string): void;
  /** Writes the labels and values that are new. To be called before the facts that use them. */
  flush(): Promise<void>;
  /** Keeps the new codes for later batches. To be called after the commit, and only then. */
  keep(): void;
}

interface Shelf {
  codes: Map<string, number>;
  last: number;
}
interface Cache {
  /** Value of the counter `label` the cache was read at; another process that writes labels moves it. */
  version: number;
  shelves: Map<string, Shelf>;
  /** By source, the decisions about its own values, by dimension and value. */
  decisions: Map<number, Map<string, number>>;
  /** Values that are noted already. */
  unmapped: Set<string>;
}
const caches = new WeakMap<Store, Cache>();

/** Opens the labels for a transaction that has already begun to write, so that no other process can add any before its end. */
export async function openLabels(store: Store, trx: Knex.Transaction): Promise<LabelScope> {
  const version = (await trx<{ name: string; value: number }>('change_counter').where({ name: 'label' }).first('value'))?.value ?? 0;
  let cache = caches.get(store);
  if (cache?.version !== version) {
    cache = { version, shelves: await readShelves(trx), decisions: await readDecisions(trx), unmapped: new Set() };
    caches.set(store, cache);
  }
  return createScope(store, trx, cache);
}

function createScope(store: Store, trx: Knex.Transaction, cache: Cache): LabelScope {
  const added = new Map<string, Shelf>();
  const rows: [LabelDimension, number, number, string][] = [];
  const unmapped = new Map<string, [number, string, string]>();
  let flushed = 0;
  let { version } = cache;
  return {
    decided: (source, dimension, raw) => cache.decisions.get(source)?.get(keyOf(dimension, raw)),
    hasDecisions: (source) => cache.decisions.has(source),
    noteUnmapped(source, dimension, raw) {
      const key = `${source} ${keyOf(dimension, raw)}`;
      if (!cache.unmapped.has(key)) unmapped.set(key, [source, dimension, raw]);
    },
    code(dimension, name, parent = 0) {
      if (!name) return 0;
      const key = parent ? `${parent}\u0000${name}` : name;
      const shelf = cache.shelves.get(dimension);
      const known = shelf?.codes.get(key) ?? added.get(dimension)?.codes.get(key);
      if (known !== undefined) return known;
      let own = added.get(dimension);
      if (!own) {
        own = { codes: new Map(), last: shelf?.last ?? 0 };
        added.set(dimension, own);
      }
      own.last += 1;
      own.codes.set(key, own.last);
      rows.push([dimension, own.last, parent, name]);
      return own.last;
    },
    async flush() {
      const columns = ['source', 'dimension', 'raw'];
      await insertRows(trx, 'unmapped_value', columns, [...unmapped.values()], { conflict: columns });
      if (rows.length === flushed) return;
      await insertRows(trx, 'label', ['dimension', 'code', 'parent', 'name'], rows.slice(flushed));
      flushed = rows.length;
      version = await takeNumbers(trx, 'label', 1);
    },
    keep() {
      for (const key of unmapped.keys()) cache.unmapped.add(key);
      for (const [dimension, own] of added) {
        const shelf = cache.shelves.get(dimension);
        if (!shelf) cache.shelves.set(dimension, own);
        else {
          for (const [key, code] of own.codes) shelf.codes.set(key, code);
          shelf.last = own.last;
        }
      }
      cache.version = version;
      caches.set(store, cache);
    },
  };
}

function keyOf(dimension: string, raw: string): string {
  return `${dimension}\u0000${raw}`;
}

async function readDecisions(trx: Knex.Transaction): Promise<Cache['decisions']> {
  const decisions: Cache['decisions'] = new Map();
  const rows = await trx<{ source: number; dimension: string; raw: string; code: number }>('label_map').select();
  for (const { source, dimension, raw, code } of rows) {
    const own = decisions.get(source) ?? new Map<string, number>();
    decisions.set(source, own.set(keyOf(dimension, raw), code));
  }
  return decisions;
}

async function readShelves(trx: Knex.Transaction): Promise<Map<string, Shelf>> {
  const shelves = new Map<string, Shelf>();
  const rows = await trx<{ dimension: string; code: number; parent: number; name: string }>('label').select(
    'dimension',
    'code',
    'parent',
    'name',
  );
  for (const { dimension, code, parent, name } of rows) {
    let shelf = shelves.get(dimension);
    if (!shelf) {
      shelf = { codes: new Map(), last: 0 };
      shelves.set(dimension, shelf);
    }
    shelf.codes.set(parent ? `${parent}\u0000${name}` : name, code);
    shelf.last = Math.max(shelf.last, code);
  }
  return shelves;
}
