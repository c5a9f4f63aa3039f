import type { Knex } from 'knex';
import { openLabels } from './labels.ts';
import type { Store } from './open.ts';
import type { SourceStateRow } from './tables.ts';
import { transact } from './transact.ts';

export interface SourceDescription {
  name: string;
  connector: string;
  map: string | null;
  zone: string | null;
  /** The record fields the source provides; survey fields as `surveys.NAME`. */
  fields: readonly string[];
}

/**
 * Makes the source known to the store, or brings what the store knows of it up to date. A file that lacks some columns of a map
 * takes no field away that an earlier file of the same map provided.
 * @returns its code
 */
export async function describeSource(store: Store, source: SourceDescription): Promise<number> {
  const { name, connector, map, zone } = source;
  const known = await store.writer<SourceStateRow>('source_state').where({ name }).first();
  const before = known && known.map === map ? (JSON.parse(known.fields) as string[]) : [];
  const described = { connector, map, zone, fields: JSON.stringify([...new Set([...before, ...source.fields])].sort()) };
  if (known && Object.entries(described).every(([key, value]) => known[key as keyof typeof described] === value)) return known.source;
  let keep = (): void => undefined;
  const code = await transact(store, async (trx) => {
    const labels = await openLabels(store, trx);
    keep = () => labels.keep();
    const code = labels.code('source', name);
    await labels.flush();
    await trx<SourceStateRow>('source_state')
      .insert({ source: code, name, ...described })
      .onConflict('source')
      .merge(Object.keys(described) as (keyof SourceStateRow)[]);
    return code;
  });
  keep();
  return code;
}

/** The value of `through_at` that is no earlier than the one noted; 0 leaves it as it is. */
export function laterThrough(trx: Knex.Transaction, throughAt: number): Knex.Raw {
  return trx.raw('case when coalesce(through_at, 0) < ? then ? else through_at end', [throughAt, throughAt]);
}
