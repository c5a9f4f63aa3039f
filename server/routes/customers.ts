import { Router } from 'express';
import { planErasure } from '../../etl/erase.ts';
import { exportCustomer } from '../../queries/customer-export.ts';
import type { Ask } from '../asking.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { customerPage } from '../customer-page.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { rowId } from '../row-id.ts';

/** Everything about the customer of a case, as a file for programs (JSON) or for people (HTML). */
export function customerRoutes({ store, organisation, now }: Pick<AppDeps, 'store' | 'organisation' | 'now'>, ask: Ask): Router {
  const router = Router();
  router.get('/api/cases/:id/customer.:format', allow('export_customer'), async (req, res) => {
    const { id, format } = req.params as { id: string; format: string };
    const plan = format === 'json' || format === 'html' ? await planErasure(store, { caseId: rowId(id) }) : null;
    if (!plan) throw new Refused(404, `there is no case "${id}" to save as ${format}; formats are json and html`);
    const found = await ask(req, res, (deps) => exportCustomer(deps, plan.caseIds));
    const { length } = found.cases;
    const target = `case ${id}: ${length} ${length === 1 ? 'case' : 'cases'}`;
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'customer_exported', target });
    res.attachment(`silverlining-customer-${id}.${format}`);
    if (format === 'html') res.send(customerPage(found, organisation.name));
    else res.type('json').send(`${JSON.stringify(found, null, 2)}\n`);
  });
  return router;
}
