import { Router, type Request } from 'express';
import { BadInput, type Problem } from '../../etl/errors.ts';
import { listAnnotations } from '../../queries/annotations.ts';
import type { AnnotationsJson, SeenNote } from '../../queries/model/lists.ts';
import type { Ask } from '../asking.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';
import { rowId } from '../row-id.ts';
import { changeNote, deleteNote, readNote, readWindow, writeNote } from '../notes.ts';
import { readVersion } from '../version.ts';

/** What stands beside the time axis of trends, and the notes people write there. */
export function annotationRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>, ask: Ask): Router {
  const router = Router();
  const who = (req: Request) => ({ user: signedIn(req), now: now() });

  router.get('/api/annotations', allow('read'), async (req, res) => {
    const window = readWindow(req.query.from, req.query.to);
    const annotations = await ask(req, res, (deps) => listAnnotations(deps, window));
    res.json({ annotations } satisfies AnnotationsJson);
  });
  router.post('/api/notes', allow('write_notes'), jsonBody('16kb'), async (req, res) => {
    res.status(201).json(await writeNote(store, await readNote(store.reader, req.body), who(req)));
  });
  router.put('/api/notes/:id', allow('write_notes'), jsonBody('16kb'), async (req, res) => {
    const seen = seenNote(req, (req.body as { version?: unknown }).version);
    res.json(await changeNote(store, seen, await readNote(store.reader, req.body), who(req)));
  });
  router.delete('/api/notes/:id', allow('write_notes'), async (req, res) => {
    const seen = seenNote(req, req.query.version);
    await deleteNote(store, seen, who(req));
    res.json({ note_id: seen.note_id });
  });
  return router;
}

function seenNote(req: Request, version: unknown): SeenNote {
  const problems: Problem[] = [];
  const seen = { note_id: rowId((req.params as { id: string }).id), version: readVersion(version, 1, problems) };
  if (problems.length) throw new BadInput(problems);
  return seen;
}
