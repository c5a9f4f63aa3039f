import type { Knex } from 'knex';
import { erasedWords } from '../etl/erase-asked.ts';
import { BadInput, type Problem } from '../etl/errors.ts';
import { longestReason, mostContests, type ContestDecision, type ContestJson } from '../queries/model/contest.ts';
import { contestOf, listContests, type ContestRow } from '../queries/contests.ts';
import type { QueryDeps } from '../queries/prepare.ts';
import { can, type SignedIn } from './auth/roles.ts';
import { Refused } from './errors.ts';
import { readSaid } from './said-here.ts';

/**
 * Reads why somebody says that a case is not theirs.
 * @throws BadInput by field
 */
export function readContest(body: unknown): string {
  const { reason } = body as Record<string, unknown>; // jsonBody lets only objects through
  return readText('reason', reason, 'say why this case is not yours');
}

/**
 * Reads what was decided about that.
 * @throws BadInput by field
 */
export function readDecision(body: unknown): ContestDecision {
  const { contest_id: id, state, agent, decision } = body as Record<string, unknown>; // jsonBody lets only objects through
  const problems: Problem[] = [];
  if (!Number.isSafeInteger(id)) problems.push({ field: 'contest_id', message: 'must be the number of the contest that is decided' });
  if (state !== 'accepted' && state !== 'declined') problems.push({ field: 'state', message: 'must be accepted or declined' });
  const read = readSaid('agent', agent ?? '');
  if ('message' in read) problems.push({ field: 'agent', message: read.message });
  else if (read.value && state === 'declined')
    problems.push({ field: 'agent', message: 'is not asked for where the case stays where it is' });
  if (problems.length) throw new BadInput(problems);
  return {
    contest_id: id as number, // seen above
    state: state as ContestDecision['state'], // seen above
    agent: 'value' in read ? read.value : '',
    decision: readText('decision', decision, 'say what was found'),
  };
}

function readText(field: string, text: unknown, missing: string): string {
  if (typeof text !== 'string' || text.trim() === '') throw new BadInput([{ field, message: missing }]);
  if (text.length > longestReason) throw new BadInput([{ field, message: `may have at most ${longestReason} characters` }]);
  if (text.includes('\0')) throw new BadInput([{ field, message: 'holds a character that cannot be seen' }]);
  return text.trim();
}

/** What who decides about contests is told of on every page: how many of the cases they may see wait for them. */
export async function contestAttention(deps: QueryDeps, user: SignedIn): Promise<{ message: string; href: string }[]> {
  if (!can(user, 'decide_contests')) return [];
  const { contests } = await listContests(deps);
  if (contests.length === 0) return [];
  const many = `${contests.length}${contests.length < mostContests.open ? '' : ' or more'} cases wait for a decision whose they are.`;
  return [{ message: contests.length === 1 ? 'One case waits for a decision whose it is.' : many, href: '/work' }];
}

/**
 * Ends the open contest of an agent other than the one a case has now: it was given to somebody else, and there is nothing left to decide.
 * @returns whether there was one
 */
export async function endOvertaken(trx: Knex, key: Pick<ContestRow, 'source' | 'source_id'>, now: number): Promise<boolean> {
  const agentNow = trx('case_fact')
    .join('label', (on) => on.on('label.code', 'case_fact.agent').onVal('label.dimension', 'agent'))
    .where({ 'case_fact.source': key.source, 'case_fact.source_id': key.source_id })
    .select('label.name');
  const ended = await trx<ContestRow>('attribution_contest')
    .where({ ...key, state: 'open' })
    .whereNotIn('agent', agentNow)
    .update({ state: 'declined', decision: 'the case was given to somebody else meanwhile', decided_at: now });
  return ended > 0;
}

/**
 * Notes that the agent of a case says it is not theirs; one open contest a case.
 * @throws Refused where one is open already
 */
export async function addContest(
  trx: Knex,
  row: Pick<ContestRow, 'source' | 'source_id' | 'agent' | 'reason' | 'contested_by' | 'contested_at'>,
): Promise<ContestJson> {
  const key = { source: row.source, source_id: row.source_id };
  await endOvertaken(trx, key, row.contested_at);
  const open = await trx<ContestRow>('attribution_contest')
    .where({ ...key, state: 'open' })
    .first();
  if (open) throw new Refused(409, `${open.contested_by} contests this case already; that is not decided yet`);
  const reason = await keptWords(trx, key, row.reason);
  const content = { ...row, reason, state: 'open' as const, decision: null, decided_by: null, decided_at: null };
  const [added] = await trx<ContestRow>('attribution_contest').insert(content).returning('contest_id');
  return contestOf({ ...content, contest_id: added?.contest_id ?? 0 });
}

/** What is kept of words about a case: nothing where who it is about was erased. */
async function keptWords(trx: Knex, key: Pick<ContestRow, 'source' | 'source_id'>, words: string): Promise<string> {
  return (await trx('erased_case').where(key).first('source')) === undefined ? words : erasedWords;
}

/**
 * Takes an open contest to decide it, so that two cannot.
 * @throws Refused where it is decided already
 */
export async function closeContest(
  trx: Knex,
  { contest_id: id, ...key }: Pick<ContestRow, 'contest_id' | 'source' | 'source_id'>,
  { state, decision }: Pick<ContestDecision, 'state' | 'decision'>,
  { by, now }: { by: string; now: number },
): Promise<void> {
  const closed = await trx<ContestRow>('attribution_contest')
    .where({ contest_id: id, state: 'open' })
    .update({ state, decision: await keptWords(trx, key, decision), decided_by: by, decided_at: now });
  if (closed === 0) throw new Refused(409, 'this was decided meanwhile; load the page again to see how');
}
