import { csv } from './csv.ts';

/** Connector by the name used in `sources:` of the configuration and shown on /data. */
export const connectors = { csv } as const;
