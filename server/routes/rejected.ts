import { Router, type Request } from 'express';
import { checkRow } from '../../etl/check-row.ts';
import { BadInput, type Problem } from '../../etl/errors.ts';
import { changeProblems, mapOf, mostReplayed, replayRejected, whyNotOfRow, whyNotOfSource } from '../../etl/replay.ts';
import { rejectedValues } from '../../etl/reject-reason.ts';
import { isOneOf } from '../../etl/store/insert.ts';
import type { RejectedRecordRow, SourceStateRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
import type { Dismissed, RejectedCheck, ReplayStarted } from '../../queries/model/lists.ts';
import { choiceParameter, textParameter, wholeParameter } from '../address.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { withoutValues } from '../errors.ts';
import { jsonBody } from '../json-body.ts';
import { listRejected } from '../problem-lists.ts';
import { readChanges, readDismiss, readReplay } from '../read-rejects.ts';
import { listRejectReasons } from '../reject-reasons.ts';
import { dismissRows, findChosen, readReject, rejectedDetail, whyNotOf, type ChosenRow } from '../rejected.ts';

/** Rejected rows: by reason, one by one as they came, what they would become, read again, dismissed. */
export function rejectedRoutes({ store, now, log, sources }: Pick<AppDeps, 'store' | 'now' | 'log' | 'sources'>): Router {
  const router = Router();
  const note = (req: Request, action: 'rejected_viewed' | 'rows_replayed', target: string) =>
    audit(store.writer, { at: now(), userId: signedIn(req).userId, action, target });

  router.get('/api/rejected/reasons', allow('see_sources'), async (req, res) => {
    res.json(await listRejectReasons(store.reader, textParameter(req, 'source')));
  });

  router.get('/api/rejected', allow('see_raw_rows'), async (req, res) => {
    const source = textParameter(req, 'source');
    const found = await listRejected(store.reader, {
      source,
      run: wholeParameter(req, 'run'),
      field: textParameter(req, 'field'),
      reasonKind: textParameter(req, 'reason_kind'),
      state: choiceParameter(req, 'state', ['waiting', 'settled']),
      page: wholeParameter(req, 'page') ?? 1,
    });
    if (found.rows.length) await note(req, 'rejected_viewed', `${found.rows.length} rows of ${source ?? 'all sources'}`);
    res.json(found);
  });

  router.get('/api/rejected/:id', allow('see_raw_rows'), async (req, res) => {
    const id = rejectId(req);
    const detail = await rejectedDetail({ ...sources, store }, id);
    await note(req, 'rejected_viewed', `row ${id} of ${detail.source}`);
    res.json(detail);
  });

  router.post('/api/rejected/:id/check', allow('mend_rows'), jsonBody('1mb'), async (req, res) => {
    const { row, source } = await readReject(store.reader, rejectId(req));
    const whyNot = whyNotOf(sources, { row, source });
    const found = rejectedValues(row.raw, row.is_cut === 1);
    if (whyNot !== null || !source || 'none' in found) throw new BadInput([{ field: '', message: whyNot ?? 'the row has no columns' }]);
    const changed = readChanges(req.body);
    const problems = changeProblems(found.values, changed, JSON.parse(source.columns) as string[]);
    if (problems.length) throw new BadInput(problems);
    const values = { ...found.values, ...changed };
    const given = { source, map: mapOf(sources, source), row: { line: row.line ?? 0, values }, raw: row.raw ?? '' };
    res.json((await checkRow(store, given)) satisfies RejectedCheck);
  });

  router.post('/api/rejected/replay', allow('mend_rows'), jsonBody('4mb'), async (req, res) => {
    const { chosen, changes } = readReplay(req.body);
    const { source, rows } = await findChosen(store.reader, chosen, mostReplayed);
    const whyNot = whyNotOfSource(sources, source);
    if (whyNot !== null) throw new BadInput([{ field: 'source', message: whyNot }]);
    const { able, problems } = sortRows(rows);
    problems.push(...(await wrongChanges(source, changes)));
    // Of all that are alike those that can be are replayed; of those named by number each must be.
    if (able.length === 0 || ('ids' in chosen && problems.length)) throw new BadInput(problems.slice(0, 50));
    const rejectIds = able.map((row) => row.reject_id);
    const runId = await new Promise<number>((resolve, reject) => {
      replayRejected(sources, { source, rejectIds, changes, startedBy: signedIn(req).name }, resolve).catch((error: unknown) => {
        // Before it is under way the one who asked is told; afterwards the list of runs tells.
        log('replay_failed', { source: source.name, error: withoutValues(error) });
        reject(error instanceof Error ? error : new Error('the replay failed', { cause: error }));
      });
    });
    await note(req, 'rows_replayed', replayTarget(source.name, runId, rejectIds, changes));
    res.status(202).json({ run_id: runId, rows: rejectIds.length } satisfies ReplayStarted);
  });

  async function wrongChanges(source: SourceStateRow, changes: ReadonlyMap<number, Record<string, string>>): Promise<Problem[]> {
    const known = JSON.parse(source.columns) as string[];
    const changed = await store
      .reader<RejectedRecordRow>('rejected_record')
      .where(isOneOf(store.reader, 'reject_id', [...changes.keys()]))
      .select('reject_id', 'raw', 'is_cut');
    return changed.flatMap((row) => {
      const found = rejectedValues(row.raw, row.is_cut === 1);
      return 'none' in found ? [] : changeProblems(found.values, changes.get(row.reject_id) ?? {}, known);
    });
  }

  router.post('/api/rejected/dismiss', allow('mend_rows'), jsonBody('1mb'), async (req, res) => {
    const { source, rows } = await findChosen(store.reader, readDismiss(req.body));
    const user = signedIn(req);
    const dismissed = await transact(store, async (trx) => {
      const count = await dismissRows(trx, rows, { by: user.name, now: now() });
      await audit(trx, { at: now(), userId: user.userId, action: 'rows_dismissed', target: `${count} rows of ${source.name}` });
      return count;
    });
    res.json({ dismissed } satisfies Dismissed);
  });
  return router;
}

function sortRows(rows: readonly ChosenRow[]): { able: ChosenRow[]; problems: Problem[] } {
  const judged = rows.map((row) => ({ row, why: whyNotOfRow({ ...row, hasColumns: row.has_columns === 1 }) }));
  return {
    able: judged.flatMap(({ row, why }) => (why === null ? row : [])),
    problems: judged.flatMap(({ row, why }) => (why === null ? [] : { field: `row ${row.reject_id}`, message: why })),
  };
}

function rejectId(req: Request): number {
  const { id } = req.params as { id: string };
  if (!/^[1-9]\d{0,8}$/.test(id)) throw new BadInput([{ field: 'id', message: `"${id}" is not the number of a rejected row` }]);
  return Number(id);
}

/** Which columns were changed stays on record, never what was in them. */
function replayTarget(source: string, runId: number, ids: number[], changes: ReadonlyMap<number, Record<string, string>>): string {
  const columns = [...new Set([...changes.values()].flatMap((values) => Object.keys(values)))].sort();
  const changed = columns.length ? `; changed: ${columns.join(', ')}` : '';
  return `${ids.length} rows of ${source} in run ${runId}${changed}`.slice(0, 500);
}
