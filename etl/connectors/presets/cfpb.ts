import { z } from 'zod';
import { httpConnector } from '../http/connector.ts';
import { siteAddress, since } from './options.ts';

const names = z.array(z.string().regex(/^[^{}]+$/, { error: 'holds a brace, which no name there does' })).default([]);

// More than 90 days bring, so that each run reads to the end; it takes 100 minutes.
const mostRows = 2_000_000;

const options = z.strictObject({
  url: siteAddress('Address of the search; default that of the Bureau').default(
    'https://www.consumerfinance.gov/data-research/consumer-complaints/search/api/v1/',
  ),
  company: names.describe('Only complaints about these companies, written as the Bureau writes them'),
  product: names.describe('Only these products'),
  state: names.describe('Only these states, as [NY, CA]'),
  since: since.describe('Only complaints received since this date; default all of them, more than six million'),
  max_rows: z
    .int()
    .positive()
    .default(mostRows)
    .describe('Complaints after which a run ends; the next one goes on there. What is read again with each run, 90 days, should be fewer'),
});
export type CfpbOptions = z.output<typeof options>;

// Answers, the mark for timeliness and narratives are published weeks after the complaint itself.
const rereadDays = 90;

/** The Consumer Complaint Database of the US Consumer Financial Protection Bureau: no key, but 20 requests a minute. */
export const cfpb = httpConnector<CfpbOptions>({
  name: 'cfpb',
  description: 'Complaints published by the US Consumer Financial Protection Bureau',
  options,
  toHttp: ({ url, company, product, state, since: start, max_rows }) => ({
    url,
    query: {
      ...(company.length ? { company } : {}),
      ...(product.length ? { product } : {}),
      ...(state.length ? { state } : {}),
      date_received_min: '{watermark|date}',
      sort: 'created_date_asc',
      no_aggs: true,
      no_highlight: true,
    },
    rows: 'hits.hits',
    row: '_source',
    columns: [
      'complaint_id', 'date_received', 'date_sent_to_company', 'product', 'sub_product', 'issue', 'sub_issue', 'company', 'company_response',
      'company_public_response', 'complaint_what_happened', 'state', 'submitted_via', 'tags', 'timely',
    ], // prettier-ignore
    total: 'hits.total.value',
    // The page number is not asked: it repeats page one beyond 10,000 rows. The sort value of the last row has no such limit.
    paging: { kind: 'keyset', size: 1000, size_parameter: 'size', next: { search_after: '{last.sort.0}_{last.sort.1}' } },
    incremental: {
      column: '_source.date_received',
      zone: 'America/New_York',
      overlap_seconds: 0,
      reread_days: rereadDays,
      ...(start === undefined ? {} : { start }),
    },
    rate: { requests_per_minute: 20 },
    max_rows,
    notice: [
      {
        when: [{ at: '_meta.is_data_stale', is: true }],
        say: 'The Bureau says that its data is stale; it was last updated {answer._meta.last_updated}',
      },
      { when: [{ at: '_meta.has_data_issue', is: true }], say: 'The Bureau says that there is an issue with its data at present' },
    ],
  }),
});
