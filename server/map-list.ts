import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../etl/config.ts';
import type { MapRow, Maps } from '../queries/model/lists.ts';
import { projectDir } from './project-dir.ts';

const folder = path.join(projectDir, 'fixtures/maps');

/** The maps that come with Silverlining, and those of the operator's own that sources are configured with, by name. */
export function listMaps(config: Pick<Config, 'sources'>): Maps {
  const own = [...new Set(config.sources.map((source) => source.map).filter((map) => path.isAbsolute(map)))].sort();
  const ours = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const rows = [
    ...ours.map((file) => mapRow(file.slice(0, -'.yaml'.length), path.join(folder, file))),
    ...own.map((file) => mapRow(file, file)),
  ];
  return { rows };
}

function mapRow(name: string, file: string): MapRow {
  const { source, description } = parse(readFileSync(file, 'utf8')) as { source?: unknown; description?: unknown };
  return { name, source: typeof source === 'string' ? source : '', description: typeof description === 'string' ? description : null };
}
