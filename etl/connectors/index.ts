import type { Connector } from '../connector.ts';
import { file } from './file.ts';
import { folder } from './folder.ts';
import { httpJson } from './http/connector.ts';
import { cfpb } from './presets/cfpb.ts';
import { requestTracker } from './presets/request-tracker.ts';
import { socrata } from './presets/socrata.ts';
import { zendesk, zendeskSatisfaction } from './presets/zendesk.ts';
import { push } from './push.ts';
import { sql } from './sql.ts';

/** Connector by the name used in `sources:` of the configuration and shown on /data. */
export const connectors: Record<string, Connector> = Object.fromEntries(
  [folder, file, sql, httpJson, push, requestTracker, zendesk, zendeskSatisfaction, cfpb, socrata].map((each) => [each.name, each]),
);
