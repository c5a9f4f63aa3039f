import type { CaseFactRow, CaseLinkRow } from '../etl/store/tables.ts';
import { statuses } from '../etl/record.ts';
import { isoText } from '../etl/time.ts';
import { timeText, zonesOf } from './cases.ts';
import { readCatalog, type Catalog } from './catalog.ts';
import type { CaseBrief, CaseLinkJson, LikelyPage } from './model/links.ts';
import type { QueryDeps } from './prepare.ts';
import { everything, rowCodes, seenCatalog, withinRows } from './sight.ts';
import { wholeDayBit } from './sql/whole-day.ts';

const pageSize = 25;
const longest = 240;

/** What is shown of cases beside another, of those that who asks may see and that are as `only` says; by number. */
export async function readBriefs(
  deps: QueryDeps,
  caseIds: readonly number[],
  only: Partial<Pick<CaseFactRow, 'is_duplicate'>> = {},
): Promise<Map<number, CaseBrief>> {
  const { reader, sight = everything } = deps;
  if (caseIds.length === 0) return new Map();
  const labels = await readCatalog(reader);
  const facts = await reader<CaseFactRow>('case_fact')
    .whereIn('case_id', caseIds)
    .where(only)
    .where(withinRows(rowCodes(sight, labels)));
  const texts = sight.text
    ? await reader<{ case_id: number; title: string | null; narrative: string | null }>('case_text')
        .whereIn(
          'case_id',
          facts.map(({ case_id }) => case_id),
        )
        .select('case_id', 'title', 'narrative')
    : [];
  const zones = await zonesOf(deps);
  const catalog = seenCatalog(labels, sight);
  return new Map(
    facts.map((fact) => {
      const text = texts.find(({ case_id }) => case_id === fact.case_id);
      return [fact.case_id, briefOf(fact, text, catalog, zones(fact.source))];
    }),
  );
}

/** A place in the list of likely pairs. */
interface Place {
  caseId: number;
  otherId: number;
}
type Pair = Pick<CaseLinkRow, 'case_id' | 'other_id' | 'reason' | 'score'>;

/**
 * Pairs that are likely about the same matter and nobody has decided on, both of them the reader's, the latest first.
 * @param before the `next` of the page before; null for the first
 */
export async function readLikely(deps: QueryDeps, before: Place | null): Promise<LikelyPage> {
  const found: LikelyPage['pairs'] = [];
  let [place, isMore] = [before, true];
  while (found.length <= pageSize && isMore) {
    const pairs = await pairsOfLater(deps, place);
    isMore = pairs.length === batchSize;
    const end = pairs.at(-1);
    if (end) place = { caseId: end.case_id, otherId: end.other_id };
    const ids = new Set(pairs.flatMap(({ case_id, other_id }) => [case_id, other_id]));
    const briefs = await readBriefs(deps, [...ids], { is_duplicate: 0 });
    for (const { case_id, other_id, reason, score } of pairs) {
      const [later, earlier] = [briefs.get(case_id), briefs.get(other_id)];
      if (later && earlier) found.push({ later, earlier, reason, score: shareOf(score) });
    }
  }
  const pairs = found.slice(0, pageSize);
  const last = pairs.at(-1);
  return { pairs, next: found.length > pageSize && last ? `${last.later.case_id}~${last.earlier.case_id}` : null };
}

// More than a page, since the earlier of some may be nobody's business.
const batchSize = 2 * pageSize;

/** Likely pairs of which the later one is the reader's. The two of a pair may lie in different shards, so no statement joins both. */
async function pairsOfLater({ reader, sight = everything }: QueryDeps, before: Place | null): Promise<Pair[]> {
  const rows = rowCodes(sight, await readCatalog(reader));
  const query = reader<CaseLinkRow>('case_link as l')
    .join('case_fact as later', (on) => on.on('later.case_id', 'l.case_id').andOn('later.shard_key', 'l.shard_key'))
    .where({ 'l.state': 'likely', 'later.is_duplicate': 0 })
    .where(withinRows(rows, 'later'));
  if (before)
    void query.where((where) => {
      void where.where('l.case_id', '<', before.caseId).orWhere((same) => {
        void same.where('l.case_id', before.caseId).where('l.other_id', '<', before.otherId);
      });
    });
  return query
    .orderBy([
      { column: 'l.case_id', order: 'desc' },
      { column: 'l.other_id', order: 'desc' },
    ])
    .limit(batchSize)
    .select<Pair[]>('l.case_id', 'l.other_id', 'l.reason', 'l.score');
}

/** What a case is to others that who asks may see. */
export async function readLinks(deps: QueryDeps, caseId: number): Promise<CaseLinkJson[]> {
  const { reader, sight = everything } = deps;
  const rows = await reader<CaseLinkRow>('case_link')
    .where((where) => void where.where({ case_id: caseId }).orWhere({ other_id: caseId }))
    .whereNot({ state: 'dismissed' })
    .orderBy(['case_id', 'other_id']);
  const otherOf = ({ case_id, other_id }: CaseLinkRow) => (case_id === caseId ? other_id : case_id);
  const briefs = await readBriefs(deps, rows.map(otherOf));
  return rows.flatMap((row) => {
    const other = briefs.get(otherOf(row));
    if (!other) return [];
    const { state, reason, score, decided_by, decided_at } = row;
    const is = state === 'duplicate' ? (row.case_id === caseId ? 'duplicate_of' : 'duplicated_by') : state;
    if (is === 'dismissed') return [];
    const at = decided_at === null ? null : isoText(decided_at);
    return [{ other, is, reason, score: shareOf(score), by: sight.persons ? decided_by : null, at }];
  });
}

function shareOf(score: number | null): number | null {
  return score === null ? null : score / 1000;
}

function briefOf(
  fact: CaseFactRow,
  text: { title: string | null; narrative: string | null } | undefined,
  catalog: Catalog,
  zone: string,
): CaseBrief {
  const narrative = text?.narrative ?? null;
  return {
    case_id: fact.case_id,
    title: text?.title ?? null,
    issue: fact.issue === 0 ? null : catalog.nameOf('issue', fact.issue),
    status: statuses[fact.status - 1] ?? null,
    received_at: timeText(fact.received_at, (fact.whole_day & wholeDayBit('received')) !== 0, zone),
    narrative: narrative !== null && narrative.length > longest ? `${narrative.slice(0, longest).trimEnd()}…` : narrative,
  };
}
