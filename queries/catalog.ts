import type { Knex } from 'knex';
import { eventKinds } from '../etl/record.ts';
import type { SourceStateRow } from '../etl/store/tables.ts';
import { fieldsOfPolicies, readBusiness } from './business.ts';
import { dimensionOf, noneLabel, otherLabel, subSeparator, type DimensionName } from './model/dimensions.ts';

/** The code under which a limit counts the members it leaves over. */
export const otherCode = -1;

/** The names behind the codes of the facts. */
export interface Catalog {
  /** The label of a code: sub-members as "parent › member", `(none)` for 0, `(other)` for {@link otherCode}. */
  nameOf: (dimension: string, code: number) => string;
  /** The code of a label, or undefined for an unknown one. */
  codeOf: (dimension: DimensionName | 'sla_policy', label: string) => number | undefined;
  /** Every label of a dimension, without `(none)`. */
  names: (dimension: DimensionName) => string[];
}

/** A source as a query sees it. */
export interface SourceInfo {
  source: number;
  name: string;
  connector: string;
  zone: string | null;
  /** What its map provides, and what policies give its cases. */
  fields: ReadonlySet<string>;
  isLive: boolean;
  /** Until when it is known, seconds UTC; null while it holds nothing. */
  through: number | null;
  hasCases: boolean;
}

interface Labels {
  version: number;
  names: Map<string, Map<number, string>>;
  codes: Map<string, Map<string, number>>;
}
const caches = new WeakMap<Knex, Labels>();

/** Reads the labels; they are kept until the counter `label` says that there are new ones. */
export async function readCatalog(knex: Knex): Promise<Catalog> {
  const counter = await knex<{ name: string; value: number }>('change_counter').where({ name: 'label' }).first('value');
  const version = counter?.value ?? 0;
  let labels = caches.get(knex);
  if (labels?.version !== version) {
    labels = await readLabels(knex, version);
    caches.set(knex, labels);
  }
  return catalogOf(labels);
}

/**
 * Reads the sources and until when each is known.
 * @param now seconds UTC: a live source that holds a case is known until now
 */
export async function readSources(knex: Knex, now: number): Promise<SourceInfo[]> {
  const { rules } = await readBusiness(knex);
  const derived = fieldsOfPolicies(rules);
  const rows = await knex<SourceStateRow>('source_state')
    .select('source', 'name', 'connector', 'zone', 'fields', 'through_at', 'is_live')
    .orderBy('source');
  return Promise.all(
    rows.map(async (row) => {
      const isLive = row.is_live === 1;
      const hasCases = (await knex('case_fact').where({ source: row.source }).first('case_id')) !== undefined;
      return {
        source: row.source,
        name: row.name,
        connector: row.connector,
        zone: row.zone,
        fields: new Set([...withEventKinds(JSON.parse(row.fields) as string[]), ...derived]), // written by the loader as a list of names
        isLive,
        through: isLive ? (hasCases ? now : null) : row.through_at,
        hasCases,
      };
    }),
  );
}

/** What gives events without saying which may give any. */
function withEventKinds(fields: readonly string[]): readonly string[] {
  const kinds = eventKinds.map((kind) => `events.${kind}`);
  return fields.includes('events') && !kinds.some((kind) => fields.includes(kind)) ? [...fields, ...kinds] : fields;
}

async function readLabels(knex: Knex, version: number): Promise<Labels> {
  interface LabelRow {
    dimension: string;
    code: number;
    parent: number;
    name: string;
  }
  const rows = await knex<LabelRow>('label').select('dimension', 'code', 'parent', 'name');
  const plain = new Map(rows.map((row) => [`${row.dimension} ${row.code}`, row.name]));
  const labels: Labels = { version, names: new Map(), codes: new Map() };
  const above: Record<string, string | undefined> = { sub_product: 'product', sub_issue: 'issue' };
  for (const { dimension, code, parent, name } of rows) {
    const parentName = parent ? plain.get(`${above[dimension] ?? ''} ${parent}`) : undefined;
    const full = parentName === undefined ? name : parentName + subSeparator + name;
    mapIn(labels.names, dimension).set(code, full);
    mapIn(labels.codes, dimension).set(full, code);
  }
  return labels;
}

function catalogOf(labels: Labels): Catalog {
  const fixed = (dimension: string) => {
    const { type, members } = dimensionOf(dimension as DimensionName) ?? {}; // undefined for label dimensions no query can name
    return type === 'label' || type === undefined ? null : { type, members: members ?? [] };
  };
  return {
    nameOf(dimension, code) {
      if (code === otherCode) return otherLabel;
      const list = fixed(dimension);
      if (list?.type === 'flag') return list.members[code] ?? noneLabel;
      if (code === 0) return noneLabel;
      return (list ? list.members[code - 1] : labels.names.get(dimension)?.get(code)) ?? noneLabel;
    },
    codeOf(dimension, label) {
      const list = fixed(dimension);
      if (list?.type === 'flag') return label === noneLabel ? -2 : position(list.members, label, 0);
      if (label === noneLabel) return 0;
      return list ? position(list.members, label, 1) : labels.codes.get(dimension)?.get(label);
    },
    names(dimension) {
      const list = fixed(dimension);
      return list ? [...list.members] : [...(labels.codes.get(dimension)?.keys() ?? [])];
    },
  };
}

function position(members: readonly string[], label: string, first: number): number | undefined {
  const index = members.indexOf(label);
  return index < 0 ? undefined : index + first;
}

function mapIn<K, A, B>(maps: Map<K, Map<A, B>>, key: K): Map<A, B> {
  let map = maps.get(key);
  if (!map) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}
