import { setTimeout } from 'node:timers/promises';
import type { Store } from './open.ts';

const under = new WeakMap<Store, number>();

/** Has SQLite write zeros over what is deleted meanwhile, until the last who asked for it is done. */
export async function overwriting<T>(store: Store, work: () => Promise<T>): Promise<T> {
  if (store.engine !== 'sqlite') return work();
  under.set(store, (under.get(store) ?? 0) + 1);
  await store.writer.raw('pragma secure_delete = on');
  try {
    return await work();
  } finally {
    const left = (under.get(store) ?? 1) - 1;
    under.set(store, left);
    if (left === 0) await store.writer.raw('pragma secure_delete = off');
  }
}

const tries = 20;

/** Empties the log of writes as soon as nobody reads by it, for some seconds; it is emptied by later writes else. */
async function emptyLog(store: Store): Promise<void> {
  for (let i = 0; i < tries; i++) {
    const [row] = await store.writer.raw<{ busy: number }[]>('pragma wal_checkpoint(truncate)');
    if (!row?.busy) return;
    await setTimeout(250);
  }
}

const vacuumed = [
  'case_text', 'case_event', 'case_flag', 'survey_fact', 'case_fact', 'source_row', 'rejected_record', 'follow_up',
  'case_evidence', 'case_link', 'case_band', 'attribution_contest', 'digest_delivery',
] as const; // prettier-ignore

/** What the transaction leaves behind: words in the search index that no case has any more, and pages of the log; on PostgreSQL dead rows. */
export async function clearTraces(store: Store): Promise<void> {
  if (store.engine === 'sqlite') {
    await overwriting(store, () => store.writer.raw(`insert into case_search(case_search) values ('optimize')`));
    await emptyLog(store);
    return;
  }
  for (const table of vacuumed) await store.writer.raw('vacuum ??', [table]);
}
