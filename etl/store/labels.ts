import type { Knex } from 'knex';
import { insertRows } from './insert.ts';
import type { Store } from './open.ts';
import { takeNumbers } from './transact.ts';
import type { LabelDimension } from './tables.ts';

/** Codes of labels within one transaction. */
export interface LabelScope {
  /** The code of a label; a label not seen before gets the next code. An empty name is 0. */
  code(dimension: LabelDimension, name: string | undefined, parent?: number): number;
  /** Writes the labels that are new. To be called before the facts that use them. */
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
}
const caches = new WeakMap<Store, Cache>();

/** Opens the labels for a transaction that has already begun to write, so that no other process can add any before its end. */
export async function openLabels(store: Store, trx: Knex.Transaction): Promise<LabelScope> {
  const version = (await trx<{ name: string; value: number }>('change_counter').where({ name: 'label' }).first('value'))?.value ?? 0;
  let cache = caches.get(store);
  if (cache?.version !== version) {
    cache = { version, shelves: await readShelves(trx) };
    caches.set(store, cache);
  }
  return createScope(store, trx, cache);
}

function createScope(store: Store, trx: Knex.Transaction, cache: Cache): LabelScope {
  const added = new Map<string, Shelf>();
  const rows: [LabelDimension, number, number, string][] = [];
  let flushed = 0;
  let { version } = cache;
  return {
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
      if (rows.length === flushed) return;
      await insertRows(trx, 'label', ['dimension', 'code', 'parent', 'name'], rows.slice(flushed));
      flushed = rows.length;
      version = await takeNumbers(trx, 'label', 1);
    },
    keep() {
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
