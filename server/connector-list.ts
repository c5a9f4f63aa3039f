import { z } from 'zod';
import { connectors } from '../etl/connectors/index.ts';
import type { ConnectorRow, Connectors } from '../queries/model/lists.ts';

/**
 * Every kind of place that can be connected.
 * @param maps names of the maps that come with Silverlining: one called like a connector is made for it
 */
export function listConnectors(maps: readonly string[]): Connectors {
  const rows = Object.values(connectors).map(({ name, description, kind, options }): ConnectorRow => {
    const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
    return {
      name,
      description,
      kind,
      schema,
      secrets: secretPaths(schema, ''),
      default_map: maps.find((map) => map === name) ?? defaultMaps[name] ?? null,
    };
  });
  return { rows };
}

const defaultMaps: Record<string, string> = {
  cfpb: 'cfpb-api',
  socrata: 'nyc-311',
  folder: 'standard',
  file: 'standard',
  push: 'standard',
};

/** Options that hold a secret are the ones their schema calls write-only. */
function secretPaths(schema: unknown, at: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { writeOnly, properties, anyOf, oneOf, allOf } = schema as Record<string, unknown>;
  if (writeOnly === true) return [at];
  const below = Object.entries((properties ?? {}) as Record<string, unknown>).flatMap(([key, child]) =>
    secretPaths(child, at ? `${at}.${key}` : key),
  );
  const choices = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? list.flatMap((child) => secretPaths(child, at)) : []));
  return [...new Set([...below, ...choices])];
}
