import type { DigestSection } from '../model/digest.ts';
import { noneLabel, otherLabel } from '../model/dimensions.ts';
import { formatCount } from '../model/number.ts';
import { standingOf } from '../model/standing.ts';
import type { Row, TableJson } from '../model/wire.ts';
import type { Grain } from '../model/buckets.ts';
import { foldSmall, memberText, type Folded } from './fold.ts';
import { isTooFew } from '../small-groups.ts';
import { mostNamed, type DigestTables } from './questions.ts';
import { changeText, emptySection, restText, shareText } from './table-words.ts';

const [name, title] = ['issues', 'What goes wrong most'];

/** Said where telling one member would tell a small group. */
export const notApart = 'Issues cannot be told apart without showing a group of fewer than five.';

/**
 * Which issues a digest may name, in its table, its chart and its findings alike: the most frequent, and before them those that changed.
 * @param changed issues of findings
 */
export function namedIssues({ issues }: DigestTables, changed: ReadonlySet<string>): Folded {
  return foldSmall(issues.rows, { dimension: 'issue', measure: 'received', most: mostNamed.issues, first: changed });
}

/** What may be told of issues, as the rows of a chart: one `(other)` stands for what was put together. */
export function issueRows({ named, rest }: Folded): Row[] {
  const [first] = named;
  if (!rest || !first) return named;
  const blank = Object.fromEntries(Object.keys(first).map((column) => [column, null]));
  return [...named, { ...blank, issue: otherLabel, received: rest.total }];
}

/** The issues by number, each with its share, its change, how it stands beside its own past and how many of it are severe. */
export function issuesSection(
  { issues, issueSeries, severe }: DigestTables,
  { grain, currency, nouns, folded }: { grain: Grain; currency: string; nouns: [one: string, many: string]; folded: Folded },
): DigestSection {
  const total = issues.rows.reduce((sum, row) => sum + Number(row.received ?? 0), 0);
  if (total === 0) return emptySection(name, title, `No ${nouns[1]} came in.`);
  const { named, rest } = folded;
  if (named.length === 0) return emptySection(name, title, notApart);
  const first = named.find((row) => row.issue !== noneLabel);
  if (!first) return emptySection(name, title, 'Which issue cases are about is not recorded, or of too few to be told.');
  const isSevere = severe.rows.some((row) => row.severity !== noneLabel);
  const rows = named.map((row) => [
    memberText(row.issue),
    countText(Number(row.received), total),
    changeText(row, 'received', currency),
    ...(isSevere ? [severeText(severe, row)] : []),
    standing(issueSeries, row, grain, currency),
  ]);
  const blank = isSevere ? ['–', '–', '–'] : ['–', '–'];
  const left = rest && [restText(rest, 'issue', 'issues'), countText(rest.total, total), ...blank];
  return {
    name,
    title,
    sentence: `“${String(first.issue)}” is named most: ${formatCount(Number(first.received))} of ${formatCount(total)} ${nouns[1]} (${shareText(Number(first.received), total)}).`,
    table: {
      columns: [
        { label: 'Issue', isNumber: false },
        { label: 'Received', isNumber: true },
        { label: 'Against before', isNumber: false },
        ...(isSevere ? [{ label: 'High or critical', isNumber: true }] : []),
        { label: 'Beside its own past', isNumber: false },
      ],
      rows: [...rows, ...(left ? [left] : [])],
    },
    note: `${rest ? 'Issues of fewer than five cases are put together. ' : ''}Beside its own past each is judged alone; “What changed” tells what stands out among all that was judged.`,
  };
}

/** "192 (14.7%)". */
function countText(count: number, total: number): string {
  return `${formatCount(count)} (${shareText(count, total)})`;
}

function severeText(severe: TableJson, { issue, received }: Row): string {
  const count = severe.rows
    .filter((row) => row.issue === issue && (row.severity === 'critical' || row.severity === 'high'))
    .reduce((sum, row) => sum + Number(row.received ?? 0), 0);
  // Who is not severe is a group as well.
  return isTooFew(count) || isTooFew(Number(received) - count) ? 'not told' : formatCount(count);
}

function standing(series: TableJson, { issue }: Row, grain: Grain, currency: string): string {
  const own = { ...series, rows: series.rows.filter((row) => row.issue === issue) };
  const told = standingOf(own, 'received', grain, currency);
  if (!told) return '–';
  const [verdict = '', rule] = [told.words, /^[^:]*: ([^;:]*)/.exec(told.hint)?.[1]];
  return told.verdict === 'common_cause' || !rule ? verdict : `${verdict}: ${rule}`;
}
