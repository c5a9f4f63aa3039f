import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { zoneName } from '../../etl/config-zone.ts';
import type { Knex } from 'knex';
import { BadInput, type Problem } from '../../etl/errors.ts';
import { parseWhere, serialiseWhere } from '../../queries/model/query.ts';
import { digestSteps, type DigestBody } from '../../queries/model/digest.ts';
import { textParameter } from '../address.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { User } from '../auth/users.ts';
import type { AppDeps } from '../deps.ts';
import { compose, newIssueId, type Composed } from '../digest/compose.ts';
import { queryDepsOf, type DigestDeps } from '../digest/deps.ts';
import { addDigest, changeDigest, digestRow, pauseDigest, removeDigest, resumeDigest } from '../digest/digests.ts';
import { listDigests } from '../digest/list.ts';
import { heldRemark, makeTest, NotComputed } from '../digest/make.ts';
import { archiveHtml } from '../digest/render/personal.ts';
import { namesNotToTell } from '../digest/seen.ts';
import { readAudience, readDigestBody } from '../digest/read-digest.ts';
import type { OneByOne } from '../one-by-one.ts';
import { readJson } from '../read-queries.ts';
import { Refused } from '../errors.ts';
import { jsonBody } from '../json-body.ts';
import { rowId } from '../row-id.ts';
import { digestDocument } from './digest-document.ts';

const mailAddress = z.email();

/** What is told to whom and when. @param oneByOne for what takes the processor for a second, as drawing does */
export function digestRoutes({ store, now, digests }: Pick<AppDeps, 'store' | 'now' | 'digests'>, oneByOne: OneByOne): Router {
  const router = Router();
  const { making, mail, wake } = digests;
  const who = (req: Request) => ({ user: signedIn(req), now: now() });
  const id = (req: Request) => rowId((req.params as { id: string }).id);
  const read = async (req: Request) => {
    const body = await readDigestBody(queryDepsOf(making), req.body, await owners());
    await requireAllowed(store.reader, body);
    return body;
  };
  const owners = async () => (await store.reader<User>('user').whereNull('disabled_at').select('name')).map(({ name }) => name);

  router.get('/api/digests', allow('read'), async (req, res) => {
    res.json(await listDigests(making, mail, signedIn(req)));
  });
  router.post('/api/digests', allow('manage_digests'), jsonBody('256kb'), async (req, res) => {
    res.status(201).json(await addDigest(store, await read(req), who(req)));
  });
  router.get('/api/digests/preview', allow('manage_digests'), async (req, res) => {
    const body = await readPreview(making, readJson(textParameter(req, 'body') ?? '', 'body'));
    await oneByOne(() => answerPreview(making, { ...body, digest_id: null }, res));
  });
  router.get('/api/digests/:id/preview', allow('manage_digests'), async (req, res) => {
    const row = await digestRow(store.reader, id(req));
    await oneByOne(() => answerPreview(making, row, res));
  });
  router.put('/api/digests/:id', allow('manage_digests'), jsonBody('256kb'), async (req, res) => {
    const { version } = req.body as { version?: unknown };
    if (typeof version !== 'number') throw new BadInput([{ field: 'version', message: 'is missing; send the version that was read' }]);
    await changeDigest(store, id(req), { ...(await read(req)), version }, who(req));
    res.json({ digest_id: id(req) });
  });
  router.delete('/api/digests/:id', allow('manage_digests'), async (req, res) => {
    await removeDigest(store, id(req), who(req));
    res.json({ digest_id: id(req) });
  });
  router.post('/api/digests/:id/pause', allow('manage_digests'), jsonBody('16kb'), async (req, res) => {
    const { reason } = req.body as { reason?: unknown };
    await pauseDigest(store, id(req), typeof reason === 'string' && reason.trim() ? reason.trim().slice(0, 500) : null, who(req));
    res.json({ digest_id: id(req) });
  });
  router.post('/api/digests/:id/resume', allow('manage_digests'), async (req, res) => {
    await resumeDigest(store, id(req), who(req));
    res.json({ digest_id: id(req) });
  });
  router.post('/api/digests/:id/test', allow('manage_digests'), jsonBody('16kb'), async (req, res) => {
    const address = mailAddress.safeParse((req.body as { address?: unknown }).address);
    if (!address.success) throw new BadInput([{ field: 'address', message: 'is no mail address like anna@example.org' }]);
    const row = await digestRow(store.reader, id(req));
    const { issue_id } = await oneByOne(() => computed(() => makeTest(making, row, address.data.toLowerCase(), signedIn(req).name)));
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'digest_tested', target: `digest ${row.digest_id}` });
    wake();
    res.status(201).json({ issue_id });
  });
  return router;
}

/** @throws BadInput for a recipient who may not see all the cases it is about */
async function requireAllowed(db: Knex, { where, recipients }: DigestBody): Promise<void> {
  const problems: Problem[] = [];
  const about = () => Promise.resolve(parseWhere(where, []));
  for (const address of recipients)
    for (const name of await namesNotToTell(db, about, address))
      problems.push({ field: 'recipients', message: `${address} is ${name}, who may not see all the cases this is about` });
  if (problems.length) throw new BadInput(problems);
}

/** Reads what a preview is to be of. */
async function readPreview(deps: DigestDeps, body: unknown): Promise<Omit<Composed, 'digest_id'>> {
  const { name, where, every, zone } = (body ?? {}) as Record<string, unknown>;
  const step = digestSteps.find((each) => each === every);
  const problems = step ? [] : [{ field: 'every', message: `is one of ${digestSteps.join(', ')}` }];
  const place = zoneName.nullable().safeParse(zone || null);
  if (!place.success) problems.push({ field: 'zone', message: `"${String(zone)}" is no time zone like Europe/Vienna` });
  const read = await readAudience(queryDepsOf(deps), where, problems);
  if (problems.length || !step || !place.success) throw new BadInput(problems);
  const title = typeof name === 'string' && name.trim() ? name.trim().slice(0, 80) : 'Preview';
  return { name: title, filter: JSON.stringify(serialiseWhere(read)), every: step, zone: place.data };
}

/** What would be sent now, its pictures within it; nothing is kept. */
async function answerPreview(deps: DigestDeps, digest: Composed, res: Response): Promise<void> {
  const { parts, content, reasons } = await compose(deps, digest, { at: deps.now(), issueId: newIssueId(), remark: heldRemark });
  if (!content) throw new Refused(409, reasons.join(' '));
  const bytes = new Map(parts.map((part) => [part.name, part.bytes]));
  const html = bytes.get('digest.html')?.toString('utf8') ?? '';
  const inline = (name: string) => `data:image/png;base64,${bytes.get(name)?.toString('base64') ?? ''}`;
  digestDocument(res).send(archiveHtml(html, inline));
}

/** What cannot be computed is said, and is no bug. */
export async function computed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotComputed) throw new Refused(409, error.message);
    throw error;
  }
}
