import { Router, type Request } from 'express';
import { BadInput } from '../../etl/errors.ts';
import { isRealDate } from '../../etl/record.ts';
import { isoText } from '../../etl/time.ts';
import { readDifference, whereOf } from '../../queries/digest/read.ts';
import type { DigestDifference } from '../../queries/model/digest.ts';
import { choiceParameter, textParameter, wholeParameter } from '../address.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { can } from '../auth/roles.ts';
import type { AppDeps } from '../deps.ts';
import { fileName } from '../digest/deliver/message.ts';
import { resend, resendAll } from '../digest/deliver/deliveries.ts';
import { queryDepsOf } from '../digest/deps.ts';
import { digestRow } from '../digest/digests.ts';
import { contentOf, issueDetail, issueJson, issueRow, listIssues, readPart } from '../digest/issues.ts';
import { issuesSeenBy, requireSeen } from '../digest/seen.ts';
import { makeIssue } from '../digest/make.ts';
import { periodOf } from '../digest/compose.ts';
import { archiveHtml } from '../digest/render/personal.ts';
import { Refused } from '../errors.ts';
import type { OneByOne } from '../one-by-one.ts';
import { pageSize } from '../page.ts';
import { rowId } from '../row-id.ts';
import { digestDocument } from './digest-document.ts';

/** What was told, as it was told, and what became of every message. @param oneByOne for what takes the processor for a second, as drawing does */
export function digestIssueRoutes({ store, now, digests }: Pick<AppDeps, 'store' | 'now' | 'digests'>, oneByOne: OneByOne): Router {
  const router = Router();
  const { making, wake } = digests;
  const id = (req: Request) => (req.params as { id: string }).id;
  const seenId = async (req: Request) => {
    await requireSeen(store.reader, id(req), signedIn(req));
    return id(req);
  };
  const who = (req: Request) => ({ user: signedIn(req), now: now() });

  router.get('/api/digest-issues', allow('read'), async (req, res) => {
    const [digest, state] = [wholeParameter(req, 'digest'), choiceParameter(req, 'state', ['made', 'held'])];
    const [from, to] = [dateParameter(req, 'from'), dateParameter(req, 'to')];
    const page = wholeParameter(req, 'page') ?? 1;
    const only = await issuesSeenBy(store.reader, signedIn(req));
    res.json(
      await listIssues(store.reader, {
        ...(digest !== null && { digest }), ...(state !== null && { state }), ...(from !== null && { from }), ...(to !== null && { to }), ...(only !== null && { only }), page, size: pageSize,
      }), // prettier-ignore
    );
  });
  router.get('/api/digest-issues/:id', allow('read'), async (req, res) => {
    const detail = await issueDetail(store.reader, await seenId(req));
    // To whom it went is seen by who manages digests.
    res.json(can(signedIn(req), 'manage_digests') ? detail : { ...detail, messages: [] });
  });
  router.get('/api/digest-issues/:id/html', allow('read'), async (req, res) => {
    const { bytes } = await readPart(store.reader, await seenId(req), 'digest.html');
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'digest_viewed', target: `issue ${id(req)}` });
    const path = `/api/digest-issues/${encodeURIComponent(id(req))}/parts/`;
    digestDocument(res).send(archiveHtml(bytes.toString('utf8'), (name) => path + encodeURIComponent(name)));
  });
  router.get('/api/digest-issues/:id/parts/:name', allow('read'), async (req, res) => {
    const { name } = req.params as { name: string };
    const { type, bytes, issue_id } = await readPart(store.reader, await seenId(req), name);
    // It never changes.
    res.set('cache-control', 'private, max-age=31536000, immutable').type(type);
    if (type !== 'image/png') {
      const { name: digest, grain, from_on } = await issueRow(store.reader, issue_id);
      res.attachment(`${fileName({ name: digest, period: { step: grain, from: from_on } })}.${name.replace(/^.*\./, '')}`);
      res.type(type);
    }
    res.send(Buffer.from(bytes));
  });
  router.get('/api/digest-issues/:id/difference', allow('read'), async (req, res) => {
    const then = await contentOf(store.reader, await seenId(req));
    const { name, organisation, period } = then;
    const ask = { name, organisation, period, where: whereOf(then), targets: making.targets };
    const differences = await oneByOne(() => readDifference(queryDepsOf(making), then, ask));
    res.json({ isSame: differences.length === 0, differences, asked_at: isoText(now()) } satisfies DigestDifference);
  });
  router.post('/api/digest-issues/:id/check', allow('manage_digests'), async (req, res) => {
    const row = await issueRow(store.reader, id(req));
    if (row.state !== 'held') throw new Refused(409, 'this digest was made meanwhile');
    const digest = await digestRow(store.reader, row.digest_id);
    const period = await periodOf(making, digest, row.due_at);
    if (period.step !== row.grain || period.from !== row.from_on)
      throw new Refused(
        409,
        `"${digest.name}" is made by another schedule by now, and nothing would tell of this period; make one for it instead`,
      );
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'digest_checked', target: `digest ${row.digest_id}` });
    await oneByOne(() => makeIssue(making, digest, row.due_at, signedIn(req).name));
    wake();
    res.json(issueJson(await issueRow(store.writer, row.issue_id)));
  });
  router.post('/api/digest-issues/:id/resend', allow('manage_digests'), async (req, res) => {
    const row = await issueRow(store.reader, id(req));
    const count = await resendAll(store, row.issue_id, who(req));
    wake();
    res.json({ count });
  });
  router.post('/api/digest-deliveries/:id/resend', allow('manage_digests'), async (req, res) => {
    const delivery = await resend(store, rowId(id(req)), who(req));
    wake();
    res.status(201).json(delivery);
  });
  return router;
}

function dateParameter(req: Request, name: string): string | null {
  const value = textParameter(req, name);
  if (value !== null && !isRealDate(value)) throw new BadInput([{ field: name, message: `"${value}" is not a date like 2026-11-01` }]);
  return value;
}
