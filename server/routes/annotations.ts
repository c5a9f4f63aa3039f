import { Router, type Request } from 'express';
import { listAnnotations } from '../../queries/annotations.ts';
import type { AnnotationsJson } from '../../queries/model/lists.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';
import { rowId } from '../row-id.ts';
import { changeNote, deleteNote, readNote, readWindow, writeNote } from '../notes.ts';

/** What stands beside the time axis of trends, and the notes people write there. */
export function annotationRoutes({ store, organisation, now }: Pick<AppDeps, 'store' | 'organisation' | 'now'>): Router {
  const router = Router();
  const who = (req: Request) => ({ user: signedIn(req), now: now() });
  const idOf = (req: Request) => rowId((req.params as { id: string }).id);

  router.get('/api/annotations', allow('read'), async (req, res) => {
    const annotations = await listAnnotations({ reader: store.reader, organisation, now }, readWindow(req.query.from, req.query.to));
    res.json({ annotations } satisfies AnnotationsJson);
  });
  router.post('/api/notes', allow('write_notes'), jsonBody('16kb'), async (req, res) => {
    res.status(201).json(await writeNote(store, await readNote(store.reader, req.body), who(req)));
  });
  router.put('/api/notes/:id', allow('write_notes'), jsonBody('16kb'), async (req, res) => {
    await changeNote(store, idOf(req), await readNote(store.reader, req.body), who(req));
    res.json({ note_id: idOf(req) });
  });
  router.delete('/api/notes/:id', allow('write_notes'), async (req, res) => {
    await deleteNote(store, idOf(req), who(req));
    res.json({ note_id: idOf(req) });
  });
  return router;
}
