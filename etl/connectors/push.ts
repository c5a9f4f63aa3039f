import { z } from 'zod';
import type { PushConnector } from '../connector.ts';

/** A source that sends its records by itself; it has no options of its own. */
export const push: PushConnector<Record<string, never>> = {
  kind: 'push',
  name: 'push',
  description: 'Records another program sends: POST /api/sources/NAME/records with a token, as JSON or NDJSON',
  options: z.strictObject({}),
};
