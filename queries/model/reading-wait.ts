import { countInWords, joined } from './describe.ts';
import type { Grain } from './buckets.ts';
import { bands, noneLabel } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatBucket, formatCount, formatValue } from './number.ts';
import type { Row, TableJson, Value } from './wire.ts';

/** A share of fewer is told as a count. */
const fewestOfShare = 10;
/** Ages a sentence tells of, where they are known. */
const toldDays = [7, 30, 90];

/** What a curve of open cases says: the shares at the ages that are known. */
export function readCurve(measures: readonly MeasureName[], { rows }: TableJson): string {
  const row = rows[0] ?? {};
  const known = measures.flatMap((name) => {
    const measure = measureOf(name);
    const share = numberOf(row[name]);
    return measure.kind === 'survival' && share !== null ? [{ days: measure.days, share, name }] : [];
  });
  const usual = known.filter(({ days }) => toldDays.includes(days));
  const told = usual.length ? usual : known.slice(-1);
  // That nobody waits any longer is said once.
  const end = told.findIndex(({ share }) => share === 0);
  const parts = (end < 0 ? told : told.slice(0, end + 1)).map(({ days, share, name }, i) => {
    const n = numberOf(row[`${name}_n`]) ?? 0;
    const size = share === 0 ? 'none' : share < 0.005 ? 'fewer than 1%' : formatValue(share, 'share', { n: Math.min(n, 999) });
    return `${size}${i === 0 ? ' were still open' : ''} after ${countInWords(days, 'day')}`;
  });
  const n = numberOf(row[`${measures[0] ?? ''}_n`]) ?? 0;
  const last = known.at(-1)?.days ?? 0;
  const isCut = last < (toldDays.at(-1) ?? 0) && end < 0;
  return `Of ${countInWords(n, 'case')} received, ${joined(parts, 'and')}${isCut ? `; beyond ${countInWords(last, 'day')} it is too early to tell` : ''}.`;
}

/** What bars of bands of age say: how many are in the last band, which has no upper edge. */
export function readAges({ measure, by }: { measure: MeasureName; by: string }, rows: Row[]): string {
  const countOf = (label: string) => numberOf(rows.find((row) => row[by] === label)?.[measure]) ?? 0;
  const ended = countOf(noneLabel);
  const oldest = bands.at(-1);
  const longest = oldest ? countOf(oldest.label) : 0;
  const still = rows.reduce((sum, row) => sum + (row[by] === noneLabel ? 0 : (numberOf(row[measure]) ?? 0)), 0);
  const cases = `${formatCount(still)} open ${still === 1 ? 'case' : 'cases'}`;
  const since = ended ? `; ${formatCount(ended)} more were open then and ${ended === 1 ? 'has' : 'have'} ended since` : '';
  if (still === 0) return `No case of then is still open${since}.`;
  const days = `more than ${(oldest?.from ?? 1) - 1} days`;
  if (longest === 0) return `None of the ${cases} has been open for ${days}${since}.`;
  const share = still < fewestOfShare ? '' : ` (${formatValue(longest / still, 'share', { n: 0 })})`;
  return `Of ${cases}, ${formatCount(longest)}${share} ${longest === 1 ? 'has' : 'have'} been open for ${days}${since}.`;
}

/** What stocks over time say: from how many to how many, and how many of them are overdue. */
export function readStocks(rows: Row[], grain: Grain | null): string {
  const known = rows.filter((row) => typeof row.open === 'number');
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return '';
  const when = (row: Row) =>
    row.complete === 0
      ? 'now'
      : grain && typeof row.period === 'string'
        ? `at the end of ${formatBucket(grain, row.period)}`
        : 'at the end';
  const overdue = numberOf(last.overdue);
  const late =
    overdue === null
      ? ''
      : `; ${overdue === 0 ? 'none' : formatCount(overdue)} of them ${overdue === 1 ? 'is' : 'are'} past ${overdue === 1 ? 'its' : 'their'} due date`;
  const open = (row: Row) => numberOf(row.open) ?? 0;
  if (first === last) return `${countInWords(open(last), 'case')} ${open(last) === 1 ? 'is' : 'are'} open ${when(last)}${late}.`;
  const change = open(last) === open(first) ? 'is what it was' : open(last) > open(first) ? 'grew' : 'shrank';
  return `The backlog ${change}: ${formatCount(open(first))} open ${when(first)}, ${formatCount(open(last))} ${when(last)}${late}.`;
}

/** What came in against what went out. */
export function readFlow(rows: Row[]): string {
  const sum = (name: string) => rows.reduce((all, row) => all + (numberOf(row[name]) ?? 0), 0);
  const [received, closed, undated] = [sum('received'), sum('closed'), sum('ended_undated')];
  const more = received - undated - closed;
  const gone = `${formatCount(received)} came in and ${closed === 0 ? 'none' : formatCount(closed)} ${closed === 1 ? 'was' : 'were'} closed`;
  const without = undated ? `; ${formatCount(undated)} ended on a day nobody recorded` : '';
  if (more === 0) return `${gone}${without}: as many went out as came in.`;
  return `${gone}${without}: ${formatCount(Math.abs(more))} more ${more > 0 ? 'came in than went out' : 'went out than came in'}.`;
}

function numberOf(value: Value | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
