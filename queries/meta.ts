import { localDate } from '../etl/local-time.ts';
import { isoText } from '../etl/time.ts';
import type { QueryDeps } from './prepare.ts';
import { readBusiness } from './business.ts';
import { readSources } from './catalog.ts';
import { readCurrency } from './currency.ts';
import { grains } from './model/buckets.ts';
import { bands, dimensions } from './model/dimensions.ts';
import { measures } from './model/measures.ts';
import { ranges } from './model/ranges.ts';
import { reports } from './model/reports.ts';
import type { MetaJson } from './model/wire.ts';

/** The model and what the store holds, as `GET /api/meta` publishes it; the server adds who asks. */
export async function readMeta(deps: QueryDeps): Promise<Omit<MetaJson, 'user' | 'demo' | 'attention'>> {
  const { reader, organisation } = deps;
  const [sources, counts, span, { currency }, business] = await Promise.all([
    readSources(reader, deps.now()),
    reader('case_fact').groupBy('source').select('source').count({ n: '*' }) as unknown as Promise<{ source: number; n: number }[]>, // Knex types counts as text or number
    reader('case_fact').min({ earliest: 'received_on' }).max({ latest: 'received_on' }).first() as unknown as Promise<
      { earliest: string | null; latest: string | null } | undefined
    >,
    readCurrency(reader, organisation.currency),
    readBusiness(reader),
  ]);
  const cases = new Map(counts.map((row) => [row.source, Number(row.n)]));
  const known = sources.filter((s) => s.through !== null);
  const latest = known.reduce((a, b) => ((b.through ?? 0) > (a?.through ?? 0) ? b : a), known[0]);
  const at = latest?.through ?? deps.now();
  const zone = organisation.zone ?? latest?.zone ?? 'UTC';
  return {
    measures,
    dimensions,
    grains,
    bands,
    ranges,
    reports,
    organisation: { name: organisation.name, zone, currency: currency ?? 'USD' },
    businessTime: { why: business.why, calendars: Object.keys(business.rules.calendars) },
    sources: sources.map((s) => ({
      name: s.name,
      connector: s.connector,
      through: isoText(s.through),
      live: s.isLive,
      zone: s.zone,
      fields: [...s.fields],
      cases: cases.get(s.source) ?? 0,
    })),
    asOf: isoText(at),
    today: localDate(at, zone),
    earliest: span?.earliest ?? null,
    latest: span?.latest ?? null,
  };
}
