import { decideLink } from '../../etl/case-links.ts';
import { loadBatch } from '../../etl/load.ts';
import { localDate } from '../../etl/local-time.ts';
import { adoptRules } from '../../etl/rederive.ts';
import { shardKey } from '../../etl/shard-key.ts';
import { insertRows } from '../../etl/store/insert.ts';
import type { Store } from '../../etl/store/open.ts';
import type { CaseLinkRow } from '../../etl/store/tables.ts';
import { takeNumbers, transact } from '../../etl/store/transact.ts';
import { loadRecords } from '../support/store.ts';
import { comingLater, historyNow, markedOf, type History, type SourceHistory } from './random-histories.ts';

/** The currency of the organisation that histories are loaded for. */
export const historyCurrency = 'EUR';

/** Loads what the sources tell first: calendars and policies, cases, surveys without a case. */
export async function loadFirst(store: Store, { zone, rules, sources }: History): Promise<void> {
  if (rules) await adoptRules(store, rules, { zone, log: () => undefined });
  for (const source of sources) {
    await loadRecords(store, source.cases, optionsOf(source, zone));
    await loadLoose(store, source, zone);
  }
}

/** Says of the pairs of {@link markedOf} that they are duplicates; what is loaded later leaves that as it is. */
export async function markDuplicates(store: Store, { sources }: History): Promise<void> {
  for (const source of sources) {
    for (const { later, earlier } of markedOf(source)) {
      const code = await codeOf(store, source.name);
      const idOf = async (source_id: string) =>
        (await store.reader('case_fact').where({ source: code, source_id }).first<{ case_id: number }>('case_id')).case_id;
      const options = { by: 'somebody', now: historyNow, isSeen: () => true, after: () => Promise.resolve() };
      const caseIds = [await idOf(later.source_id), await idOf(earlier.source_id)] as const;
      const found = await store.reader<CaseLinkRow>('case_link').whereIn('case_id', caseIds).whereIn('other_id', caseIds).first('state');
      await decideLink(store, { caseIds, was: found?.state ?? null, is: 'duplicate' }, options);
    }
  }
}

/** Loads what becomes of it later: corrections, surveys of other cases, deletions. */
export async function loadLater(store: Store, { zone, sources }: History): Promise<void> {
  for (const source of sources) {
    const { again, gone } = comingLater(source);
    if (again.length) await loadRecords(store, again, optionsOf(source, zone));
    const key = { name: source.name, code: await codeOf(store, source.name) };
    if (gone.length) await loadBatch(store, { source: key, runId: null, input: null, now: historyNow, cases: [], rejects: [], gone });
  }
}

function optionsOf({ name, through }: SourceHistory, zone: string) {
  return { source: name, zone, currency: historyCurrency, throughAt: through, now: historyNow };
}

/** No record gives a survey without a case, but the store can hold it. */
async function loadLoose(store: Store, { name, loose }: SourceHistory, zone: string): Promise<void> {
  if (loose.length === 0) return;
  const source = await codeOf(store, name);
  const columns = [
    'survey_id', 'shard_key', 'source', 'source_id', 'change_seq', 'survey_kind', 'asked_at', 'asked_on', 'answered_at', 'answered_on', 'scale', 'score',
    'is_satisfied',
  ]; // prettier-ignore
  const on = (at: number | null) => (at === null ? null : localDate(at, zone));
  await transact(store, async (trx, changeSeq) => {
    const first = (await takeNumbers(trx, 'survey_id', loose.length)) - loose.length + 1;
    const rows = loose.map((s, i) => [
      first + i, shardKey(name, s.source_id), source, s.source_id, changeSeq, s.survey_kind, s.asked_at, on(s.asked_at), s.answered_at,
      on(s.answered_at), s.scale, s.score, s.score === null ? null : Number(s.score >= 4),
    ]); // prettier-ignore
    await insertRows(trx, 'survey_fact', columns, rows);
  });
}

async function codeOf(store: Store, name: string): Promise<number> {
  const row = await store.reader('source_state').where({ name }).first<{ source: number }>('source');
  return row.source;
}
