import type { Knex } from 'knex';
import { BadInput } from './errors.ts';
import type { EvidenceFiles } from './evidence-files.ts';
import { readEvidenceType } from './evidence-type.ts';
import { longestEvidenceNote, mostEvidence, safeFileName } from './evidence.ts';
import { checkVersion, loadEvents, readHandled, type HandlingOptions } from './load-handling.ts';
import { isOneOf } from './store/insert.ts';
import type { Store } from './store/open.ts';
import type { CaseFactRow, ErasedCaseRow, EvidenceRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

/** A file somebody adds to a case that was entered here. */
export interface NewEvidence {
  /** How many events the case had when it was read. */
  version: number;
  /** As its sender calls it. */
  name: string;
  /** What it shows. */
  note: string;
  pieces: AsyncIterable<Uint8Array>;
}

interface Done {
  /** How many events the case has now. */
  version: number;
  /** From 1, within its case. */
  evidenceNo: number;
}

/**
 * Adds a file to a case: its bytes to the folder of evidence, its row and its event to the store, all or nothing.
 * @returns null where there is no such case, or it is none of theirs; nothing is read of the file then
 * @throws BadInput, OwnedElsewhere, CaseChanged
 */
export async function addEvidence(
  store: Store,
  files: EvidenceFiles,
  caseId: number,
  { version, name: given, note, pieces }: NewEvidence,
  options: Omit<HandlingOptions, 'after'> & { by: string; audit: (trx: Knex.Transaction, evidenceNo: number) => Promise<void> },
): Promise<Done | null> {
  const known = await readHandled(store, caseId, options.isSeen);
  if (!known) return null;
  await checkRoom(store.writer, known.fact);
  const received = await files.receive(pieces);
  const { hash, bytes } = received;
  let isKept = false;
  try {
    const type = await readEvidenceType(received.path, given);
    const name = safeFileName(given, type);
    let evidenceNo = 0;
    const { by, now } = options;
    const { shard_key } = known.fact;
    const count = await loadEvents(
      store,
      caseId,
      {
        ...options,
        async after(trx) {
          evidenceNo = (await checkRoom(trx, known.fact)) + 1;
          const row = { case_id: caseId, shard_key, evidence_no: evidenceNo, hash, name, type, bytes, note, added_by: by, added_at: now };
          await trx<EvidenceRow>('case_evidence').insert(row);
          await options.audit(trx, evidenceNo);
          // Last, and before anybody can see the row: a row is never without its bytes.
          isKept = true;
          await files.keep(received);
        },
      },
      (held) => {
        checkVersion(held, version);
        return Promise.resolve([{ kind: 'evidence added', at: now, actor: by, to: name, note }]);
      },
    );
    return count === null ? null : { version: count, evidenceNo };
  } catch (error) {
    if (isKept) await forgetBytes(store, files, [hash]);
    throw error;
  } finally {
    await files.drop(received);
  }
}

/**
 * Removes a file from a case. Its row and both events stay, its bytes only while another row has them.
 * @returns null where there is no such case or file, or it is none of theirs
 * @throws BadInput where it was removed before, OwnedElsewhere, CaseChanged
 */
export async function removeEvidence(
  store: Store,
  files: EvidenceFiles,
  { caseId, evidenceNo, version, reason }: { caseId: number; evidenceNo: number; version: number; reason: string },
  options: HandlingOptions & { by: string },
): Promise<Done | null> {
  const known = await readHandled(store, caseId, options.isSeen);
  if (!known) return null;
  const key = { case_id: caseId, shard_key: known.fact.shard_key, evidence_no: evidenceNo };
  const row = await store.writer<EvidenceRow>('case_evidence').where(key).first();
  if (!row) return null;
  const { by, now } = options;
  const count = await loadEvents(
    store,
    caseId,
    {
      ...options,
      async after(trx) {
        const removed = { removed_by: by, removed_at: now, removal_reason: reason };
        const found = await trx<EvidenceRow>('case_evidence').where(key).whereNull('removed_at').update(removed);
        if (found === 0) throw new BadInput([{ field: '', message: `evidence ${evidenceNo} of case ${caseId} was removed before` }]);
        await options.after?.(trx);
      },
    },
    (held) => {
      checkVersion(held, version);
      return Promise.resolve([{ kind: 'evidence removed', at: now, actor: by, from: row.name, note: reason }]);
    },
  );
  if (count === null) return null;
  await forgetBytes(store, files, [row.hash]);
  return { version: count, evidenceNo };
}

/**
 * Takes away what was left by a process that died: parts of uploads, and bytes of files that were removed, as by an erasure. Rows of removed files go
 * with the case they belong to.
 */
export async function sweepEvidence(store: Store, files: EvidenceFiles, now: number): Promise<void> {
  await files.sweep(now);
  const removed = await store.writer<EvidenceRow>('case_evidence').whereNotNull('removed_at').distinct().pluck<string[]>('hash');
  if (removed.length === 0) return;
  await forgetBytes(store, files, removed);
  await transact(store, (trx) =>
    trx('case_evidence')
      .whereNotNull('removed_at')
      .whereNotExists(function () {
        void this.select('f.case_id').from('case_fact as f').whereRaw('f.shard_key = case_evidence.shard_key and f.case_id = case_evidence.case_id'); // prettier-ignore
      })
      .delete(),
  );
}

/** Where nobody can add a row meanwhile: bytes no row has any more are taken away. */
async function forgetBytes(store: Store, files: EvidenceFiles, hashes: readonly string[]): Promise<void> {
  await transact(store, async (trx) => {
    const used = await trx<EvidenceRow>('case_evidence').whereNull('removed_at').where(isOneOf(trx, 'hash', hashes)).pluck<string[]>('hash'); // prettier-ignore
    const isUsed = new Set(used);
    for (const hash of hashes) if (!isUsed.has(hash)) await files.remove(hash);
  });
}

/** @returns how many files the case has had; @throws BadInput where it can have no more, or was erased */
async function checkRoom(knex: Knex, { case_id, shard_key, source, source_id }: CaseFactRow): Promise<number> {
  if (await knex<ErasedCaseRow>('erased_case').where({ source, source_id }).first('source'))
    throw new BadInput([{ field: 'file', message: 'the case was erased, and no file can be added to it' }]);
  const rows = await knex<EvidenceRow>('case_evidence').where({ case_id, shard_key }).select('removed_at');
  if (rows.filter(({ removed_at }) => removed_at === null).length < mostEvidence) return rows.length;
  throw new BadInput([{ field: 'file', message: `the case has ${mostEvidence} files, and no more fit; remove one first` }]);
}

/**
 * Reads words that go with a file or its removal.
 * @throws BadInput where they are missing or too long
 */
export function readEvidenceNote(given: unknown, field: string, missing: string): string {
  const text = typeof given === 'string' ? given.trim() : '';
  const problem = !text
    ? missing
    : text.length > longestEvidenceNote
      ? `has ${text.length} characters; at most ${longestEvidenceNote} fit`
      : text.includes('\0')
        ? 'holds a character that cannot be seen'
        : null;
  if (problem !== null) throw new BadInput([{ field, message: problem }]);
  return text;
}
