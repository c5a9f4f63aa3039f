import type { CaseFactRow, EvidenceRow } from '../etl/store/tables.ts';
import { evidenceTypes, type EvidenceTypeName } from '../etl/evidence.ts';
import { isoText } from '../etl/time.ts';
import { readCatalog } from './catalog.ts';
import type { EvidenceJson } from './model/evidence.ts';
import type { QueryDeps } from './prepare.ts';
import { everything, isSeen, rowCodes } from './sight.ts';

/** A piece of evidence as it travels. */
export function evidenceOf(row: EvidenceRow): EvidenceJson {
  const { evidence_no: no, name, type, bytes, note, added_by: by, added_at, removed_by, removed_at, removal_reason: reason } = row;
  const label = type in evidenceTypes ? evidenceTypes[type as EvidenceTypeName].label : type;
  const removed = removed_at === null ? null : { by: removed_by, at: isoText(removed_at), reason: reason ?? '' };
  return { no, name, type: label, bytes, note, by, at: isoText(added_at), removed };
}

/** A piece of evidence of a case that who asks may see, with the text of its case; null where there is none. */
export async function readEvidence(deps: QueryDeps, caseId: number, evidenceNo: number): Promise<EvidenceRow | null> {
  const { reader, sight = everything } = deps;
  if (!sight.text) return null;
  const fact = await reader<CaseFactRow>('case_fact').where({ case_id: caseId }).first();
  if (!fact || !isSeen(rowCodes(sight, await readCatalog(reader)), fact)) return null;
  const key = { case_id: caseId, shard_key: fact.shard_key, evidence_no: evidenceNo };
  return (await reader<EvidenceRow>('case_evidence').where(key).first()) ?? null;
}
