import { readFileSync } from 'node:fs';
import { bindMap, readMap } from '../../etl/map.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { columns } from '../../fixtures/generator/columns.ts';
import { rows } from '../../fixtures/generator/export.ts';
import { answer } from '../../queries/answer.ts';
import { addBuckets } from '../../queries/model/buckets.ts';
import { coachingReports } from '../../queries/model/coaching-reports.ts';
import { coachingQueries, drawnMeasures } from '../../queries/model/reports.ts';
import { openingView } from '../../queries/model/view.ts';
import type { Row } from '../../queries/model/wire.ts';
import { loadRecords, tempStore } from './store.ts';

/** What the screen of coaching says of one demo company, against what was planted in it. */
export interface SeedOutcome {
  seed: number;
  cases: number;
  team: string;
  /** Whether the planted team is named for the planted theme, and its cases of it. */
  isTeamNamed: boolean;
  observed: number;
  expected: number;
  /** Teams and themes that are named beside it. */
  otherThemes: string[];
  /** Teams named in a rate. */
  teamRates: string[];
  /** Agents named in a rate, with the measure and the verdict. */
  agentRates: string[];
  /** Each decoy with what it is named in. */
  decoys: { agent: string; named: string[] }[];
}

const until = '2026-11-22';
const through = Date.parse(`${until}T17:00:00Z`) / 1000;
// The screen opens on twelve months; what ended in them may have come a while before.
const first = addBuckets('month', '2026-11-01', -16);
// Words change no figure and take most of the time.
const words = { title: '', description: '', resolution_note: '', remedy_sought: '', csat_comment: '', nps_comment: '', ces_comment: '' };

/** Makes the demo company of a seed, loads it into a store of its own and asks what the screen asks when it opens. */
export async function coachSeed(seed: number, size?: number): Promise<SeedOutcome> {
  const map = readMap(readFileSync(new URL('../../fixtures/maps/demo.yaml', import.meta.url), 'utf8'), 'demo.yaml');
  const bound = bindMap(map, [...columns]);
  const source = rows({ seed, until, plant: 'all', ...(size && { size }) });
  const records: CaseRecord[] = [];
  let next = source.next();
  for (let line = 2; !next.done; next = source.next(), line++) {
    if (next.value.received < first) continue;
    const parsed = bound.record([{ line, values: { ...next.value, ...words } }]);
    if (parsed.ok) records.push(parsed.record);
  }
  const planted = next.value.planted;
  if (!planted) throw new Error('nothing is planted'); // with plant: all it is
  const temporary = await tempStore();
  try {
    const options = { zone: map.zone, currency: map.currency ?? 'GBP', throughAt: through };
    await loadRecords(temporary.store, records, options);
    const known = { today: until, earliest: first, latest: until };
    const organisation = { name: 'Pellworth Home', zone: map.zone, currency: options.currency };
    const deps = { reader: temporary.store.reader, organisation, now: () => through };
    const { tables } = await answer(deps, coachingQueries(openingView(), known));
    const named = coachingReports.flatMap((report, i) => namedIn(report.name, drawnMeasures(report)[0] ?? '', tables[i]?.rows ?? []));
    const { team, coaching_theme: theme } = planted.long_hold_team;
    const themes = tables[0]?.rows ?? [];
    const own = themes.find((row) => row.team === team && row.theme === theme) ?? {};
    const isPlanted = ({ row, report }: Named) => report === 'themes' && row === own;
    return {
      seed,
      cases: records.length,
      team,
      isTeamNamed: named.some((n) => isPlanted(n) && n.verdict === 'more than expected'),
      observed: Number(own.coachable ?? 0),
      expected: Number(own.coachable_expected ?? 0),
      otherThemes: named.filter((n) => n.report === 'themes' && !isPlanted(n)).map((n) => `${n.row.team}, ${n.row.theme}: ${n.verdict}`),
      teamRates: named.filter((n) => n.report.startsWith('team_')).map((n) => `${n.row.team}, ${n.report.slice(5)}: ${n.verdict}`),
      agentRates: named.filter((n) => n.report.startsWith('agent_')).map((n) => `${n.row.agent}, ${n.report.slice(6)}: ${n.verdict}`),
      decoys: planted.case_mix_decoys.map(({ agent }) => ({
        agent,
        named: named.filter((n) => n.row.agent === agent).map((n) => `${n.report.slice(6)}: ${n.verdict}`),
      })),
    };
  } finally {
    await temporary.close();
  }
}

interface Named {
  report: string;
  row: Row;
  verdict: string;
}

/** Whoever is said to differ. */
function namedIn(report: string, measure: string, rows: readonly Row[]): Named[] {
  return rows.flatMap((row) => {
    const verdict = String(row[`${measure}_verdict`]);
    return verdict.endsWith('than expected') ? [{ report, row, verdict }] : [];
  });
}
