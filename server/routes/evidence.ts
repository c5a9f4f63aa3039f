import { pipeline } from 'node:stream/promises';
import { Router, type Request } from 'express';
import { BadInput } from '../../etl/errors.ts';
import { EvidenceDamaged, openEvidenceFiles, tooLarge } from '../../etl/evidence-files.ts';
import { evidenceTypeOf, evidenceTypes, mostEvidenceBytes, type EvidenceTypeName } from '../../etl/evidence.ts';
import { addEvidence, readEvidenceNote, removeEvidence } from '../../etl/load-evidence.ts';
import { readEvidence } from '../../queries/evidence.ts';
import type { EvidenceAnswer } from '../../queries/model/evidence.ts';
import type { Ask } from '../asking.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { handleCase } from '../handling/handle.ts';
import { jsonBody } from '../json-body.ts';

/**
 * Files of cases that are handled here: `POST /api/cases/:id/evidence` takes one as its body, `GET …/evidence/:no` gives it to be saved, and
 * `POST …/evidence/:no/removal` removes it with a reason.
 */
export function evidenceRoutes(deps: Pick<AppDeps, 'store' | 'now' | 'organisation' | 'log'> & { folder: string }, ask: Ask): Router {
  const { store, now, log } = deps;
  const files = openEvidenceFiles(deps.folder);
  const router = Router();
  const line = (req: Request, action: 'evidence_added' | 'evidence_downloaded' | 'evidence_removed', id: number, no: number) => ({
    at: now(),
    userId: signedIn(req).userId,
    action,
    target: `case ${id}, evidence ${no}`,
  });

  router.post('/api/cases/:id/evidence', allow('handle_case'), async (req, res) => {
    const given = readGiven(req);
    let no = 0;
    const done = await handleCase(req, res, { ...deps, ask }, async (caseId, handler) => {
      const audited = (trx: Parameters<typeof audit>[0], added: number) => audit(trx, line(req, 'evidence_added', caseId, added));
      // Whoever is refused half-way is still to be answered on this connection.
      const pieces = req.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
      const added = await addEvidence(store, files, caseId, { ...given, pieces }, { ...handler, audit: audited });
      no = added?.evidenceNo ?? 0;
      return added?.version ?? null;
    });
    res.status(201).json({ ...done, no } satisfies EvidenceAnswer);
  });

  router.post('/api/cases/:id/evidence/:no/removal', allow('remove_evidence'), jsonBody('16kb'), async (req, res) => {
    const { version, reason: said } = req.body as Record<string, unknown>; // jsonBody lets only objects through
    const reason = readEvidenceNote(said, 'reason', 'say why it is removed');
    const evidenceNo = numberOf(req, 'no');
    const done = await handleCase(req, res, { ...deps, ask }, async (caseId, handler) => {
      const after = (trx: Parameters<typeof audit>[0]) => audit(trx, line(req, 'evidence_removed', caseId, evidenceNo));
      const asked = { caseId, evidenceNo, version: readVersion(version), reason };
      const removed = await removeEvidence(store, files, asked, { ...handler, after });
      if (!removed && (await ask(req, res, (asking) => readEvidence(asking, caseId, evidenceNo))) === null)
        throw noEvidence(caseId, evidenceNo);
      return removed?.version ?? null;
    });
    res.json({ ...done, no: evidenceNo } satisfies EvidenceAnswer);
  });

  router.get('/api/cases/:id/evidence/:no', allow('see_contact'), async (req, res) => {
    const [caseId, evidenceNo] = [numberOf(req, 'id'), numberOf(req, 'no')];
    const row = await ask(req, res, (asking) => readEvidence(asking, caseId, evidenceNo));
    if (!row) throw noEvidence(caseId, evidenceNo);
    if (row.removed_at !== null)
      throw new Refused(404, `evidence ${evidenceNo} of case ${caseId} was removed; the case says by whom and why`);
    const file = await files.open(row.hash).catch((error: unknown) => {
      if (!(error instanceof EvidenceDamaged)) throw error;
      log('evidence_damaged', { case_id: caseId, evidence_no: evidenceNo, hash: row.hash, error: error.message });
      throw new Refused(503, `${error.message}; it is not sent. Whoever runs Silverlining can put it back from a backup of that folder`);
    });
    try {
      await audit(store.writer, line(req, 'evidence_downloaded', caseId, evidenceNo));
      res.attachment(row.name);
      res.set({
        'content-type': row.type in evidenceTypes ? evidenceTypeOf(row.type as EvidenceTypeName).mime : 'application/octet-stream',
        'content-length': String(row.bytes),
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store, no-transform',
      });
      await pipeline(file.createReadStream({ start: 0, autoClose: false }), res);
    } finally {
      await file.close();
    }
  });
  return router;
}

/** What goes with a file: its name and what it shows, in UTF-8 written as in an address, since a header holds nothing else. */
function readGiven(req: Request): { version: number; name: string; note: string } {
  if (!req.is('application/octet-stream'))
    throw new BadInput([{ field: '', message: 'the body is not a file: expected its bytes with content-type application/octet-stream' }]);
  if (Number(req.get('content-length') ?? 0) > mostEvidenceBytes) throw tooLarge();
  const name = headerOf(req, 'x-file-name');
  if (!name) throw new BadInput([{ field: 'file', message: 'the header x-file-name is missing: what the file is called' }]);
  const note = readEvidenceNote(headerOf(req, 'x-file-note'), 'note', 'say what it shows');
  return { name, note, version: readVersion(Number(req.get('x-case-version') ?? NaN)) };
}

function headerOf(req: Request, name: string): string {
  try {
    return decodeURIComponent(req.get(name) ?? '');
  } catch {
    throw new BadInput([{ field: '', message: `the header ${name} cannot be read: expected UTF-8 written as in an address (%20)` }]);
  }
}

function readVersion(version: unknown): number {
  if (typeof version === 'number' && Number.isSafeInteger(version) && version >= 1) return version;
  throw new BadInput([{ field: 'version', message: 'must be the number of events the case had when it was read' }]);
}

function numberOf(req: Request, parameter: string): number {
  const given = (req.params as Record<string, string>)[parameter] ?? '';
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw new Refused(404, `there is no ${parameter === 'no' ? 'evidence' : 'case'} "${given}"`);
}

function noEvidence(caseId: number, evidenceNo: number): Refused {
  return new Refused(404, `there is no evidence ${evidenceNo} of a case ${caseId}`);
}
