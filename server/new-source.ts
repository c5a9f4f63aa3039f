import path from 'node:path';
import { readSource, type Config, type SourceConfig } from '../etl/config.ts';
import { BadInput } from '../etl/errors.ts';
import { readMap, type RecordMap } from '../etl/map.ts';
import type { SourceDeps } from '../etl/run-source.ts';
import type { ConfigFile } from './config-file.ts';
import { limitProblems } from './source-limits.ts';

/** A source that is to be added, checked. */
export interface NewSource {
  /** As it is to stand in the configuration. */
  entry: Record<string, unknown>;
  source: SourceConfig;
  map: RecordMap;
  /** A map written for it, to be saved at `source.map`. */
  mapText: string | null;
}

/**
 * Reads what a person fills in for a new source, as strictly as the configuration and within the limits of the browser.
 * @param body `{ source: {…as in YAML…}, map_text? }`
 * @throws BadInput with every problem, those of the map under `map_text`
 */
export async function readNewSource(
  body: unknown,
  { config, findMap, file }: { config: Pick<Config, 'sources'>; findMap: SourceDeps['findMap']; file: ConfigFile },
): Promise<NewSource> {
  const { source: given, map_text: mapText = null } = body as { source?: unknown; map_text?: unknown };
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new BadInput([{ field: 'source', message: 'is missing; expected name, connector, map and the options of the connector' }]);
  if (mapText !== null && typeof mapText !== 'string') throw new BadInput([{ field: 'map_text', message: 'expected the YAML of a map' }]);
  const own = given as Record<string, unknown>;
  const entry = mapText === null ? own : { ...own, map: `maps/${String(own.name)}.yaml` };
  const source = readSource(entry, file.folder, config.sources);
  const problems = await limitProblems(source, file);
  if (problems.length) throw new BadInput(problems);
  return { entry, source, map: mapText === null ? findMap(source.map) : readMap(mapText, 'map_text'), mapText };
}

/** Name of the map file of a source under the folder of the configuration. */
export function mapPathOf(file: Pick<ConfigFile, 'folder'>, name: string): string {
  return path.join(file.folder, 'maps', `${name}.yaml`);
}
