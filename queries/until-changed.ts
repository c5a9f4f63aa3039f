import type { Knex } from 'knex';

interface Kept {
  change: number;
  /** By name. */
  values: Map<string, Promise<unknown>>;
}
const kept = new WeakMap<Knex, Kept>();

/**
 * What reading something of the facts gives; it is read again only after a change of the store, and once for all who ask meanwhile.
 * @param name of what is read, one for each `read`
 */
export async function untilChanged<T>(reader: Knex, name: string, read: () => Promise<T>): Promise<T> {
  const counter = await reader<{ name: string; value: number }>('change_counter').where({ name: 'change_seq' }).first('value');
  const change = counter?.value ?? 0;
  let of = kept.get(reader);
  if (of?.change !== change) kept.set(reader, (of = { change, values: new Map() }));
  const { values } = of;
  let value = values.get(name);
  if (!value) {
    value = read();
    values.set(name, value);
    // Whoever asked is told; who asks next tries again.
    value.catch(() => values.delete(name));
  }
  return value as Promise<T>; // a name stands for one `read`
}
