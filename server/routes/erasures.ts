import { Router, type Request } from 'express';
import { eraseCustomer } from '../../etl/erase.ts';
import { BadInput } from '../../etl/errors.ts';
import { evidenceFolder, openEvidenceFiles } from '../../etl/evidence-files.ts';
import type { ErasureJson, ErasurePlanJson } from '../../queries/model/erasure.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { describeErasure, erasureJson, erasureTarget, readErasure, receiptText } from '../erasures.ts';
import { Refused } from '../errors.ts';
import { jsonBody } from '../json-body.ts';
import { rowId } from '../row-id.ts';

/** Erasing the customer of a case: what it would change, doing it, and its receipt. */
export function erasureRoutes({
  store,
  organisation,
  now,
  configFile,
}: Pick<AppDeps, 'store' | 'organisation' | 'now' | 'configFile'>): Router {
  const router = Router();
  const evidence = openEvidenceFiles(evidenceFolder(configFile.dataDir));
  const idOf = (req: Request, what: string) => {
    const { id } = req.params as { id: string };
    return { id, number: rowId(id), none: new Refused(404, `there is no ${what} "${id}"`) };
  };
  router.get('/api/cases/:id/erasure', allow('erase_customer'), async (req, res) => {
    const { number, none } = idOf(req, 'case');
    const plan = await describeErasure(store, { caseId: number });
    if (!plan) throw none;
    res.json(plan satisfies ErasurePlanJson);
  });
  router.post('/api/cases/:id/erasure', allow('erase_customer'), jsonBody('4kb'), async (req, res) => {
    const { id, number, none } = idOf(req, 'case');
    const { confirm } = req.body as { confirm?: unknown };
    if (confirm !== id)
      throw new BadInput([{ field: 'confirm', message: `must be the number of the case, ${id}: what is erased cannot be brought back` }]);
    const { name, userId } = signedIn(req);
    const at = now();
    const receipt = await eraseCustomer(
      store,
      { caseId: number },
      {
        by: name,
        now: at,
        evidence,
        after: (trx, made) => audit(trx, { at, userId, action: 'customer_erased', target: erasureTarget(made) }),
      },
    );
    if (!receipt) throw none;
    res.status(201).json(erasureJson(receipt) satisfies ErasureJson);
  });
  router.get('/api/erasures/:id', allow('erase_customer'), async (req, res) => {
    const { id, number, none } = idOf(req, 'receipt');
    const receipt = await readErasure(store.reader, number);
    if (!receipt) throw none;
    res.attachment(`silverlining-erasure-${id}.txt`).type('text/plain; charset=utf-8').send(receiptText(receipt, organisation.name));
  });
  return router;
}
