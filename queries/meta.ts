import type { Knex } from 'knex';
import { localDate } from '../etl/local-time.ts';
import { isoText } from '../etl/time.ts';
import type { QueryDeps } from './prepare.ts';
import { readBusiness } from './business.ts';
import { answer } from './answer.ts';
import { readCatalog, readSources } from './catalog.ts';
import { readCurrency } from './currency.ts';
import { untilChanged } from './until-changed.ts';
import { grains } from './model/buckets.ts';
import { bands, dimensions } from './model/dimensions.ts';
import { measures } from './model/measures.ts';
import { queryOf } from './model/query.ts';
import { ranges } from './model/ranges.ts';
import { reports } from './model/reports.ts';
import type { MetaJson } from './model/wire.ts';
import { everything, noCode, rowCodes } from './sight.ts';

/** The model and what the store holds, as `GET /api/meta` publishes it; the server adds who asks. */
export async function readMeta(deps: QueryDeps): Promise<Omit<MetaJson, 'user' | 'demo' | 'attention'>> {
  const { reader, organisation } = deps;
  const { sight = everything } = deps;
  const rows = rowCodes(sight, await readCatalog(reader));
  const [sources, allCases, allDays, { currency }, business] = await Promise.all([
    readSources(reader, deps.now()),
    untilChanged(reader, 'cases by source', () => countCases(reader)),
    untilChanged(reader, 'first and last day', () => readSpan(reader)),
    readCurrency(reader, organisation.currency, true, rows),
    readBusiness(reader),
  ]);
  const all = { cases: allCases, ...allDays };
  const { cases, earliest, latest: last } = sight.rows === null ? all : await seenSpan(deps, all);
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
    earliest,
    latest: last,
  };
}

interface Span {
  /** By source. */
  cases: ReadonlyMap<number, number>;
  /** Local dates of the first and the last case received; null where there is none. */
  earliest: string | null;
  latest: string | null;
}

/** The same of what somebody may see. It is counted as figures are, by columns in memory, since no index has it. */
async function seenSpan(deps: QueryDeps, { earliest: from, latest: to }: Span): Promise<Span> {
  if (from === null || to === null) return { cases: new Map(), earliest: null, latest: null };
  const [bySource, byDay] = (
    await answer(deps, [
      queryOf({ measures: ['received'], by: ['source'], from, to }),
      queryOf({ measures: ['received'], grain: 'day', from, to, order: 'period' }),
    ])
  ).tables;
  const catalog = await readCatalog(deps.reader);
  const days = (byDay?.rows ?? []).filter((row) => Number(row.received) > 0).map((row) => String(row.period));
  return {
    cases: new Map(bySource?.rows.map((row) => [catalog.codeOf('source', String(row.source)) ?? noCode, Number(row.received)])),
    earliest: days[0] ?? null,
    latest: days.at(-1) ?? null,
  };
}

async function countCases(reader: Knex): Promise<ReadonlyMap<number, number>> {
  const rows: unknown[] = await reader('case_fact').groupBy('source').select('source').count({ n: '*' });
  return new Map((rows as { source: number; n: number }[]).map(({ source, n }) => [source, Number(n)]));
}

/** Each end of the index on the date is looked up by itself: asked for together SQLite reads every case. */
async function readSpan(reader: Knex): Promise<{ earliest: string | null; latest: string | null }> {
  const ends = { earliest: reader('case_fact').min('received_on'), latest: reader('case_fact').max('received_on') };
  const row = await reader.select(ends).first<{ earliest: string | null; latest: string | null } | undefined>();
  return row ?? { earliest: null, latest: null };
}
