import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defaultConfig, readConfig, type Config } from '../../etl/config.ts';
import { BadInput } from '../../etl/errors.ts';
import { createLog, type Log } from '../../etl/log.ts';
import type { SecretEnv } from '../../etl/secret.ts';
import { openStore, type Store } from '../../etl/store/open.ts';
import { readEnvironment, type Environment } from '../environment.ts';

/** What a command is given of the process it runs in. Results go to `out`, everything said to people to `say`. */
export interface Context {
  environment: Environment;
  /** Variables of the process; secrets are among them. */
  env: SecretEnv;
  log: Log;
  /** Seconds since 1970 UTC. */
  now: () => number;
  /** False: wait until standard output has drained before the process ends. */
  out: (text: string | Uint8Array) => boolean;
  say: (line: string) => void;
  /**
   * Reads the configuration; without a file, what holds without one.
   * @throws BadInput with every problem, or when a file that was named is missing
   */
  readConfig: () => Config;
  /** Opens the store, creating and migrating it. */
  openStore: () => Promise<Store>;
}

/**
 * The context of a command.
 * @param given `folder`: working folder of the process
 * @throws BadInput when the environment is wrong
 */
export function createContext(given: Pick<Context, 'now' | 'out' | 'say' | 'env'> & { folder: string }): Context {
  const { env, folder, now, out, say } = given;
  const environment = readEnvironment(env, folder);
  return {
    environment,
    env,
    log: createLog(environment.logLevel),
    now,
    out,
    say,
    readConfig: () => configOf(environment),
    openStore: () => openStore({ dataDir: environment.dataDir, databaseUrl: environment.databaseUrl ?? undefined }),
  };
}

function configOf({ configPath, isConfigNamed, dataDir }: Environment): Config {
  if (existsSync(configPath))
    return readConfig(readFileSync(configPath, 'utf8'), { where: path.basename(configPath), folder: path.dirname(configPath) });
  if (isConfigNamed) throw new BadInput([{ field: 'SILVERLINING_CONFIG', message: `there is no file "${configPath}"` }]);
  return defaultConfig(dataDir);
}
