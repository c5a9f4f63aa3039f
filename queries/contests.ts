import { isoText } from '../etl/time.ts';
import type { CaseFactRow } from '../etl/store/tables.ts';
import { readCatalog } from './catalog.ts';
import { mostContests, type ContestJson, type ContestList, type OwnContests } from './model/contest.ts';
import type { QueryDeps } from './prepare.ts';
import { everything, isSeen, rowCodes } from './sight.ts';

export interface ContestRow {
  contest_id: number;
  source: number;
  /** Of the case. */
  source_id: string;
  agent: string;
  reason: string;
  contested_by: string;
  contested_at: number;
  state: ContestJson['state'];
  decision: string | null;
  decided_by: string | null;
  decided_at: number | null;
}

export function contestOf(row: ContestRow): ContestJson {
  return {
    contest_id: row.contest_id,
    agent: row.agent,
    reason: row.reason,
    by: row.contested_by,
    at: isoText(row.contested_at) ?? '',
    state: row.state,
    decided: row.decided_at === null ? null : { by: row.decided_by, at: isoText(row.decided_at) ?? '', decision: row.decision ?? '' },
  };
}

/** The open contests about cases of those who asks may see, the oldest first. One about who does not have the case any more is open no longer. */
export async function listContests({ reader, sight = everything }: QueryDeps): Promise<ContestList> {
  const catalog = await readCatalog(reader);
  const rows = rowCodes(sight, catalog);
  const contests: ContestList['contests'] = [];
  let after = 0;
  while (contests.length < mostContests.open) {
    const open = await reader<ContestRow>('attribution_contest')
      .where({ state: 'open' })
      .where('contest_id', '>', after)
      .orderBy('contest_id')
      .limit(mostContests.open);
    const facts = await factsOf(reader, open);
    for (const one of open) {
      const fact = facts.get(`${one.source} ${one.source_id}`);
      if (!fact || !isSeen(rows, fact) || catalog.nameOf('agent', fact.agent) !== one.agent) continue;
      contests.push({ ...contestOf(one), case_id: fact.case_id, issue: fact.issue === 0 ? null : catalog.nameOf('issue', fact.issue) });
    }
    after = open.at(-1)?.contest_id ?? after;
    if (open.length < mostContests.open) break;
  }
  return { contests: contests.slice(0, mostContests.open) };
}

/** What somebody has contested, the newest first: also of cases that are none of theirs since that was decided. @param name of who contested */
export async function listOwnContests({ reader, sight = everything }: QueryDeps, name: string): Promise<OwnContests> {
  const catalog = await readCatalog(reader);
  const rows = rowCodes(sight, catalog);
  const own = await reader<ContestRow>('attribution_contest')
    .where({ contested_by: name })
    .orderBy('contest_id', 'desc')
    .limit(mostContests.own);
  const facts = await factsOf(reader, own);
  return {
    contests: own.flatMap((one) => {
      const fact = facts.get(`${one.source} ${one.source_id}`);
      if (!fact) return [];
      const is_seen = isSeen(rows, fact);
      const issue = is_seen && fact.issue !== 0 ? catalog.nameOf('issue', fact.issue) : null;
      const is_overtaken = one.state === 'open' && catalog.nameOf('agent', fact.agent) !== one.agent;
      return [{ ...contestOf(one), case_id: fact.case_id, issue, is_seen, is_overtaken }];
    }),
  };
}

/** The cases contests are about, by the code of the source and the key there. */
async function factsOf(reader: QueryDeps['reader'], contests: readonly ContestRow[]): Promise<Map<string, CaseFactRow>> {
  const facts = new Map<string, CaseFactRow>();
  for (const source of new Set(contests.map((one) => one.source))) {
    const ids = contests.filter((one) => one.source === source).map((one) => one.source_id);
    for (const fact of await reader<CaseFactRow>('case_fact').where({ source }).whereIn('source_id', ids))
      facts.set(`${source} ${fact.source_id}`, fact);
  }
  return facts;
}
