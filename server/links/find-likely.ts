import { customerKey } from '../../etl/derive.ts';
import { BadInput } from '../../etl/errors.ts';
import { findAlike } from '../../etl/load-likely.ts';
import { closeDays } from '../../etl/load-repeats.ts';
import type { Store } from '../../etl/store/open.ts';
import { customerSecret } from '../../etl/store/settings.ts';
import type { CaseFactRow } from '../../etl/store/tables.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { readBriefs } from '../../queries/links.ts';
import type { LikelyBody, LikelyJson } from '../../queries/model/links.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { everything, rowCodes, seenCatalog, withinRows } from '../../queries/sight.ts';

const most = 5;
const longest = 20_000;

/**
 * Reads what has been typed of a case.
 * @throws BadInput by field
 */
export function readTyped(raw: Record<string, unknown>): LikelyBody {
  const names = ['narrative', 'customer_ref', 'issue', 'received_at'] as const;
  const typed: LikelyBody = {};
  for (const field of names) {
    const value = raw[field];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string') throw new BadInput([{ field, message: 'is not text' }]);
    if (value.length > longest) throw new BadInput([{ field, message: `has ${value.length} characters; at most ${longest} fit` }]);
    typed[field] = value;
  }
  if (typed.received_at && Number.isNaN(Date.parse(typed.received_at)))
    throw new BadInput([{ field: 'received_at', message: 'is not a time like 2026-11-09T14:30:00Z' }]);
  return typed;
}

/** Cases of the reader that are likely about the same matter as one that is being typed; by its customer only for who may see who customers are. */
export async function findLikely(deps: QueryDeps, store: Store, typed: LikelyBody, now: number): Promise<LikelyJson> {
  const { reader, sight = everything } = deps;
  const receivedAt = typed.received_at ? Math.floor(Date.parse(typed.received_at) / 1000) : now;
  const labels = await readCatalog(reader);
  const issue = typed.issue ? seenCatalog(labels, sight).codeOf('issue', typed.issue.trim()) : undefined;
  const isAsked = sight.contact && typed.customer_ref && issue !== undefined;
  const same = isAsked
    ? await reader<CaseFactRow>('case_fact')
        .where({ customer_key: customerKey(typed.customer_ref ?? '', await customerSecret(store)), issue, is_duplicate: 0 })
        .whereBetween('received_at', [receivedAt - closeDays * 86_400, receivedAt + closeDays * 86_400])
        .where(withinRows(rowCodes(sight, labels)))
        .orderBy('received_at', 'desc')
        .limit(most)
        .pluck<number[]>('case_id')
    : [];
  const alike = sight.text && typed.narrative ? await findAlike(reader, typed.narrative, receivedAt) : [];
  const scores = new Map(alike.map(({ caseId, score }) => [caseId, score]));
  const ids = [...new Set([...same.filter((id) => scores.has(id)), ...alike.map(({ caseId }) => caseId), ...same])];
  const briefs = await readBriefs(deps, ids);
  const likely = ids.flatMap((id) => {
    const brief = briefs.get(id);
    const score = scores.get(id) ?? null;
    const reason = !same.includes(id) ? ('text' as const) : score === null ? ('customer' as const) : ('both' as const);
    return brief ? [{ ...brief, reason, score }] : [];
  });
  return { likely: likely.slice(0, most) };
}
