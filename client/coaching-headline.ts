import { joined } from '../queries/model/describe.ts';
import { toneOf } from '../queries/model/chart-funnel.ts';
import { differing, keysOf, namesOf, tellFair } from '../queries/model/reading-fair.ts';
import { coachingReports } from '../queries/model/coaching-reports.ts';
import type { TableJson } from '../queries/model/wire.ts';

/**
 * What the screen of coaching says first: where a team differs from what its cases would give, themes before rates; agents are counted and not named.
 * @param tables in the order of `coachingReports`
 */
export function coachingHeadline(tables: readonly TableJson[]): string {
  const found = coachingReports.flatMap((report, i) => {
    const table = tables[i];
    if (!table || report.chart.type !== 'funnel') return [];
    const { measure, by } = report.chart;
    return differing(measure, table.rows).map((row) => ({ measure, by, row, keys: keysOf(table) }));
  });
  const teams = found.filter(({ by }) => by === 'team');
  const concern = teams.find(({ measure, row }) => toneOf(measure, row) === 'concern') ?? teams[0];
  if (!tables.some(({ rows }) => rows.length > 0)) return 'No team and no agent is named in these cases.';
  if (!concern) {
    const agents = new Set(found.map(({ row }) => row.agent)).size;
    return agents === 0
      ? 'Everybody is within what chance allows, given their cases.'
      : 'Every team is within what chance allows, given its cases.';
  }
  const others = teams.filter(({ row }) => row.team !== concern.row.team).map(({ row }) => row);
  const beside = others.length
    ? `; ${joined([namesOf(others, 'team')], 'and')} differ${new Set(others.map((row) => row.team)).size === 1 ? 's' : ''} too`
    : '';
  return `${tellFair(concern.measure, concern.row, concern.keys)}${beside}.`;
}
