import { Router } from 'express';
import { entryFields, parseEntry } from '../../etl/entry.ts';
import { BadInput } from '../../etl/errors.ts';
import { loadEntry } from '../../etl/load-entry.ts';
import type { Store } from '../../etl/store/open.ts';
import type { SourceStateRow } from '../../etl/store/tables.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';

const fields = entryFields.map((field) => field.name);

/** `PUT /api/entries/:key`: a case a person has entered, under the key their browser made; sent again it is the same case. */
export function entryRoutes({ store, now, organisation }: Pick<AppDeps, 'store' | 'now' | 'organisation'>): Router {
  const router = Router();
  router.put('/api/entries/:key', allow('enter_case'), jsonBody('1mb'), async (req, res) => {
    const { key } = req.params as { key: string };
    const entry = parseEntry(req.body, { key, now: now() });
    if (!entry.ok) throw new BadInput(entry.problems);
    const zone = organisation.zone ?? (await zoneOfLatest(store));
    const { currency } = organisation;
    const { caseId, isNew } = await loadEntry(store, entry.record, entry.record.source_id, { zone, currency, now: now(), fields });
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'case_entered', target: `case ${caseId}` });
    res.status(isNew ? 201 : 200).json({ case_id: caseId });
  });
  return router;
}

/** Where no zone is configured, people at the form go by the clock of the source that reaches furthest. */
async function zoneOfLatest({ reader }: Store): Promise<string | null> {
  const filled = reader<SourceStateRow>('source_state').where({ is_live: 0 }).whereNotNull('through_at');
  return (await filled.orderBy('through_at', 'desc').first('zone'))?.zone ?? null;
}
