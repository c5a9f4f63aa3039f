import { Router, type Request } from 'express';
import { BadInput } from '../../etl/errors.ts';
import { applyLabelChange, previewLabelChange, undoLabelChange, type LabelChange } from '../../etl/label-change.ts';
import { rederiveCases } from '../../etl/rederive.ts';
import type { LabelChanged, LabelChangePreview } from '../../queries/model/lists.ts';
import { textParameter, wholeParameter } from '../address.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';
import { rowId } from '../row-id.ts';
import { listLabelChanges, listUnmapped } from '../label-changes.ts';

/** Under which label a source's own values are shown: what waits for a decision, what a change would do, doing and undoing it. */
export function labelChangeRoutes({ store, now, log, organisation }: Pick<AppDeps, 'store' | 'now' | 'log' | 'organisation'>): Router {
  const router = Router();
  const done = async (req: Request, action: 'label_changed' | 'label_change_undone', target: string) => {
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action, target });
    // Policies choose by labels.
    await rederiveCases(store, { zone: organisation.zone, log });
  };

  router.get('/api/unmapped', allow('manage_sources'), async (req, res) => {
    res.json(await listUnmapped(store.reader, { source: textParameter(req, 'source'), page: wholeParameter(req, 'page') ?? 1 }));
  });
  router.get('/api/label-changes', allow('manage_sources'), async (req, res) => {
    res.json(await listLabelChanges(store.reader, { page: wholeParameter(req, 'page') ?? 1 }));
  });
  router.post('/api/label-changes/preview', allow('manage_sources'), jsonBody('16kb'), async (req, res) => {
    const { cases, surveys, from, to, isNew } = await previewLabelChange(store.reader, readChange(req.body));
    res.json({ cases, surveys, from, to, is_new: isNew ? 1 : 0 } satisfies LabelChangePreview);
  });
  router.post('/api/label-changes', allow('manage_sources'), jsonBody('16kb'), async (req, res) => {
    const change = readChange(req.body);
    const { changeId, cases } = await applyLabelChange(store, change, { name: signedIn(req).name, now: now() });
    await done(req, 'label_changed', `${changeId}: ${change.dimension} of ${change.source}`);
    res.status(201).json({ change_id: changeId, cases } satisfies LabelChanged);
  });
  router.post('/api/label-changes/:id/undo', allow('manage_sources'), async (req, res) => {
    const id = rowId((req.params as { id: string }).id);
    const undone = await undoLabelChange(store, id, { name: signedIn(req).name, now: now() });
    await done(req, 'label_change_undone', String(id));
    res.json(undone);
  });
  return router;
}

const fields = ['source', 'dimension', 'raw', 'to'] as const;

/** @throws BadInput naming every field that is no text */
function readChange(body: unknown): LabelChange {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const wrong = fields.filter((field) => typeof given[field] !== 'string');
  if (wrong.length) throw new BadInput(wrong.map((field) => ({ field, message: 'is missing or no text' })));
  return given as unknown as LabelChange;
}
