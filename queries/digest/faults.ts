import { absenceOf } from '../model/absence.ts';
import { inPeriod, type DigestPeriod } from '../model/digest-period.ts';
import { countInWords } from '../model/describe.ts';
import { measureOf } from '../model/measures.ts';
import { formatCount } from '../model/number.ts';
import { describeFlow, doesAddUp, flowLines } from '../model/stock-flow.ts';
import type { Row, TableJson } from '../model/wire.ts';
import { digestTiles, type DigestTables } from './questions.ts';

/**
 * Why figures must not be sent, a sentence each: they do not add up, one is missing without a reason, or nothing came in where something always did.
 * @param sourceCount how many sources have cases
 */
export function faultsOfFigures(tables: DigestTables, period: DigestPeriod, sourceCount: number): string[] {
  return [...unbalanced(tables, period), ...missingFigures(tables, sourceCount), ...unusuallyEmpty(tables, period)];
}

function unbalanced({ flow, opening, totals, issues, status }: DigestTables, { step }: DigestPeriod): string[] {
  const lines = flowLines(flow, { ...flow, rows: [] }, opening);
  const received = Number(totals.rows[0]?.received ?? 0);
  const sums: [string, TableJson][] = [
    ['issues', issues],
    ['statuses', status],
  ];
  return [
    ...(doesAddUp(lines) === null && received > 0 ? ['Whether the balance of open cases adds up cannot be told.'] : []),
    ...(doesAddUp(lines) === false ? [`The balance of open cases does not add up. ${describeFlow(lines, step)}`] : []),
    ...sums.flatMap(([what, table]) => {
      const sum = table.rows.reduce((total: number, row: Row) => total + Number(row.received ?? 0), 0);
      return sum === received
        ? []
        : [`The cases of all ${what} are ${formatCount(sum)} together, and ${formatCount(received)} are said to have come in.`];
    }),
  ];
}

function missingFigures({ totals }: DigestTables, sourceCount: number): string[] {
  const row = totals.rows[0];
  if (!row) return ['The figures of the period are missing.'];
  return digestTiles.flatMap(({ measure, title }) => {
    const [value, n, followed] = [row[measure], row[`${measure}_n`], row[`${measure}_followed_days`]];
    const isKnown = typeof value === 'number' && Number.isFinite(value);
    const hasReason = n === 0 || typeof followed === 'number' || absenceOf(totals, measure, sourceCount) !== null;
    return isKnown || (value === null && hasReason) ? [] : [`“${title}” is missing (${measureOf(measure).label}).`];
  });
}

function unusuallyEmpty({ totals, series }: DigestTables, period: DigestPeriod): string[] {
  if (totals.rows[0]?.received !== 0) return [];
  const before = series.rows.filter((row) => String(row.period) < period.from).slice(-4);
  const least = Math.min(...before.map((row) => Number(row.received ?? 0)));
  if (before.length < 4 || least < 1) return [];
  return [
    `Nothing was received ${inPeriod(period)}, where at least ${countInWords(least, 'case')} did in each of the four ${period.step}s before.`,
  ];
}
