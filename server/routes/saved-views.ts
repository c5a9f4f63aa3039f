import { Router, type Request } from 'express';
import type { SavedView } from '../../queries/model/lists.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';
import { rowId } from '../row-id.ts';
import { changeView, deleteView, listSavedViews, readSavedView, saveView } from '../saved-views.ts';

/** Views under a name: listed, saved, changed and deleted by whose they are. */
export function savedViewRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>): Router {
  const router = Router();
  const who = (req: Request) => ({ user: signedIn(req), now: now() });
  const idOf = (req: Request) => rowId((req.params as { id: string }).id);

  router.get('/api/saved-views', allow('read'), async (req, res) => {
    res.json({ views: await listSavedViews(store.reader, signedIn(req)) } satisfies { views: SavedView[] });
  });
  router.post('/api/saved-views', allow('save_views'), jsonBody('16kb'), async (req, res) => {
    res.status(201).json(await saveView(store, readSavedView(req.body, true), who(req)));
  });
  router.patch('/api/saved-views/:id', allow('save_views'), jsonBody('16kb'), async (req, res) => {
    await changeView(store, idOf(req), readSavedView(req.body, false), who(req));
    res.json({ view_id: idOf(req) });
  });
  router.delete('/api/saved-views/:id', allow('save_views'), async (req, res) => {
    await deleteView(store, idOf(req), who(req));
    res.json({ view_id: idOf(req) });
  });
  return router;
}
