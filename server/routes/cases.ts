import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { BadInput } from '../../etl/errors.ts';
import { exportCases, listCases } from '../../queries/cases.ts';
import { readCase } from '../../queries/case-detail.ts';
import { viewOf } from '../case-view.ts';
import { parseDrill } from '../../queries/drill.ts';
import type { Ask } from '../asking.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { caseCsv } from '../case-csv.ts';
import type { AppDeps } from '../deps.ts';
import { asFile, byteOrderMark, exportTarget, nameParameter } from '../download.ts';
import { Refused } from '../errors.ts';
import { jsonBody } from '../json-body.ts';
import { readJson } from '../read-queries.ts';

/** The cases behind a figure, as pages and as one CSV file, and everything about one case. */
export function caseRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>, ask: Ask): Router {
  const router = Router();
  router.post('/api/cases', allow('read'), jsonBody('256kb'), async (req, res) => {
    res.json(await ask(req, res, (deps) => listCases(deps, req.body)));
  });
  router.get('/api/cases.csv', allow('read'), async (req, res) => {
    const { q } = req.query;
    if (typeof q !== 'string') throw new BadInput([{ field: 'q', message: 'is missing: the figure as JSON, as for POST /api/cases' }]);
    const name = nameParameter(req) ?? 'cases';
    const raw = readJson(q, 'q');
    const blocks = await ask(req, res, (deps) => exportCases(deps, raw));
    const { measure, query } = parseDrill(raw);
    const target = exportTarget([{ ...query, measures: [measure] }]);
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'cases_exported', target });
    asFile(res, name, 'csv');
    await pipeline(Readable.from(withMark(caseCsv(blocks))), res);
  });
  router.get('/api/cases/:id', allow('read'), async (req, res) => {
    const { id } = req.params as { id: string };
    const found = /^[1-9]\d{0,14}$/.test(id) ? await ask(req, res, (deps) => readCase(deps, Number(id))) : null;
    if (!found) throw new Refused(404, `there is no case "${id}"`);
    const action = viewOf(found);
    if (action) await audit(store.writer, { at: now(), userId: signedIn(req).userId, action, target: `case ${found.case_id}` });
    res.json(found);
  });
  return router;
}

async function* withMark(text: AsyncIterable<string>): AsyncGenerator<string> {
  yield byteOrderMark;
  yield* text;
}
