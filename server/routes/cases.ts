import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { BadInput } from '../../etl/errors.ts';
import { exportCases, listCases } from '../../queries/cases.ts';
import { readCase } from '../../queries/case-detail.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { caseCsv } from '../case-csv.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { formats } from '../formats.ts';
import { jsonBody } from '../json-body.ts';
import { readJson } from '../read-queries.ts';

/** The cases behind a figure, as pages and as one CSV file, and everything about one case. */
export function caseRoutes({ store, organisation, now }: Pick<AppDeps, 'store' | 'organisation' | 'now'>): Router {
  const router = Router();
  const deps = { reader: store.reader, organisation, now };
  router.post('/api/cases', allow('read'), jsonBody('256kb'), async (req, res) => {
    res.json(await listCases(deps, req.body));
  });
  router.get('/api/cases.csv', allow('read'), async (req, res) => {
    const { q } = req.query;
    if (typeof q !== 'string') throw new BadInput([{ field: 'q', message: 'is missing: the figure as JSON, as for POST /api/cases' }]);
    const blocks = await exportCases(deps, readJson(q, 'q'));
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'cases_exported', target: 'csv' });
    res.attachment('silverlining-cases.csv').set('content-type', formats.csv);
    await pipeline(Readable.from(caseCsv(blocks)), res);
  });
  router.get('/api/cases/:id', allow('read'), async (req, res) => {
    const { id } = req.params as { id: string };
    const found = /^[1-9]\d{0,14}$/.test(id) ? await readCase(deps, Number(id)) : null;
    if (!found) throw new Refused(404, `there is no case "${id}"`);
    res.json(found);
  });
  return router;
}
