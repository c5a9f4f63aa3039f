import { z } from 'zod';
import { secret } from '../../secret.ts';
import { httpConnector } from '../http/connector.ts';
import { siteAddress, since } from './options.ts';

const options = z.strictObject({
  url: siteAddress('Address of the data set, as https://data.cityofnewyork.us/resource/erm2-nwe9.json').regex(/\.json$/, {
    error: 'expected the address of a data set, ending in .json, as https://data.cityofnewyork.us/resource/erm2-nwe9.json',
  }),
  token: secret().optional().describe('App token of the portal; without one the requests of everybody share one limit'),
  where: z
    .string()
    .regex(/^[^{}]+$/, { error: 'holds a brace; write the condition without' })
    .optional()
    .describe("Only these rows, as SoQL: agency = 'NYPD' AND created_date >= '2024-01-01'"),
  since: since.describe('Only rows changed in the portal since this date; default all'),
  max_rows: z
    .int()
    .positive()
    .default(200_000)
    .describe('Rows after which a run ends; the next one goes on there. A data set that is published anew comes in such parts'),
  page_rows: z.int().min(1).max(50_000).default(10_000).describe('Rows in one answer'),
});
export type SocrataOptions = z.output<typeof options>;

/** A data set of an open-data portal by Socrata, in the order in which its rows last changed there. */
export const socrata = httpConnector<SocrataOptions>({
  name: 'socrata',
  description: 'A data set of an open-data portal (Socrata), as the service requests of New York City',
  options,
  toHttp({ url, token, where, since: start, max_rows, page_rows }) {
    const only = where === undefined ? '' : `(${where}) AND `;
    return {
      url,
      ...(token === undefined ? {} : { auth: { header: { name: 'X-App-Token', value: token } } }),
      query: { $select: ':id,:updated_at,*', $where: `${only}:updated_at >= '{watermark|iso}'`, $order: ':updated_at,:id' },
      columns: [':id', ':updated_at'],
      paging: {
        kind: 'keyset',
        size: page_rows,
        size_parameter: '$limit',
        next: {
          $where: `${only}(:updated_at > '{last.:updated_at}' OR (:updated_at = '{last.:updated_at}' AND :id > '{last.:id}'))`,
        },
      },
      incremental: { column: ':updated_at', overlap_seconds: 120, start: start ?? '1970-01-02' },
      try_again: [202],
      max_rows,
    };
  },
});
