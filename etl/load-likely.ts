import type { LoadScope, WrittenCase } from './load-cases.ts';
import type { ClosePair } from './load-repeats.ts';
import { bandKeys, jaccard, nearIdentical, shinglesOf } from './shingles.ts';
import { insertRows, isOneOf } from './store/insert.ts';
import { place, type CaseLinkRow, type Value } from './store/tables.ts';
import { tokens } from './text.ts';
import type { Knex } from 'knex';

/** Near-identical texts received further apart are not likely about the same matter. */
export const textDays = 90;
/** Places of a key, and so how many texts under one are compared. */
const places = 16;
/** Texts that one is compared with, those with most keys in common. */
const mostCompared = 8;
/** Pairs kept of a case by its text, those with most in common. */
const mostPairs = 3;

interface Text {
  caseId: number;
  receivedAt: number;
  shingles: Int32Array;
  keys: readonly number[];
}
/** A text in the store that is near-identical to one that was asked about. */
export interface Alike {
  caseId: number;
  receivedAt: number;
  /** Share of shingles in common, from {@link nearIdentical} to 1. */
  score: number;
}

/**
 * Notes which pairs of cases are likely about the same matter: the new and changed ones with one another and with those before.
 * What is known of a pair stays, also that it was dismissed.
 * @param close pairs of one customer and issue
 */
export async function noteLikely({ trx }: LoadScope, written: readonly WrittenCase[], close: readonly ClosePair[]): Promise<void> {
  const isWritten = new Set(written.map(({ caseId }) => caseId));
  const pairs = new Map<string, Pair>();
  for (const { later, earlier } of close)
    if (isWritten.has(later) || isWritten.has(earlier)) pairs.set(`${later} ${earlier}`, { later, earlier, byCustomer: true, score: null });
  const texts = written.flatMap(textOf);
  if (texts.length) {
    const known = await textsUnder(trx, texts);
    const near = await readNear(trx, texts, known);
    texts.forEach((text, i) => {
      for (const { caseId, receivedAt, score } of mostAlike(text, near[i] ?? [], known)) {
        const isLater = receivedAt < text.receivedAt || (receivedAt === text.receivedAt && caseId < text.caseId);
        const [later, earlier] = isLater ? [text.caseId, caseId] : [caseId, text.caseId];
        const key = `${later} ${earlier}`;
        pairs.set(key, { later, earlier, byCustomer: pairs.get(key)?.byCustomer ?? false, score });
      }
    });
    await keepBands(trx, texts);
  }
  await keepPairs(trx, [...pairs.values()], written);
}

/** Cases of the store whose text is near-identical to one that is not in it, received at most {@link textDays} from it; most alike first. */
export async function findAlike(knex: Knex, narrative: string, receivedAt: number): Promise<Alike[]> {
  const shingles = shinglesOf(tokens(narrative));
  const text: Text = { caseId: 0, receivedAt, shingles, keys: bandKeys(shingles) };
  if (text.keys.length === 0) return [];
  const known = await textsUnder(knex, [text]);
  const [near = []] = await readNear(knex, [text], known);
  return mostAlike(text, near, known);
}

interface Pair extends ClosePair {
  byCustomer: boolean;
  score: number | null;
}

function textOf({ derived: { words, row }, caseId }: WrittenCase): Text[] {
  if (row[place.is_duplicate] === 1) return [];
  const shingles = shinglesOf(words);
  return shingles.length ? [{ caseId, receivedAt: Number(row[place.received_at]), shingles, keys: bandKeys(shingles) }] : [];
}

interface Known {
  /** Cases under each key, of the store and of the batch. */
  under: Map<number, Pick<Text, 'caseId' | 'receivedAt'>[]>;
  shingles: Map<number, Int32Array>;
  /** Of those that were compared, each once. */
  sets: Map<number, ReadonlySet<number>>;
}

async function textsUnder(knex: Knex, texts: readonly Text[]): Promise<Known> {
  const keys = [...new Set(texts.flatMap((text) => text.keys))];
  const rows = await knex<{ band_key: number; case_id: number; received_at: number }>('case_band')
    .where(isOneOf(knex, 'band_key', keys))
    .select('band_key', 'case_id', 'received_at');
  const shingles = new Map(texts.filter(({ caseId }) => caseId !== 0).map((text) => [text.caseId, text.shingles]));
  const under: Known['under'] = new Map();
  const add = (key: number, caseId: number, receivedAt: number) => {
    const list = under.get(key);
    if (!list) under.set(key, [{ caseId, receivedAt }]);
    else if (list.length < 2 * places) list.push({ caseId, receivedAt });
  };
  // What stands there of a case of the batch is what it said before.
  for (const { band_key, case_id, received_at } of rows) if (!shingles.has(case_id)) add(band_key, case_id, received_at);
  for (const { caseId, receivedAt, keys } of texts) if (caseId !== 0) for (const key of keys) add(key, caseId, receivedAt);
  return { under, shingles, sets: new Map() };
}

interface Near {
  caseId: number;
  receivedAt: number;
  /** Keys that both are under. */
  shared: number;
}

/** Of each text the cases that may be like it, with when they came; their texts are read in one go. */
async function readNear(knex: Knex, texts: readonly Text[], known: Known): Promise<Near[][]> {
  const near = texts.map(({ caseId: own, receivedAt: at, keys }) => {
    const found = new Map<number, { receivedAt: number; shared: number }>();
    for (const key of keys)
      for (const { caseId, receivedAt } of known.under.get(key) ?? []) {
        if (caseId === own || Math.abs(receivedAt - at) > textDays * 86_400) continue;
        const before = found.get(caseId);
        if (before) before.shared += 1;
        else found.set(caseId, { receivedAt, shared: 1 });
      }
    const all = [...found].map(([caseId, { receivedAt, shared }]): Near => ({ caseId, receivedAt, shared }));
    if (all.length <= mostCompared) return all;
    // Those under more of the same keys are more alike.
    return all.sort((a, b) => b.shared - a.shared || Math.abs(a.receivedAt - at) - Math.abs(b.receivedAt - at)).slice(0, mostCompared);
  });
  const unread = [...new Set(near.flatMap((found) => found.map(({ caseId }) => caseId)))].filter((id) => !known.shingles.has(id));
  if (unread.length === 0) return near;
  const rows = await knex<{ case_id: number; narrative: string | null }>('case_text')
    .where(isOneOf(knex, 'case_id', unread))
    .select('case_id', 'narrative');
  for (const { case_id, narrative } of rows) known.shingles.set(case_id, shinglesOf(tokens(narrative ?? '')));
  return near;
}

function mostAlike({ caseId: own, receivedAt: at, shingles }: Text, near: readonly Near[], known: Known): Alike[] {
  if (near.length === 0) return [];
  const setOf = (caseId: number, its: Iterable<number> = []) => {
    const set = known.sets.get(caseId) ?? new Set(its);
    known.sets.set(caseId, set);
    return set;
  };
  const mine = setOf(own, shingles);
  return near
    .map(({ caseId, receivedAt }) => ({ caseId, receivedAt, score: jaccard(mine, setOf(caseId, known.shingles.get(caseId))) }))
    .filter(({ score }) => score >= nearIdentical)
    .sort((a, b) => b.score - a.score || Math.abs(a.receivedAt - at) - Math.abs(b.receivedAt - at) || a.caseId - b.caseId)
    .slice(0, mostPairs);
}

async function keepBands(trx: Knex, texts: readonly Text[]): Promise<void> {
  // Of two that share a place in one statement the later stands.
  const rows = new Map<string, Value[]>();
  for (const { caseId, receivedAt, keys } of texts)
    for (const key of keys) rows.set(`${key} ${caseId % places}`, [key, caseId % places, caseId, receivedAt]);
  await insertRows(trx, 'case_band', ['band_key', 'place', 'case_id', 'received_at'], [...rows.values()], {
    conflict: ['band_key', 'place'],
  });
}

const linkColumns = ['case_id', 'shard_key', 'other_id', 'other_shard_key', 'state', 'reason', 'score'] as const;

async function keepPairs(trx: Knex, pairs: readonly Pair[], written: readonly WrittenCase[]): Promise<void> {
  if (pairs.length === 0) return;
  const shards = new Map(written.map(({ caseId, shardKey }) => [caseId, shardKey]));
  const others = [...new Set(pairs.flatMap(({ later, earlier }) => [later, earlier]))].filter((id) => !shards.has(id));
  const found = others.length
    ? await trx<Pick<CaseLinkRow, 'case_id' | 'shard_key'>>('case_fact')
        .where(isOneOf(trx, 'case_id', others))
        .select('case_id', 'shard_key')
    : [];
  for (const { case_id, shard_key } of found) shards.set(case_id, shard_key);
  const turned = await turnedPairs(trx, pairs);
  const rows = pairs.flatMap(({ later, earlier, byCustomer, score }): Value[][] => {
    const [shard, otherShard] = [shards.get(later), shards.get(earlier)];
    // A text may be that of a case that is gone.
    if (shard === undefined || otherShard === undefined || turned.has(`${later} ${earlier}`)) return [];
    const reason: CaseLinkRow['reason'] = score === null ? 'customer' : byCustomer ? 'both' : 'text';
    return [[later, shard, earlier, otherShard, 'likely', reason, score === null ? null : Math.round(score * 1000)]];
  });
  await insertRows(trx, 'case_link', linkColumns, rows, {
    conflict: ['case_id', 'other_id', 'shard_key'],
    keep: ['other_shard_key', 'state', 'reason', 'score'],
  });
}

/** Those of the pairs that stand there the other way round, as `later earlier`: times were corrected since, and a pair stands once. */
async function turnedPairs(trx: Knex, pairs: readonly Pair[]): Promise<Set<string>> {
  const [laters, earliers] = [pairs.map(({ later }) => later), pairs.map(({ earlier }) => earlier)].map((ids) => [...new Set(ids)]);
  const rows = await trx<CaseLinkRow>('case_link')
    .where(isOneOf(trx, 'case_id', earliers ?? []))
    .where(isOneOf(trx, 'other_id', laters ?? []))
    .select('case_id', 'other_id');
  return new Set(rows.map(({ case_id, other_id }) => `${other_id} ${case_id}`));
}
