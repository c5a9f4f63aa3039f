import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../etl/config.ts';
import { BadInput, didYouMean, type Problem } from '../../etl/errors.ts';
import { readMap, type RecordMap } from '../../etl/map.ts';
import { projectDir } from '../project-dir.ts';

/** Where the maps that come with Silverlining stand. */
const mapsDir = path.join(projectDir, 'fixtures/maps');

/** Names of the maps that come with Silverlining. */
export function mapNames(): string[] {
  return readdirSync(mapsDir)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * Reads a map that comes with Silverlining by its name, or any other by its path.
 * @throws BadInput when there is none, with all names, or when it is wrong, with every problem
 */
export function findMap(nameOrPath: string | undefined): RecordMap {
  const names = mapNames();
  if (nameOrPath === undefined)
    throw new BadInput([{ field: '--map', message: `is missing: give the path of a map file, or one of ${names.join(', ')}` }]);
  const isName = names.includes(nameOrPath);
  const file = isName ? path.join(mapsDir, `${nameOrPath}.yaml`) : path.resolve(nameOrPath);
  if (!isName && (!existsSync(file) || !/[./\\]/.test(nameOrPath))) {
    throw new BadInput([
      {
        field: '--map',
        message: `there is no map "${nameOrPath}"${didYouMean(nameOrPath, names)}; give the path of a map file, or one of ${names.join(', ')}`,
      },
    ]);
  }
  return readMap(readFileSync(file, 'utf8'), isName ? `fixtures/maps/${nameOrPath}.yaml` : nameOrPath);
}

/**
 * Reads the map of every configured source once, so that a wrong one is known before anything runs.
 * @throws BadInput with every problem of every map, each by its source
 */
export function checkMaps({ sources }: Pick<Config, 'sources'>): void {
  const problems = sources.flatMap(({ name, map }): Problem[] => {
    try {
      findMap(map);
      return [];
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      return error.problems.map(({ field, message }) => ({
        field: `map of the source ${name}`,
        message: field === '--map' ? message : `${field}: ${message}`,
      }));
    }
  });
  if (problems.length) throw new BadInput(problems);
}
