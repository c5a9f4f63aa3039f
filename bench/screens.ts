import type { Store } from '../etl/store/open.ts';
import { answer } from '../queries/answer.ts';
import { openCube } from '../queries/cube/cube.ts';
import { readMeta } from '../queries/meta.ts';
import type { Query } from '../queries/model/query.ts';
import { findingQueries } from '../queries/insights/findings.ts';
import { issuesBy, issuesMentioned, issuesOverTime, oneIssueReports } from '../queries/model/issue-reports.ts';
import {
  coachingQueries,
  findingsQuery,
  furtherReports,
  overviewQueries,
  reportQuery,
  resolutionQueries,
  satisfactionQueries,
} from '../queries/model/reports.ts';
import { openingView, type Known, type View } from '../queries/model/view.ts';
import { benchNow, demoSize, overCases } from './bench-store.ts';
import { median, type BenchReport } from './report.ts';

/** Everything each screen asks in one request, the page of an issue of the one most cases are about. A new screen is a new line. */
const screens: Record<string, (view: View, known: Known, issue: string) => Query[]> = {
  '/': (view, known) => [...overviewQueries(view, known), ...furtherReports.map((report) => reportQuery(report, view, known))],
  '/ findings': (view, known) => findingQueries(findingsQuery(view, known)),
  '/issues': (view, known) => [issuesBy.count, issuesOverTime, issuesMentioned].map((report) => reportQuery(report, view, known)),
  '/issues/:issue': (view, known, issue) => {
    const about = { ...view, where: { ...view.where, members: { ...view.where.members, issue: [issue] } } };
    return oneIssueReports.map((report) => reportQuery(report, about, known));
  },
  '/resolution': resolutionQueries,
  '/satisfaction': satisfactionQueries,
  '/coaching': coachingQueries,
};

const runs = 9;
/** How long loading and asking may take for each size, in ms; what is left then is skipped. */
const patience = 420_000;

interface Times {
  screen: string;
  engine: 'cube' | 'sql';
  queries: number;
  /** Milliseconds of the run that found nothing in memory, and of those after it. */
  first: number;
  later: number[];
}

/** The server's part of every screen, as it opens, over the demo data and over a demo of `rows` cases, from memory and from the store. Goal: a median under 100 ms at demo size. */
export async function benchScreens({ rows }: { rows: number }): Promise<BenchReport> {
  const lines: string[] = [];
  const figures: Record<string, unknown> = {};
  for (const cases of [demoSize, rows]) {
    const deadline = performance.now() + patience;
    const found = await overCases({ demo: cases }, deadline, (store) => timeScreens(store, deadline));
    lines.push(...linesOf(cases, found));
    figures[String(cases)] = found?.times.map(({ screen, engine, queries, first, later }) => ({
      screen, engine, queries, runs: later.length, median_ms: median(later), slowest_ms: Math.max(...later), first_ms: first,
    })) ?? null; // prettier-ignore
  }
  return {
    title: `Screens: all queries of a screen in one request, ${runs} runs each (goal: a median under 100 ms over the demo)`,
    lines,
    figures,
  };
}

/** Times the request of each screen over a store, as long as there is time. */
async function timeScreens(store: Store, deadline: number): Promise<{ cases: number; filled: number; times: Times[] }> {
  const deps = { reader: store.reader, organisation: { name: 'bench', zone: null, currency: null }, now: benchNow };
  const cube = openCube({ reader: store.reader, log: () => undefined });
  const begun = performance.now();
  await cube.fill();
  const filled = performance.now() - begun;
  const meta = await readMeta(deps);
  const { tables } = await answer(deps, [reportQuery(issuesBy.count, openingView(), meta)]);
  const issue = String(tables[0]?.rows[0]?.issue ?? '(none)');
  const times: Times[] = [];
  for (const [screen, queriesOf] of Object.entries(screens)) {
    const queries = queriesOf(openingView(), meta, issue);
    for (const engine of ['cube', 'sql'] as const) {
      const asked = { ...deps, ...(engine === 'cube' && { cube }), bounds: { timeout: patience } };
      const taken: number[] = [];
      for (let i = 0; i <= runs && performance.now() < deadline; i++) {
        const start = performance.now();
        // The time of one request is what is measured, not its limit.
        const answered = await answer(asked, queries);
        if (answered.engine !== engine) throw new Error(`${screen} was answered by ${answered.engine}, not ${engine}`);
        taken.push(performance.now() - start);
      }
      const [first = NaN, ...later] = taken;
      times.push({ screen, engine, queries: queries.length, first, later });
    }
  }
  await cube.close();
  return { cases: meta.sources.reduce((sum, source) => sum + source.cases, 0), filled, times };
}

function linesOf(asked: number, found: { cases: number; filled: number; times: Times[] } | null): string[] {
  if (!found) return [`${asked} cases: skipped, loading takes longer than ${patience / 1000} s`];
  const ms = (time: number) => `${time.toFixed(0)} ms`;
  const lines = found.times.map(({ screen, engine, queries, first, later }) => {
    const name = `${screen.padEnd(14)} ${engine.padEnd(4)} ${String(queries).padStart(2)} queries:`;
    if (later.length === 0) return `${name} skipped, no time was left`;
    const few = later.length < runs ? ` (${later.length} runs, no time was left for more)` : '';
    return `${name} median ${ms(median(later))}, slowest ${ms(Math.max(...later))}, first ${ms(first)}${few}`;
  });
  return [`${found.cases} cases, read into memory in ${ms(found.filled)}`, ...lines];
}
