import { Router, type Request } from 'express';
import type { AccountJson, InvitedJson, PeopleJson } from '../../queries/model/people.ts';
import { changeUser } from '../auth/change-user.ts';
import { readSessionCookie } from '../auth/cookie.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { invitationSeconds, makeLink } from '../auth/links.ts';
import { setPassword } from '../auth/passwords.ts';
import { listPeople, ownAccount, readPersonChange, userNamed } from '../auth/people.ts';
import { endSessions } from '../auth/sessions.ts';
import { hashToken } from '../auth/tokens.ts';
import { addUser, setEmail } from '../auth/users.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';

/** One's own account, and for administrators everybody: inviting, roles, scopes, sessions. */
export function peopleRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>): Router {
  const router = Router();
  const ownHash = (req: Request) => hashToken(readSessionCookie(req) ?? '');
  const nameOf = (req: Request) => (req.params as { name: string }).name;
  const invite = async (req: Request, name: string): Promise<InvitedJson> => {
    const token = await makeLink(store, { name, now: now(), invitedBy: signedIn(req).userId });
    return { name, path: `/sign-in?token=${token}`, days: invitationSeconds / 86_400 };
  };

  router.get('/api/account', allow('use_account'), async (req, res) => {
    res.json((await ownAccount(store, signedIn(req), { now: now(), ownHash: ownHash(req) })) satisfies AccountJson);
  });
  router.put('/api/account/password', allow('use_account'), jsonBody('4kb'), async (req, res) => {
    const { current, password } = req.body as { current?: unknown; password?: unknown };
    await setPassword(store, signedIn(req), { current, password, now: now(), keep: ownHash(req) });
    res.status(204).end();
  });
  router.delete('/api/account/sessions', allow('use_account'), async (req, res) => {
    const { userId, name } = signedIn(req);
    const ended = await endSessions(store, { userId, name, sessionId: null, keep: ownHash(req), by: userId, now: now() });
    res.json({ ended });
  });
  router.delete('/api/account/sessions/:id', allow('use_account'), async (req, res) => {
    const { userId, name } = signedIn(req);
    const { id } = req.params as { id: string };
    res.json({ ended: await endSessions(store, { userId, name, sessionId: id, keep: null, by: userId, now: now() }) });
  });

  router.get('/api/people', allow('manage_people'), async (_req, res) => {
    res.json((await listPeople(store, now())) satisfies PeopleJson);
  });
  router.post('/api/people', allow('manage_people'), jsonBody('16kb'), async (req, res) => {
    const { name, email, role, agent, scope } = readPersonChange(req.body, { isNew: true });
    const by = signedIn(req).userId;
    await addUser(store, { name, role: role ?? '', now: now(), by });
    try {
      await changeUser(store, name, { ...(agent !== undefined && { agent }), ...(scope !== undefined && { scope }) }, { by, now: now() });
      if (email) await setEmail(store, { name, email, now: now(), by });
    } catch (error) {
      // Nobody has signed in as them yet; the invitation is tried anew.
      await store.writer('user').where({ name }).delete();
      throw error;
    }
    res
      .status(201)
      .set('cache-control', 'no-store')
      .json(await invite(req, name));
  });
  router.patch('/api/people/:name', allow('manage_people'), jsonBody('16kb'), async (req, res) => {
    const name = nameOf(req);
    const { email, ...change } = readPersonChange({ ...(req.body as object), name }, { isNew: false });
    const by = signedIn(req).userId;
    await changeUser(store, name, change, { by, now: now() });
    if (email !== undefined) await setEmail(store, { name, email, now: now(), by });
    res.json({ name });
  });
  router.post('/api/people/:name/invitation', allow('manage_people'), async (req, res) => {
    res
      .status(201)
      .set('cache-control', 'no-store')
      .json(await invite(req, nameOf(req)));
  });
  router.delete('/api/people/:name/sessions', allow('manage_people'), async (req, res) => {
    const { user_id, name } = await userNamed(store.reader, nameOf(req));
    const by = signedIn(req).userId;
    res.json({
      ended: await endSessions(store, {
        userId: user_id,
        name,
        sessionId: null,
        keep: user_id === by ? ownHash(req) : null,
        by,
        now: now(),
      }),
    });
  });
  return router;
}
