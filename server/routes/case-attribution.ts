import { Router, type Request, type Response } from 'express';
import type { Knex } from 'knex';
import { BadInput } from '../../etl/errors.ts';
import { eventOf, foldEvents } from '../../etl/handled.ts';
import { setLocals } from '../../etl/local-facts.ts';
import { loadEvents } from '../../etl/load-handling.ts';
import type { CaseFactRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { listContests, listOwnContests, type ContestRow } from '../../queries/contests.ts';
import type { ContestDecision } from '../../queries/model/contest.ts';
import { everything, isSeen, rowCodes } from '../../queries/sight.ts';
import type { Ask } from '../asking.ts';
import { audit, type AuditEvent } from '../auth/audit.ts';
import { allow, checkMay, signedIn } from '../auth/guard.ts';
import type { Role } from '../auth/roles.ts';
import { addContest, closeContest, endOvertaken, readContest, readDecision } from '../contests.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { jsonBody } from '../json-body.ts';
import { readLocals } from '../said-here.ts';

/** Who corrects whose a case is, while it is as it was read. */
interface Correction {
  by: string;
  role: Role;
  isSeen: (held: CaseFactRow) => boolean;
  after: (trx: Knex.Transaction) => Promise<void>;
}

/** What is said here of a case of a source: its theme and root cause, and whose it is where that is contested. */
export function caseAttributionRoutes(deps: Pick<AppDeps, 'store' | 'now' | 'organisation' | 'procedure'>, ask: Ask): Router {
  const { store, now, organisation, procedure } = deps;
  const router = Router();

  router.put('/api/cases/:id/local', allow('classify_case'), jsonBody('16kb'), async (req, res) => {
    const { fact, isTheirs } = await seenCase(req, res);
    if (await isEntered(fact)) throw new Refused(409, 'this case is handled here: its theme and root cause are said when it is resolved');
    const labels = readLocals(req.body as Record<string, unknown>); // jsonBody lets only objects through
    if (labels.agent === null) checkMay(signedIn(req), 'decide_contests');
    const change = { caseId: fact.case_id, labels, by: signedIn(req).name, now: now(), isSeen: isTheirs };
    await setLocals(store, {
      ...change,
      after: (trx) =>
        labels.agent === null
          ? note(trx, req, 'contest_decided', `case ${fact.case_id}: taken back`)
          : note(trx, req, 'case_classified', `case ${fact.case_id}: ${Object.keys(labels).join(', ')}`),
    });
    res.status(204).end();
  });

  router.post('/api/cases/:id/contest', allow('contest_case'), jsonBody('16kb'), async (req, res) => {
    const { fact } = await seenCase(req, res);
    const reason = readContest(req.body);
    const { name, agent } = signedIn(req);
    const catalog = await readCatalog(store.reader);
    if (agent === null || agent !== catalog.nameOf('agent', fact.agent))
      throw new Refused(409, 'this case is not counted for you, so there is nothing to contest');
    const { source, source_id } = fact;
    const contest = await transact(store, async (trx) => {
      const added = await addContest(trx, { source, source_id, agent, reason, contested_by: name, contested_at: now() });
      await note(trx, req, 'attribution_contested', `case ${fact.case_id}`);
      return added;
    });
    res.status(201).json(contest);
  });

  router.get('/api/contests', allow('decide_contests'), async (req, res) => {
    res.json(await ask(req, res, listContests));
  });

  router.get('/api/contests/own', allow('contest_case'), async (req, res) => {
    res.json(await ask(req, res, (deps) => listOwnContests(deps, signedIn(req).name)));
  });

  router.post('/api/cases/:id/contest/decision', allow('decide_contests'), jsonBody('16kb'), async (req, res) => {
    const { fact, isTheirs } = await seenCase(req, res);
    const decision = readDecision(req.body);
    const { name: by, role } = signedIn(req);
    const { case_id: caseId, source, source_id } = fact;
    const key = { source, source_id };
    const isOvertaken = await transact(store, async (trx) => {
      const isEnded = await endOvertaken(trx, key, now());
      if (isEnded) await note(trx, req, 'contest_decided', `case ${caseId}: given to somebody else`);
      return isEnded;
    });
    if (isOvertaken) throw new Refused(409, 'the case was given to somebody else meanwhile, so there is nothing left to decide');
    const open = await store
      .reader<ContestRow>('attribution_contest')
      .where({ ...key, state: 'open' })
      .first();
    if (open?.contest_id !== decision.contest_id)
      throw new Refused(409, 'that was decided meanwhile, or the case is contested anew; look at the case as it is now');
    if (open.contested_by === by) throw new Refused(409, 'you contest this case yourself: somebody else has to decide');
    if (decision.agent === open.agent)
      throw new BadInput([{ field: 'agent', message: 'is who contests it; expected somebody else, or nobody' }]);
    const decide = async (trx: Knex) => {
      await closeContest(trx, { ...key, contest_id: open.contest_id }, decision, { by, now: now() });
      await note(trx, req, 'contest_decided', `case ${caseId}: ${decision.state}`);
    };
    if (decision.state === 'declined') await transact(store, decide);
    else {
      // Of two at once the second finds another agent.
      const isSeen = (held: CaseFactRow) => isTheirs(held) && held.agent === fact.agent;
      const isDone = (await isEntered(fact))
        ? await correctEntered(caseId, decision, { by, role, isSeen, after: decide })
        : await setLocals(store, { caseId, labels: { agent: decision.agent }, by, now: now(), isSeen, after: decide });
      if (!isDone) throw new Refused(409, 'the case was changed meanwhile; load the page again to see how');
    }
    res.status(204).end();
  });

  /** Corrects whose a case is that is handled here, by an event over whatever was done with it meanwhile. */
  async function correctEntered(caseId: number, { agent, decision }: ContestDecision, who: Correction): Promise<boolean> {
    const { zone, currency } = organisation;
    const { by, role, isSeen, after } = who;
    const count = await loadEvents(store, caseId, { zone, currency, now: now(), isSeen, after }, (held) => {
      const { entered, events } = held;
      const deed = { action: 'attribute' as const, version: events.length + 1, at: null, note: decision, given: { agent: agent || null } };
      const doer = { by, authority: { role, procedure }, now: now(), zone: held.zone };
      return Promise.resolve([eventOf(deed, foldEvents(entered, events), doer)]);
    });
    return count !== null;
  }

  /** @throws Refused where there is no such case, or it is none of theirs */
  async function seenCase(req: Request, res: Response): Promise<{ fact: CaseFactRow; isTheirs: (fact: CaseFactRow) => boolean }> {
    const { id } = req.params as { id: string };
    const rows = await ask(req, res, async ({ sight = everything }) => rowCodes(sight, await readCatalog(store.reader)));
    const isTheirs = (fact: CaseFactRow) => isSeen(rows, fact);
    const fact = /^[1-9]\d{0,14}$/.test(id)
      ? await store
          .reader<CaseFactRow>('case_fact')
          .where({ case_id: Number(id) })
          .first()
      : undefined;
    if (!fact || !isTheirs(fact)) throw new Refused(404, `there is no case "${id}"`);
    return { fact, isTheirs };
  }

  async function isEntered({ source }: CaseFactRow): Promise<boolean> {
    return (await store.reader('source_state').where({ source, connector: 'entry' }).first('source')) !== undefined;
  }

  const note = (trx: Knex, req: Request, action: AuditEvent['action'], target: string) =>
    audit(trx, { at: now(), userId: signedIn(req).userId, action, target });

  return router;
}
