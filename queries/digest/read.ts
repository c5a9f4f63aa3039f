import { answer } from '../answer.ts';
import { readSources, type SourceInfo } from '../catalog.ts';
import { readCurrency } from '../currency.ts';
import { findingsOf } from '../insights/findings.ts';
import type { Grain } from '../model/buckets.ts';
import { audienceOf } from '../model/audience.ts';
import type { DigestChart, DigestContent } from '../model/digest.ts';
import type { DigestPeriod } from '../model/digest-period.ts';
import { nounsOf } from '../model/change-words.ts';
import { parseWhere, serialiseWhere, type Where } from '../model/query.ts';
import { describeReading } from '../model/reading.ts';
import { formatWhen } from '../model/number.ts';
import { verdictWords } from '../model/signal.ts';
import { steadySentence } from '../model/steady.ts';
import { openingView, viewToSearch } from '../model/view.ts';
import type { FindingJson, Row, TableJson } from '../model/wire.ts';
import type { QueryDeps } from '../prepare.ts';
import { differencesOf, tileDifferences } from './difference.ts';
import { faultsOfFigures } from './faults.ts';
import { isCount, type Folded } from './fold.ts';
import { isTooFew } from '../small-groups.ts';
import { headlineOf } from './headline.ts';
import { notesOf } from './notes.ts';
import {
  chartGrain,
  chartReport,
  digestCharts,
  digestQuestions,
  type DigestChartName,
  type DigestTables,
  type QuestionName,
} from './questions.ts';
import { causesSection } from './section-causes.ts';
import { complimentsSection } from './section-compliments.ts';
import { issueRows, issuesSection, namedIssues, notApart } from './section-issues.ts';
import { outsideSection } from './section-outside.ts';
import { vulnerableSection } from './section-vulnerable.ts';
import { tilesOf } from './tiles.ts';
import type { Targets } from './target.ts';

/** What a digest is made for. */
export interface DigestAsk {
  name: string;
  organisation: string;
  period: DigestPeriod;
  where: Where;
  /** ISO 8601 UTC; null: until when the sources are known. */
  asOf: string | null;
  targets: Targets;
  /** The digest before it of the same series, as it was told; null for none. */
  last: DigestContent | null;
}

/** What was found, and why it must not be sent: empty when it may. */
export interface DigestRead {
  content: DigestContent;
  faults: string[];
}

/**
 * Computes a digest from the store: the same figures as the dashboard's at the same as-of.
 * @throws BadInput for a filter whose labels are not known
 */
export async function readDigest(deps: QueryDeps, ask: DigestAsk): Promise<DigestRead> {
  const { period, where, last } = ask;
  const { tables, judged, asOf } = await askAll(deps, ask);
  const sources = await sourcesOf(deps, where);
  const { currency } = await readCurrency(deps.reader, deps.organisation.currency, true);
  const zone = deps.organisation.zone ?? latestOf(sources)?.zone ?? 'UTC';
  const sourceCount = sources.length;
  const kinds = where.members.kind;
  const nouns = nounsOf(kinds?.length === 1 ? (kinds[0] ?? null) : null);
  const has = (...fields: string[]) => sources.some((source) => fields.some((field) => source.fields.has(field)));
  const money = currency ?? 'USD';

  const all = findingsOf(judged);
  const found = all.findings.filter((finding) => isTold(finding, judged, period));
  const folded = namedIssues(tables, new Set(found.flatMap(({ key }) => key.issue ?? [])));
  const isNamed = (issue: string | undefined) => issue === undefined || folded.named.some((row) => row.issue === issue);
  const findings = found.filter(({ key }) => isNamed(key.issue));
  const tiles = tilesOf(tables, { grain: period.step, currency: money, sourceCount, targets: ask.targets, last });
  const sections = [
    issuesSection(tables, { grain: period.step, currency: money, nouns, folded }),
    vulnerableSection(tables, { isRecorded: has('vulnerable'), currency: money }),
    causesSection(tables, { isRecorded: has('root_cause'), currency: money }),
    outsideSection(tables, {
      isRecorded: {
        escalation: has('first_escalated_at', 'escalation_level', 'events.escalated'),
        redress: has('redress', 'redress_amount'),
      },
      currency: money,
    }),
    complimentsSection(tables, { currency: money }),
  ];
  const changed = last ? await changedSince(deps, last) : [];
  const content: DigestContent = {
    form: 1,
    name: ask.name,
    organisation: ask.organisation,
    period,
    audience: audienceOf(where),
    where: serialiseWhere(where),
    asOf,
    asOfText: formatWhen(asOf, zone),
    zone,
    currency: money,
    headline: headlineOf({ period, nouns, findings, judged: all.judged, tiles, sections }),
    tiles,
    signals: findings.map(({ verdict, sentence, basis }) => ({ verdict, word: verdictWords[verdict], sentence, rule: basis })),
    steady: steadySentence({ ...all, findings, asOf }),
    charts: digestCharts.map((name) => chartOf(name, tables, { period, currency: money, folded })),
    sections,
    notes: notesOf(tables, { period, zone, asOf, nouns, sources, last: last && { then: last, changed } }),
    path: pathOf(ask, asOf),
  };
  return { content, faults: faultsOfFigures(tables, period, sourceCount) };
}

/**
 * What of a digest that was told is told differently now: the same questions, as of the same instant, asked of the records as they are. Its wording may have
 * changed with a new version; only figures are compared.
 */
export async function readDifference(deps: QueryDeps, then: DigestContent, ask: Omit<DigestAsk, 'asOf' | 'last'>) {
  const { content } = await readDigest(deps, { ...ask, asOf: then.asOf, last: null });
  return differencesOf(then, content);
}

async function changedSince(deps: QueryDeps, last: DigestContent) {
  const { totals, series } = await askAll(deps, { period: last.period, where: whereOf(last), asOf: last.asOf }, ['totals', 'series']).then(
    ({ tables }) => tables,
  );
  const now = tilesOf({ totals, series } as DigestTables, {
    grain: last.period.step,
    currency: last.currency,
    sourceCount: 1,
    targets: {},
    last: null,
  }); // the tiles read these two
  return tileDifferences(last.tiles, now);
}

/** Asks everything, or only what is named, in one go. */
async function askAll(
  deps: QueryDeps,
  { period, where, asOf }: Pick<DigestAsk, 'period' | 'where' | 'asOf'>,
  only: readonly QuestionName[] | null = null,
): Promise<{ tables: DigestTables; judged: { table: TableJson; grain: Grain }[]; asOf: string }> {
  const { named, findings } = digestQuestions({ period, where, asOf });
  const names = (Object.keys(named) as QuestionName[]).filter((name) => !only || only.includes(name)); // they are made with these names
  const judgedToo = only ? [] : findings;
  const given = await answer(deps, [...names.map((name) => named[name]), ...judgedToo]);
  const tables = Object.fromEntries(names.map((name, i) => [name, given.tables[i]])) as DigestTables; // an answer has a table a query
  const judged = judgedToo.map(({ grain }, i) => ({ table: given.tables[names.length + i] as TableJson, grain: grain ?? period.step })); // as above
  return { tables, judged, asOf: given.asOf };
}

/** A finding of this period about a group that is large enough. */
function isTold(finding: FindingJson, judged: readonly { table: TableJson }[], { from, to }: DigestPeriod): boolean {
  if (finding.period < from || finding.period > to) return false;
  const isIt = (row: Row) => row.period === finding.period && Object.entries(finding.key).every(([name, label]) => row[name] === label);
  const figure = judged
    .flatMap(({ table }) => (table.columns.some((column) => column.name === finding.measure) ? table.rows : []))
    .find((row) => isIt(row) && row[finding.measure] !== undefined);
  const count = figure?.[`${finding.measure}_n`] ?? figure?.[finding.measure];
  return !isTooFew(count);
}

/** A chart without groups that are too small: members are put together as in the table of issues, figures of periods left out. */
function chartOf(
  name: DigestChartName,
  tables: DigestTables,
  { period, currency, folded }: { period: DigestPeriod; currency: string; folded: Folded },
): DigestChart {
  const report = chartReport(name);
  const table = tables[`chart_${name}`];
  const grain = chartGrain(report, period);
  const isByIssue = grain === null;
  const shown = { ...table, rows: isByIssue ? issueRows(folded) : table.rows.map((row) => withoutFew(table, row)) };
  const { title, question } = report;
  const isHidden = isByIssue && folded.named.length === 0 && folded.rest !== null;
  const sentence = isHidden ? notApart : describeReading(report, shown, grain, currency);
  return { report: name, title, question, sentence, table: shown, grain };
}

function withoutFew({ columns }: TableJson, row: Row): Row {
  const measures = [...new Set(columns.flatMap(({ measure }) => measure ?? []))];
  const few = measures.filter((measure) => isTooFew(row[`${measure}_n`]) || (isCount(measure) && isTooFew(row[measure])));
  if (few.length === 0) return row;
  const isTheirs = (name: string) => few.some((measure) => name === measure || name.startsWith(`${measure}_`));
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isTheirs(name) ? null : value]));
}

async function sourcesOf(deps: QueryDeps, where: Where): Promise<SourceInfo[]> {
  const sources = await readSources(deps.reader, deps.now());
  const [only, not] = [where.members.source, where.not.source];
  return sources.filter(
    ({ name, through, hasCases }) => through !== null && hasCases && (!only || only.includes(name)) && !not?.includes(name),
  );
}

function latestOf(sources: readonly SourceInfo[]): SourceInfo | null {
  return sources.reduce<SourceInfo | null>((a, b) => (a && (a.through ?? 0) >= (b.through ?? 0) ? a : b), null);
}

function pathOf({ period: { from, to }, where }: DigestAsk, asOf: string): string {
  const search = viewToSearch({ ...openingView(), period: { from, to }, where, asOf });
  return `/?${search}`;
}

/** The filter of a digest that was told, as a query has it. */
export function whereOf({ where }: Pick<DigestContent, 'where'>): Where {
  return parseWhere(where, []);
}
