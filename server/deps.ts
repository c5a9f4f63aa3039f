import type { Config } from '../etl/config.ts';
import type { Log } from '../etl/log.ts';
import type { Store } from '../etl/store/open.ts';

/** Everything the application reaches outside itself. */
export interface AppDeps {
  store: Store;
  organisation: Config['organisation'];
  /** Starts a run of a configured source; resolves when it is under way. */
  runSource: RunSource;
  log: Log;
  /** Seconds since 1970 UTC. */
  now: () => number;
  /** Folder of the built client. */
  clientDir: string;
}

/**
 * Starts a run of the source called `name`.
 * @throws BadInput when no such source is configured, SourceFailed when it cannot be read or runs already
 */
export type RunSource = (name: string, startedBy: string) => Promise<{ run_id: number }>;
