import { BadInput } from '../../etl/errors.ts';
import { listAnnotations } from '../../queries/annotations.ts';
import { answer } from '../../queries/answer.ts';
import { readCase } from '../../queries/case-detail.ts';
import { exportCases, listCases } from '../../queries/cases.ts';
import { listFacets } from '../../queries/facets.ts';
import { pickCases } from '../../queries/insights/case-picks.ts';
import { readFindings } from '../../queries/insights/findings.ts';
import { whoAnswers } from '../../queries/insights/who-answers.ts';
import { listLabels } from '../../queries/labels.ts';
import { listLowScores } from '../../queries/low-scores.ts';
import { readMeta } from '../../queries/meta.ts';
import { dimensionNames } from '../../queries/model/dimensions.ts';
import { measureNames } from '../../queries/model/measures.ts';
import { queryOf, serialiseQuery, type Query } from '../../queries/model/query.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { everything } from '../../queries/sight.ts';

export const usualWindow = { from: '2023-12-01', to: '2024-12-31' };

/** Everything that can be asked of facts by a query, as text; of what is refused the problems. `cases`: numbers of cases that are opened one by one. */
export async function answersTo(
  deps: QueryDeps,
  query: Query,
  cases: readonly number[],
  isOnlyQuery = false,
): Promise<Record<string, string>> {
  // What goes day by day would take long over the centuries some queries are drawn from.
  const { from, to } = usualWindow;
  const { where } = query;
  const plain = serialiseQuery(queryOf({ measures: ['received'], from, to, where }));
  const measure = query.measures[0] ?? 'received';
  const drill = { measure, query: serialiseQuery(query), key: {}, customers: true, size: 200 };
  const first = await attempt(async () => (await answer(deps, [query])).tables);
  if (isOnlyQuery) return { query: first };
  const asked: Record<string, () => Promise<unknown>> = {
    signals: async () => (await answer(deps, [queryOf({ measures: ['received', 'on_time_rate'], grain: 'month', from, to, where, signals: true })])).tables,
    findings: () => readFindings(deps, queryOf({ measures: ['received'], grain: 'month', from, to, where })),
    cases: () => listCases(deps, drill),
    surveys: () => listCases(deps, { ...drill, measure: 'surveys_answered', query: { ...plain, measures: ['surveys_answered'] } }),
    export: async () => {
      const blocks = [];
      for await (const block of await exportCases(deps, { measure, query: serialiseQuery(query), key: {} })) blocks.push(block);
      return blocks;
    },
    whoAnswers: () => whoAnswers(deps, { ...query, from, to }),
    lowScores: () => listLowScores(deps, { query: plain }),
    picks: () => pickCases(deps, { measure: 'received', query: plain, key: {} }),
    annotations: () => listAnnotations(deps, { from, to }),
    meta: () => readMeta(deps),
    unknown: () => answer(deps, [queryOf({ measures: ['received'], from, to, where: { ...where, members: { product: ['newcomer'] } } })]).then((a) => a.tables),
    ...Object.fromEntries(
      dimensionNames.map((dimension) => [`facets of ${dimension}`, () => listFacets(deps, { dimension, query: { ...query, from, to }, like: '', limit: 50 })]),
    ),
    ...Object.fromEntries(
      (['team', 'company', 'agent'] as const).map((dimension) => [
        `labels of ${dimension}`,
        () => listLabels(deps.reader, { dimension }, deps.now(), { sight: deps.sight ?? everything }),
      ]),
    ),
    ...Object.fromEntries(cases.map((id) => [`case ${id}`, () => readCase(deps, id)])),
  }; // prettier-ignore
  const found: Record<string, string> = { query: first };
  for (const [name, ask] of Object.entries(asked)) found[name] = await attempt(ask);
  return found;
}

/** Many measures over all time, whole and by each dimension, each on its own since some are refused. */
export async function broadAnswers(deps: QueryDeps, window: { from: string; to: string }): Promise<Record<string, string>> {
  const measures = measureNames.filter((name) => name !== 'mentions').slice(0, 24);
  const found: Record<string, string> = {};
  for (const name of [null, ...dimensionNames]) {
    const query = queryOf({ measures, by: name ? [name] : [], ...window });
    found[`all by ${name ?? 'nothing'}`] = await attempt(async () => (await answer(deps, [query])).tables);
  }
  return found;
}

async function attempt(ask: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await ask()) ?? '';
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return JSON.stringify(error.problems);
  }
}
