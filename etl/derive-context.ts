import type { DeriveContext } from './derive.ts';
import { policyDimensions } from './sla.ts';
import { isOneOf } from './store/insert.ts';
import type { Store } from './store/open.ts';
import { readRules } from './store/rules.ts';
import { customerSecret } from './store/settings.ts';
import type { DimensionColumn } from './store/tables.ts';

export interface DeriveSetting {
  /** The organisation's zone and currency where they are configured; they come first. */
  organisation?: { zone: string | null; currency: string | null };
  /** The map's, else; without either times are taken in UTC. */
  map?: { zone: string; currency: string | null };
  /** Code of the source the records come from. */
  source: number;
  /** Seconds since 1970 UTC. */
  now: number;
}

/** What the records of a source are derived with; calendars and policies are those in force in the store. */
export async function deriveContextOf(store: Store, { organisation, map, source, now }: DeriveSetting): Promise<DeriveContext> {
  const rules = await readRules(store.writer);
  return {
    zone: organisation?.zone ?? map?.zone ?? 'UTC',
    currency: organisation?.currency ?? map?.currency ?? null,
    now,
    customerSecret: await customerSecret(store),
    ...(rules.hash && { rules }),
    ...(rules.rules.policies.some((policy) => policy.when) && { labelOf: await labelsShown(store, source) }),
  };
}

/** The labels that a source's own values are shown under, where somebody has mapped them to others. */
async function labelsShown(store: Store, source: number): Promise<DeriveContext['labelOf']> {
  interface Row {
    dimension: string;
    raw: string;
    name: string;
  }
  const rows = await store
    .writer('label_map as m')
    .join('label as l', (on) => on.on('l.dimension', 'm.dimension').andOn('l.code', 'm.code'))
    .where('m.source', source)
    .where(isOneOf(store.writer, 'm.dimension', [...policyDimensions, 'sla_policy']))
    .select<Row[]>('m.dimension', 'm.raw', 'l.name');
  const names = new Map(rows.map(({ dimension, raw, name }) => [`${dimension} ${raw}`, name]));
  return (dimension: DimensionColumn, raw: string) => names.get(`${dimension} ${raw}`) ?? raw;
}
