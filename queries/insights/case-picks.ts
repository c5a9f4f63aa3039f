import { severities, surveyKinds } from '../../etl/record.ts';
import { budgetOf } from '../budget.ts';
import { readCases, zonesOf } from '../cases.ts';
import { readCatalog } from '../catalog.ts';
import { parseDrill, rowsBehind, type Drill } from '../drill.ts';
import type { Condition } from '../model/measure.ts';
import type { MeasureName } from '../model/measures.ts';
import { formatElapsed } from '../model/number.ts';
import type { CasePick, CasePicks } from '../model/wire.ts';
import { prepareAll, type QueryDeps } from '../prepare.ts';
import { everything } from '../sight.ts';
import { conditionSql } from '../sql/conditions.ts';
import { then, type Context } from '../sql/context.ts';
import { all, join, sql, type Fragment } from '../sql/fragment.ts';
import { engineOf, selectRows, type SelectedRow } from '../sql/select.ts';

/** One way in which a case is worth talking about. */
interface Angle {
  isGood: boolean;
  /** The cases it looks among: those behind the figure, or compliments of the same people. */
  among: 'figure' | 'compliments';
  where: readonly Condition[];
  /** Limits it to cases with a satisfied or an unsatisfied answer; the score is then told. */
  isSatisfied?: 0 | 1;
  /** SQL of ours over `f` and, with an answer, `s`. */
  order: string;
  reason: (row: SelectedRow) => string;
}

const perAngle = 2;
const resolved: Condition = { column: 'resolved_at', op: 'by_then' };
const possible: Condition = { column: 'is_time_impossible', op: 'is', value: 0 };
const isGrave: Condition = { column: 'severity', op: 'in', value: [severities.indexOf('critical') + 1, severities.indexOf('high') + 1] };
const csat = surveyKinds.indexOf('csat') + 1;
const scored = ({ score, scale }: SelectedRow) => `The customer gave ${score} of ${String(scale).replace(/^.*-/, '')}.`;

const angles: readonly Angle[] = [
  {
    isGood: false,
    among: 'figure',
    where: [{ column: 'first_reopened_at', op: 'by_then' }],
    order: 'f.reopen_count desc, f.first_reopened_on desc',
    reason: ({ reopen_count: times }) => (Number(times) > 1 ? `Reopened ${times} times.` : 'Reopened after the answer.'),
  },
  { isGood: false, among: 'figure', where: [], isSatisfied: 0, order: 's.score, s.answered_on desc', reason: scored },
  {
    isGood: false,
    among: 'figure',
    where: [resolved, possible],
    order: 'f.resolution_minutes desc',
    reason: ({ resolution_minutes: minutes }) => `Among the longest here: ${formatElapsed(Number(minutes))} to resolve.`,
  },
  { isGood: true, among: 'figure', where: [], isSatisfied: 1, order: 's.score desc, s.answered_on desc', reason: scored },
  {
    isGood: true,
    among: 'figure',
    where: [resolved, possible, isGrave, { column: 'first_reopened_at', op: 'not_by_then' }, { column: 'is_on_time', op: 'is', value: 1 }],
    order: 'f.resolution_minutes',
    reason: ({ resolution_minutes: minutes }) => `Grave, and resolved within ${formatElapsed(Number(minutes))}; not reopened.`,
  },
  { isGood: true, among: 'compliments', where: [], order: 'f.received_on desc', reason: () => 'A customer praised it.' },
];

/**
 * A few cases for a conversation, some that went badly and some that went well, each with why it was picked; none twice.
 * @param raw as for the cases behind a figure: measure, query and key
 * @throws BadInput by field
 */
export async function pickCases(given: QueryDeps, raw: unknown): Promise<CasePicks> {
  const budget = budgetOf(given);
  const deps = { ...given, budget };
  const drill = parseDrill(raw);
  const [figure, compliments] = [figureOf(drill), complimentsOf(drill)];
  const [prepared] = await prepareAll(deps, [figure.query]);
  const through = prepared?.measures[0]?.through ?? { sources: [], isAll: false };
  const context: Context = { fact: 'case', engine: engineOf(deps.reader), through };
  const behind = { figure: await rowsBehind(deps, figure), compliments: await rowsBehind(deps, compliments) };
  const chosen = new Map<number, Pick<CasePick, 'reason' | 'good'>>();
  for (const angle of angles) {
    // A case with several answers comes once for each: then there are others to ask for.
    for (let missing = perAngle; missing > 0;) {
      const before = chosen.size;
      const statement = statementOf(angle, behind[angle.among].where, context, { without: [...chosen.keys()], limit: missing });
      const rows = await selectRows(deps.reader, statement, budget);
      for (const row of rows)
        if (!chosen.has(Number(row.case_id))) chosen.set(Number(row.case_id), { reason: angle.reason(row), good: angle.isGood });
      missing = rows.length < missing ? 0 : missing - (chosen.size - before);
    }
  }
  const listing = { catalog: await readCatalog(deps.reader), zones: await zonesOf(deps), sight: deps.sight ?? everything };
  const cases = await readCases(deps.reader, [...chosen.keys()], listing);
  const picks = [...chosen].flatMap(([id, pick]) => {
    const found = cases.get(id);
    return found ? [{ case: found, ...pick }] : [];
  });
  return { picks };
}

/** The cases received that a figure of a member is about: of a theme its cases, else all of the member. */
function figureOf(drill: Drill): Drill {
  return about(drill, drill.measure === 'coachable' ? 'coachable' : 'received', drill.query.where.members);
}

function complimentsOf(drill: Drill): Drill {
  const key = Object.fromEntries(Object.entries(drill.key).filter(([name]) => name !== 'theme'));
  const by = drill.query.by.filter((name) => name !== 'theme');
  return about({ ...drill, key, query: { ...drill.query, by } }, 'compliments', { ...drill.query.where.members, kind: ['compliment'] });
}

function about(drill: Drill, measure: MeasureName, members: Drill['query']['where']['members']): Drill {
  const query = { ...drill.query, measures: [measure], order: null, compare: null, fair: false, where: { ...drill.query.where, members } };
  return { ...drill, measure, part: 'whole', query };
}

function statementOf(
  angle: Angle,
  where: Fragment,
  context: Context,
  { without, limit }: { without: readonly number[]; limit: number },
): Fragment {
  const isAnswered = angle.isSatisfied !== undefined;
  const answer = isAnswered
    ? [
        sql('join survey_fact as s on s.shard_key = f.shard_key and s.case_id = f.case_id'),
        sql('and s.survey_kind = ? and s.is_satisfied = ? and s.score is not null and', csat, angle.isSatisfied ?? 0),
        join([sql('s.answered_at'), then(context, 0, 's')], ' <= '),
      ]
    : [];
  const rest = [where, ...angle.where.map((condition) => conditionSql(condition, context))];
  if (without.length) rest.push({ sql: `f.case_id not in (${without.map(() => '?').join(', ')})`, values: [...without] });
  return join(
    [
      sql(`select f.case_id, f.resolution_minutes, f.reopen_count${isAnswered ? ', s.score, s.scale' : ''} from case_fact as f`),
      ...answer,
      sql('where'),
      all(rest),
      sql(`order by ${angle.order}, f.case_id desc limit ?`, limit),
    ],
    ' ',
  );
}
