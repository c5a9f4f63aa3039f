import { Router } from 'express';
import { parseEntry } from '../../etl/entry.ts';
import { BadInput } from '../../etl/errors.ts';
import { EntryTaken, loadEntry } from '../../etl/load-entry.ts';
import { handledFields } from '../../etl/load-handling.ts';
import type { Store } from '../../etl/store/open.ts';
import type { SourceStateRow } from '../../etl/store/tables.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';

/**
 * `PUT /api/entries/:key`: a case a person has entered, under the key their browser made. The same sent again is the same case;
 * something else under its key changes nothing and is answered with 409 and the number of the case.
 */
export function entryRoutes({ store, now, organisation }: Pick<AppDeps, 'store' | 'now' | 'organisation'>): Router {
  const router = Router();
  router.put('/api/entries/:key', allow('enter_case'), jsonBody('1mb'), async (req, res) => {
    const { key } = req.params as { key: string };
    const entry = parseEntry(req.body, { key, now: now() });
    if (!entry.ok) throw new BadInput(entry.problems);
    const zone = organisation.zone ?? (await zoneOfLatest(store));
    const { currency } = organisation;
    try {
      const { caseId, isNew } = await loadEntry(store, entry.record, entry.record.source_id, {
        zone,
        currency,
        now: now(),
        fields: handledFields,
        after: (trx, id) => audit(trx, { at: now(), userId: signedIn(req).userId, action: 'case_entered', target: `case ${id}` }),
      });
      res.status(isNew ? 201 : 200).json({ case_id: caseId });
    } catch (error) {
      if (!(error instanceof EntryTaken)) throw error;
      res.status(409).json({ case_id: error.caseId, problems: [{ field: '', message: taken(error.caseId) }] });
    }
  });
  return router;
}

function taken(caseId: number): string {
  return `this entry was saved already, as case ${caseId}, with other content; open case ${caseId} to see it, or save this as another case`;
}

/** Where no zone is configured, people at the form go by the clock of the source that reaches furthest. */
async function zoneOfLatest({ reader }: Store): Promise<string | null> {
  const filled = reader<SourceStateRow>('source_state').where({ is_live: 0 }).whereNotNull('through_at');
  return (await filled.orderBy('through_at', 'desc').first('zone'))?.zone ?? null;
}
