import type { Knex } from 'knex';
import { BadInput, type Problem } from '../etl/errors.ts';
import { localDate } from '../etl/local-time.ts';
import { surveyKinds } from '../etl/record.ts';
import type { CaseFactRow, SurveyFactRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import type { QueryDeps } from './prepare.ts';
import { budgetOf, openBudget, type Budget } from './budget.ts';
import { readCatalog, type Catalog } from './catalog.ts';
import { everything, rowCodes, seenCatalog, withinRows, type Sight } from './sight.ts';
import { parseDrill, rowsBehind, type DrillRows } from './drill.ts';
import { mostExported, type CasePage, type CaseRow } from './model/wire.ts';
import { decimalsOf } from './currency.ts';
import { tables } from './sql/conditions.ts';
import { join, sql, type Fragment } from './sql/fragment.ts';
import { selectRows } from './sql/select.ts';
import { wholeDayBit } from './sql/whole-day.ts';

const defaultSize = 50;
const mostSize = 200;
const exportBlock = 500;

/**
 * The cases behind a figure, latest first: exactly as many as the figure counts (DESIGN §6 Drill). Behind figures of surveys one row a survey.
 * @param raw body of `POST /api/cases`: measure, query, key, part, and `page` (from 1) or `after` (the `next` of the page before), `size` up to 200; with `customers: true` how many
 *   known customers they are of, too
 * @throws BadInput by field
 */
export async function listCases(given: QueryDeps, raw: unknown): Promise<CasePage> {
  const budget = budgetOf(given);
  const deps = { ...given, budget };
  const drill = parseDrill(raw);
  const paging = parsePaging(raw as Record<string, unknown>); // parseDrill has seen that it is an object
  const rows = await rowsBehind(deps, drill);
  const catalog = await readCatalog(deps.reader);
  const total = await countRows(deps.reader, rows, budget);
  const { found, cases } = await readPage(deps, rows, paging, { budget, catalog, zones: await zonesOf(deps) });
  const last = found.at(-1);
  const next = found.length === paging.size && last ? `${last.received_on ?? ''}~${last.id}` : null;
  const { persons } = deps.sight ?? everything;
  const isCounted = (raw as Record<string, unknown>).customers === true && rows.fact !== 'survey' && persons;
  const customers = isCounted ? await countRows(deps.reader, rows, budget, 'f.customer_key') : undefined;
  return { total, page: paging.page, size: paging.size, cases, next, ...(customers !== undefined && { customers }) };
}

/**
 * All cases behind a figure for an export, latest first, in blocks that keep memory flat.
 * @param raw as for {@link listCases}, without paging
 * @throws BadInput by field, before the first block; also when there are more than {@link mostExported}
 */
export async function exportCases(given: QueryDeps, raw: unknown): Promise<AsyncIterable<CaseRow[]>> {
  const budget = budgetOf(given);
  const deps = { ...given, budget };
  const rows = await rowsBehind(deps, parseDrill(raw));
  const total = await countRows(deps.reader, rows, budget);
  if (total > mostExported) {
    const message = `${total} cases are more than the ${mostExported} of one file; narrow the period or add a filter`;
    throw new BadInput([{ field: '', message }], true);
  }
  const known = { catalog: await readCatalog(deps.reader), zones: await zonesOf(deps) };
  return (async function* () {
    for (let after: Paging['after'] = null; ;) {
      // Who reads sets the pace, so each block has its own time.
      const { found, cases } = await readPage(
        deps,
        rows,
        { page: 1, size: exportBlock, after },
        { ...known, budget: openBudget(given.bounds) },
      );
      if (cases.length) yield cases;
      const last = found.at(-1);
      if (!last || found.length < exportBlock) return;
      after = { date: last.received_on ?? '', id: last.id };
    }
  })();
}

interface Reading {
  budget: Budget;
  catalog: Catalog;
  zones: Zones;
}

async function readPage(
  deps: QueryDeps,
  rows: DrillRows,
  paging: Paging,
  { budget, catalog, zones }: Reading,
): Promise<{ found: Found[]; cases: CaseRow[] }> {
  const found = await pageOf(deps.reader, rows, paging, budget);
  const ids = found.flatMap((f) => (f.case_id === null ? [] : [f.case_id]));
  const sight = deps.sight ?? everything;
  const byId = await readCases(deps.reader, ids, { catalog, zones, sight });
  const surveys =
    rows.fact === 'survey'
      ? await readSurveys(
          deps.reader,
          found.map((f) => f.id),
          { catalog, zones, sight },
        )
      : null;
  const cases = found.flatMap((f): CaseRow[] => {
    const one = f.case_id === null ? undefined : byId.get(f.case_id);
    const survey = surveys?.get(f.id);
    if (!survey) return one ? [one] : [];
    return [{ ...(one ?? survey.row), survey: survey.survey }];
  });
  return { found, cases };
}

/** Zone in which a source's dates were taken: the organisation's if it has one, else the source's, else UTC. */
export type Zones = (source: number) => string;

/** Reads the zones of all sources. */
export async function zonesOf(deps: QueryDeps): Promise<Zones> {
  const rows = await deps.reader<{ source: number; zone: string | null }>('source_state').select('source', 'zone');
  const zones = new Map(rows.map((row) => [row.source, row.zone]));
  return (source) => deps.organisation.zone ?? zones.get(source) ?? 'UTC';
}

/** A time as people get it: the date where it has no time of day, else ISO 8601 UTC. */
export function timeText(at: number | null, isWholeDay: boolean, zone: string): string | null {
  if (at === null) return null;
  return isWholeDay ? localDate(at, zone) : isoText(at);
}

/** What rows of a list are written with. */
export interface Listing {
  /** The labels of everybody. */
  catalog: Catalog;
  zones: Zones;
  sight: Sight;
}

/** Cases as rows of a list, by id; without those that are not somebody's, and of the others what that person may see. */
export async function readCases(knex: Knex, ids: number[], { catalog, zones, sight }: Listing): Promise<Map<number, CaseRow>> {
  if (ids.length === 0) return new Map();
  const rows: unknown[] = await knex('case_fact as f')
    .leftJoin('case_text as t', (on) => on.on('t.shard_key', 'f.shard_key').andOn('t.case_id', 'f.case_id'))
    .whereIn('f.case_id', [...new Set(ids)])
    .where(withinRows(rowCodes(sight, catalog), 'f'))
    .select('f.*', 't.title');
  const seen = seenCatalog(catalog, sight);
  return new Map(
    (rows as (CaseFactRow & { title: string | null })[]).map((row) => [row.case_id, caseRow(row, seen, zones(row.source), sight)]),
  );
}

function caseRow(row: CaseFactRow & { title: string | null }, catalog: Catalog, zone: string, sight: Sight): CaseRow {
  const time = (name: 'received' | 'ended' | 'due') => timeText(row[`${name}_at`], (row.whole_day & wholeDayBit(name)) !== 0, zone);
  return {
    case_id: row.case_id,
    source_id: row.source_id,
    title: sight.text ? row.title : null,
    received_at: time('received'),
    ended_at: time('ended'),
    due_at: time('due'),
    ...labelsOf(row, catalog, sight),
    resolution_minutes: row.resolution_minutes,
    redress_amount: row.redress_minor === null ? null : row.redress_minor / 10 ** decimalsOf(row.redress_currency),
  };
}

function labelsOf(row: CaseFactRow | SurveyFactRow, catalog: Catalog, { persons }: Sight) {
  const label = (dimension: Parameters<Catalog['codeOf']>[0], code: number) => (code === 0 ? null : catalog.nameOf(dimension, code));
  return {
    source: catalog.nameOf('source', row.source),
    kind: label('kind', row.kind),
    status: label('status', row.status),
    channel: label('channel', row.channel),
    company: label('company', row.company),
    product: label('product', row.product),
    issue: label('issue', row.issue),
    severity: label('severity', row.severity),
    team: label('team', row.team),
    agent: persons ? label('agent', row.agent) : null,
    outcome: label('outcome', row.outcome),
  };
}

async function readSurveys(knex: Knex, ids: number[], { catalog, zones, sight }: Listing) {
  const seen = seenCatalog(catalog, sight);
  const rows = await knex<SurveyFactRow>('survey_fact').whereIn('survey_id', ids);
  return new Map(
    rows.map((row) => {
      const zone = zones(row.source);
      // Surveys do not say which of their times have a time of day: local midnight is how a date is kept.
      const time = (at: number | null, on: string | null) => timeText(at, at !== null && on !== null && isMidnight(at, zone), zone);
      const survey = {
        kind: surveyKinds[row.survey_kind - 1] ?? '',
        asked_at: time(row.asked_at, row.asked_on),
        answered_at: time(row.answered_at, row.answered_on),
        scale: row.scale,
        score: row.score,
      };
      const withoutCase: CaseRow = {
        case_id: null,
        source_id: row.source_id,
        title: null,
        received_at: null,
        ended_at: null,
        due_at: null,
        ...labelsOf(row, seen, sight),
        resolution_minutes: null,
        redress_amount: null,
      };
      return [row.survey_id, { survey, row: withoutCase }] as const;
    }),
  );
}

/** Whether clocks in a zone show midnight. */
export function isMidnight(at: number, zone: string): boolean {
  return localDate(at, zone) !== localDate(at - 1, zone);
}

async function countRows(knex: Knex, { fact, where }: DrillRows, budget: Budget, of?: 'f.customer_key'): Promise<number> {
  const what = of ? `count(distinct ${of})` : fact === 'case_issue' ? 'count(distinct f.case_id)' : 'count(*)';
  const [row] = await selectRows(knex, join([sql(`select ${what} as n from ${tables[fact]} where`), where], ' '), budget);
  return Number(row?.n ?? 0);
}

interface Found {
  id: number;
  case_id: number | null;
  received_on: string | null;
}

async function pageOf(knex: Knex, { fact, where }: DrillRows, { page, size, after }: Paging, budget: Budget): Promise<Found[]> {
  const isSurvey = fact === 'survey';
  const [date, id] = isSurvey ? ['f.answered_on', 'f.survey_id'] : ['f.received_on', 'f.case_id'];
  const day = isSurvey ? `coalesce(f.answered_on, f.asked_on, '')` : date;
  const pieces: Fragment[] = [
    sql(
      `select ${fact === 'case_issue' ? 'distinct ' : ''}${id} as id, f.case_id as case_id, ${day} as received_on from ${tables[fact]} where`,
    ),
    where,
  ];
  if (after) pieces.push(sql(`and (${day}, ${id}) < (?, ?)`, after.date, after.id));
  pieces.push(sql(`order by ${day} desc, ${id} desc limit ? offset ?`, size, after ? 0 : (page - 1) * size));
  const rows = await selectRows(knex, join(pieces, ' '), budget);
  return rows.map((row) => ({
    id: Number(row.id),
    case_id: row.case_id === null ? null : Number(row.case_id),
    received_on: row.received_on === null ? null : String(row.received_on),
  }));
}

interface Paging {
  page: number;
  size: number;
  after: { date: string; id: number } | null;
}

function parsePaging({ page = 1, size = defaultSize, after }: Record<string, unknown>): Paging {
  const problems: Problem[] = [];
  const isWhole = (value: unknown, most: number): value is number =>
    Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most;
  if (!isWhole(page, 1_000_000)) problems.push({ field: 'page', message: 'must be a whole number from 1' });
  if (!isWhole(size, mostSize)) problems.push({ field: 'size', message: `must be a whole number from 1 to ${mostSize}` });
  const place = typeof after === 'string' ? /^(\d{4}-\d\d-\d\d|)~(\d+)$/.exec(after) : null;
  if (after !== undefined && after !== null && !place) problems.push({ field: 'after', message: 'must be the "next" of the page before' });
  if (problems.length) throw new BadInput(problems);
  return { page: Number(page), size: Number(size), after: place ? { date: place[1] ?? '', id: Number(place[2]) } : null };
}
