import type { Knex } from 'knex';
import { openBudget } from './budget.ts';
import { readSources } from './catalog.ts';
import { sqlExecutor, type Executor } from './executor.ts';
import { talliesOf, type Tally, type TallyRow } from './model/tally.ts';
import type { QueryDeps } from './prepare.ts';
import { isTooFew, splitSmall } from './small-groups.ts';
import type { Sight } from './sight.ts';

const known = new WeakMap<Knex, { version: number; codes: number[] }>();

/**
 * The teams in which fewer than five agents have ever handled a case, and those put together with them so that they too are five or more: by code. Teams
 * whose cases name no agent are none of them. Which they are does not depend on what is asked, so no two answers can be subtracted to see into one.
 */
export async function readSmallTeams(deps: Pick<QueryDeps, 'reader' | 'now' | 'cube'>): Promise<readonly number[]> {
  const { reader } = deps;
  const counter = await reader<{ name: string; value: number }>('change_counter').where({ name: 'change_seq' }).first('value');
  const version = counter?.value ?? 0;
  const found = known.get(reader);
  if (found?.version === version) return found.codes;
  const executor = (await deps.cube?.executor()) ?? sqlExecutor(reader);
  const sources = await readSources(reader, deps.now());
  const [tally] = talliesOf('received', {
    from: '0001-01-01',
    to: '9999-12-31',
    grain: null,
    by: ['team', 'agent'],
    keep: null,
    filter: { members: {}, not: {}, text: [], range: {} },
    through: { sources: sources.flatMap(({ source, through }) => (through === null ? [] : [{ source, at: through }])), isAll: false },
    business: null,
    currency: null,
  });
  const [rows = []] = tally ? await executor.tally([tally], openBudget()) : [];
  const codes = smallOf(rows);
  known.set(reader, { version, codes });
  return codes;
}

function smallOf(rows: readonly TallyRow[]): number[] {
  const agents = new Map<number, Set<number>>();
  for (const { keys } of rows) {
    const [team = 0, agent = 0] = keys;
    if (team > 0 && agent > 0) agents.set(team, (agents.get(team) ?? new Set()).add(agent));
  }
  const teams = [...agents].map(([code, names]) => ({ code, size: names.size })).sort((a, b) => b.size - a.size || a.code - b.code);
  if (!teams.some(({ size }) => isTooFew(size))) return [];
  return splitSmall(teams, ({ size }) => size)
    .rest.map(({ code }) => code)
    .sort((a, b) => a - b);
}

/** Answers tallies with the small teams put together under the first of them. */
export function withSmallTeams(executor: Executor, { smallTeams }: Pick<Sight, 'smallTeams'>): Executor {
  const [first] = smallTeams;
  if (first === undefined) return executor;
  const small = new Set(smallTeams);
  const spread = (tally: Tally, at: number): Tally => {
    if (at < 0 || tally.keep === null) return tally;
    const keep = tally.keep.flatMap((codes) => (codes[at] === first ? smallTeams.map((code) => codes.with(at, code)) : [codes]));
    return { ...tally, keep };
  };
  return {
    name: executor.name,
    async tally(tallies, budget) {
      const places = tallies.map(({ by }) => by.indexOf('team'));
      const found = await executor.tally(tallies.map((tally, i) => spread(tally, places[i] ?? -1)), budget); // prettier-ignore
      return found.map((rows, i) => {
        const at = places[i] ?? -1;
        if (at < 0) return rows;
        return rows.map((row) => (small.has(row.keys[at] ?? 0) ? { ...row, keys: row.keys.with(at, first) } : row));
      });
    },
  };
}
