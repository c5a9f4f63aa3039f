import type { Config } from '../../etl/config.ts';
import type { Log } from '../../etl/log.ts';
import type { Store } from '../../etl/store/open.ts';
import type { Cube } from '../../queries/cube/cube.ts';
import type { Targets } from '../../queries/digest/target.ts';
import type { QueryDeps } from '../../queries/prepare.ts';

/** What making digests needs of the process. */
export interface DigestDeps {
  store: Store;
  cube?: Pick<Cube, 'executor'> | undefined;
  organisation: Config['organisation'];
  targets: Targets;
  /** The sources as they are configured now. */
  sources: () => Config['sources'];
  /** Address people reach Silverlining at, without a slash at its end. */
  baseUrl: string;
  /** Seconds since 1970 UTC. */
  now: () => number;
  log: Log;
}

/** What asking for figures needs of it. */
export function queryDepsOf({ store, cube, organisation, now }: Pick<DigestDeps, 'store' | 'cube' | 'organisation' | 'now'>): QueryDeps {
  return { reader: store.reader, cube, organisation, now };
}
