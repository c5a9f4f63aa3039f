import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The configuration file as it was read when it came into force; see {@link openConfigFile}. */
export interface ConfigFile {
  /** Absolute path, whether or not the file exists. */
  path: string;
  /** Folder relative paths start from. */
  folder: string;
  /** Folder of the store. */
  dataDir: string;
  /** Null: there is no file. Changed together with the file. */
  text: string | null;
  /** Whether sources added in the browser may be on this machine. */
  allowsLocal: boolean;
}

/** Notes what the configuration file says now, so that a change made by hand later is not overwritten. */
export function openConfigFile({
  configPath,
  dataDir,
  allowsLocal,
}: {
  configPath: string;
  dataDir: string;
  allowsLocal: boolean;
}): ConfigFile {
  const text = existsSync(configPath) ? readFileSync(configPath, 'utf8') : null;
  return { path: configPath, folder: path.dirname(configPath), dataDir, text, allowsLocal };
}
