import type { Config } from '../etl/config.ts';
import type { ServerConfig } from '../etl/config-server.ts';
import type { Log } from '../etl/log.ts';
import type { Procedure } from '../etl/procedure.ts';
import type { SourceDeps } from '../etl/run-source.ts';
import type { Store } from '../etl/store/open.ts';
import type { Cube } from '../queries/cube/cube.ts';
import type { DigestDeps } from './digest/deps.ts';
import type { OpenId } from './auth/openid.ts';
import type { ConfigFile } from './config-file.ts';

/** Everything the application reaches outside itself. */
export interface AppDeps {
  store: Store;
  /** The facts in memory; absent: figures are asked of the store. */
  cube?: Pick<Cube, 'executor'> | undefined;
  organisation: Config['organisation'];
  /** How cases are handled. */
  procedure: Procedure;
  /** The provider people can sign in with; absent: by password and link only. */
  openId?: OpenId | null;
  satisfaction: Config['satisfaction'];
  /** Starts a run of a configured source; resolves when it is under way. */
  runSource: RunSource;
  /** What runs need that the application starts by itself. Its `config.sources` grows when a source is added. */
  sources: SourceDeps;
  /** How digests are made; why mail cannot be sent, null where it can; and what has those that wait sent at once. */
  digests: { making: DigestDeps; mail: { why: string | null }; wake: () => void };
  /** Where sources are added. */
  configFile: ConfigFile;
  log: Log;
  /** Seconds since 1970 UTC. */
  now: () => number;
  /** Folder of the built client. */
  clientDir: string;
  /** Which proxies are believed and how many requests are taken; every part has a default. */
  server?: { trustProxy?: readonly string[]; limits?: Partial<ServerConfig['limits']> };
  /** Aborted when the server is told to stop: answers without an end are ended. */
  stopped?: AbortSignal;
  /** How live runs are followed; every part has a default. */
  live?: LiveTiming;
  /** How questions take turns; every part has a default. */
  asking?: AskingLimits;
}

export interface AskingLimits {
  /** Questions answered at once, default 8, and of one person, default 2. */
  width?: number;
  perAsker?: number;
  /** How many of one person may wait, default 64. */
  mostWaiting?: number;
  /** Milliseconds one statement may take, default 30,000. */
  timeout?: number;
}

export interface LiveTiming {
  /** Between two looks at the runs, default 1,000. */
  pollMs?: number;
  /** Between two looks whether the session of a listener is still valid, default 30,000. */
  sessionMs?: number;
  /** Between two comments that keep the connection open, default 20,000. */
  heartbeatMs?: number;
  /** How many may listen at once, default 100. */
  listeners?: number;
}

/**
 * Starts a run of the source called `name`.
 * @throws BadInput when no such source is configured, SourceFailed when it cannot be read or runs already
 */
export type RunSource = (name: string, startedBy: string) => Promise<{ run_id: number }>;
