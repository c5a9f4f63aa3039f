import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Column } from '../../queries/model/wire.ts';
import type { AuditLineJson, AuditPageJson } from '../../queries/model/audit-trail.ts';
import { audit } from '../auth/audit.ts';
import { readAuditBlocks, readAuditFilter, readAuditPage, readBefore } from '../auth/audit-trail.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { asFile, byteOrderMark } from '../download.ts';
import { csvRows, toCsv } from '../formats.ts';

const columns = (['at', 'who', 'action', 'what', 'target'] as const).map((name): Column => ({
  name,
  label: name,
  unit: null,
  type: 'label',
  role: 'key',
  measure: null,
}));

/** The audit trail, searched and as a file. */
export function auditRoutes({ store, organisation, now }: Pick<AppDeps, 'store' | 'organisation' | 'now'>): Router {
  const router = Router();
  const zone = organisation.zone ?? 'UTC';
  router.get('/api/people/audit', allow('manage_people'), async (req, res) => {
    res.json((await readAuditPage(store.reader, readAuditFilter(req, zone), readBefore(req))) satisfies AuditPageJson);
  });
  router.get('/api/people/audit.csv', allow('manage_people'), async (req, res) => {
    const filter = readAuditFilter(req, zone);
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'audit_exported', target: 'the audit trail' });
    asFile(res, 'audit', 'csv');
    await pipeline(Readable.from(auditCsv(readAuditBlocks(store.reader, filter))), res);
  });
  return router;
}

async function* auditCsv(blocks: AsyncIterable<AuditLineJson[]>): AsyncGenerator<string> {
  yield byteOrderMark + toCsv({ columns, rows: [] });
  for await (const block of blocks)
    yield csvRows(
      columns,
      block.map(({ at, who, action, what, target }) => ({ at, who, action, what, target })),
    );
}
