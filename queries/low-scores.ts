import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import { surveyKinds, surveyScales } from '../etl/record.ts';
import { budgetOf } from './budget.ts';
import { isMidnight, timeText, zonesOf, type Listing } from './cases.ts';
import { readCatalog } from './catalog.ts';
import { rowsBehind } from './drill.ts';
import { followUpOf } from './follow-up.ts';
import { followUpStateNames, type FollowUpState, type LowScorePage, type LowScoreRow } from './model/follow-up.ts';
import { parseQuery, type Query } from './model/query.ts';
import type { QueryDeps } from './prepare.ts';
import { everything, isSeen, rowCodes, seenCatalog } from './sight.ts';
import { inside, join, sql, type Fragment } from './sql/fragment.ts';
import { selectRows, type SelectedRow } from './sql/select.ts';

const pageSize = 25;

/**
 * The answered surveys of the period whose score is low, latest first, with what was done about each.
 * @param raw body of `POST /api/low-scores`: `query` for the period and the filters, `state` for those in one state, `page` from 1
 * @throws BadInput by field
 */
export async function listLowScores(given: QueryDeps, raw: unknown): Promise<LowScorePage> {
  const budget = budgetOf(given);
  const deps = { ...given, budget };
  const { query, state, page } = parseAsked(raw);
  const answered: Query = { ...query, measures: ['surveys_answered'], by: [], grain: null, compare: null, order: null, limit: null };
  const { where } = await rowsBehind(deps, {
    measure: 'surveys_answered',
    query: { ...answered, against: null },
    key: {},
    part: 'whole',
  });
  const low = join([inside(where), inside(lowSql())], ' and ');
  const counted = await selectRows(
    deps.reader,
    join([sql(`select ${stateColumn} as state, count(*) as n ${from} where`), low, sql('group by 1')], ' '),
    budget,
  );
  const countOf = (name: FollowUpState) => Number(counted.find((row) => row.state === name)?.n ?? 0);
  const counts = Object.fromEntries(followUpStateNames.map((name) => [name, countOf(name)])) as Record<FollowUpState, number>; // every name is given
  const inState = state === null ? [] : [sql(`and ${stateColumn} = ?`, state)];
  const end = sql(`order by f.answered_on desc, f.answered_at desc, f.survey_id desc limit ? offset ?`, pageSize, (page - 1) * pageSize);
  const found = await selectRows(deps.reader, join([sql(`select ${columns} ${from} where`), low, ...inState, end], ' '), budget);
  const catalog = await readCatalog(deps.reader);
  const zones = await zonesOf(deps);
  return {
    total: state === null ? followUpStateNames.reduce((sum, name) => sum + counts[name], 0) : counts[state],
    page,
    size: pageSize,
    counts,
    rows: found.map((row) => rowOf(row, { catalog, zones, sight: deps.sight ?? everything })),
  };
}

const stateColumn = `coalesce(u.state, '${followUpStateNames[0] ?? ''}')`;
const from =
  'from survey_fact as f left join follow_up as u on u.source = f.source and u.source_id = f.source_id' +
  ' left join case_fact as c on c.shard_key = f.shard_key and c.case_id = f.case_id';
const columns = [
  'f.source', 'f.source_id as survey', 'f.case_id', 'c.source_id as case_key', 'f.survey_kind', 'f.scale', 'f.score', 'f.answered_at',
  'f.issue', 'f.team', 'c.team as case_team', 'c.company as case_company', 'c.agent as case_agent', '(case when f.agent_credited > 0 then f.agent_credited else f.agent end) as credited',
  "(case when coalesce(f.comment, '') = '' then 0 else 1 end) as has_comment", 'u.state', 'u.note', 'u.changed_by', 'u.changed_at', 'u.version',
].join(', '); // prettier-ignore

/** The scores that are low, each by the rule of its scale. */
function lowSql(): Fragment {
  const rules = Object.entries(surveyScales).map(([scale, { lowTo }]) => sql('f.scale = ? and f.score <= ?', scale, lowTo));
  return join(rules.map(inside), ' or ');
}

function rowOf(row: SelectedRow, { catalog, zones, sight }: Listing): LowScoreRow {
  const { nameOf } = seenCatalog(catalog, sight);
  const zone = zones(Number(row.source));
  // Whose survey it is may not be whose case it is.
  const isTheirs = row.case_team !== null && isSeen(rowCodes(sight, catalog), caseCodes(row));
  const label = (dimension: string, code: number) => (code === 0 ? null : nameOf(dimension, code));
  const answeredAt = row.answered_at === null || row.answered_at === undefined ? null : Number(row.answered_at);
  const changedAt = Number(row.changed_at ?? 0);
  const isNoted = typeof row.state === 'string';
  return {
    source: nameOf('source', Number(row.source)),
    survey: String(row.survey),
    case_id: row.case_id === null || !isTheirs ? null : Number(row.case_id),
    source_id: row.case_key === null || !isTheirs ? null : String(row.case_key),
    kind: surveyKinds[Number(row.survey_kind) - 1] ?? '',
    scale: String(row.scale),
    score: Number(row.score),
    answered_at: timeText(answeredAt, answeredAt !== null && isMidnight(answeredAt, zone), zone),
    issue: label('issue', Number(row.issue)),
    team: label('team', Number(row.team)),
    agent: sight.persons ? label('agent', Number(row.credited)) : null,
    has_comment: Number(row.has_comment) === 1 ? 1 : 0,
    follow_up: isNoted
      ? followUpOf({
          state: row.state as FollowUpState, // written from the list of states
          note: row.note === null || !sight.text ? null : String(row.note),
          changed_by: String(row.changed_by),
          changed_at: changedAt,
          version: Number(row.version),
        })
      : null,
    answered_since: isNoted && answeredAt !== null && answeredAt > changedAt ? 1 : 0,
  };
}

function caseCodes(row: SelectedRow) {
  return { team: Number(row.case_team), company: Number(row.case_company), agent: Number(row.case_agent) };
}

function parseAsked(raw: unknown): { query: Query; state: FollowUpState | null; page: number } {
  const given = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const problems: Problem[] = [];
  let query: Query | null = null;
  try {
    query = parseQuery(given.query);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    problems.push(...error.problems.map((p) => ({ ...p, field: p.field ? `query.${p.field}` : 'query' })));
  }
  const { state = null, page = 1 } = given;
  const chosen = followUpStateNames.find((name) => name === state) ?? null;
  if (state !== null && !chosen)
    problems.push({
      field: 'state',
      message: `${JSON.stringify(state)} is not one of ${followUpStateNames.join(', ')}${typeof state === 'string' ? didYouMean(state, followUpStateNames) : ''}`,
    });
  if (!Number.isSafeInteger(page) || Number(page) < 1 || Number(page) > 1_000_000)
    problems.push({ field: 'page', message: 'must be a whole number from 1' });
  if (problems.length || !query) throw new BadInput(problems);
  return { query, state: chosen, page: Number(page) };
}
