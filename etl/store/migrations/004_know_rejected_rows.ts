import { hash } from 'node:crypto';
import type { Knex } from 'knex';

interface Waiting {
  reject_id: number;
  run_id: number;
  source: number;
  field: string | null;
  column_no: number | null;
  reason_kind: string | null;
  raw: string | null;
}

const pageRows = 200;

/** What tells that a rejected row has come before, or that what it is about was loaded since. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('rejected_record', (t) => {
    t.text('content_hash'); // of what it says and of what is wrong with it
    t.bigInteger('seen_at'); // when it was last rejected; run_id, input and line are those of that run
    t.text('source_id'); // the key it would have, where that is known
    t.text('row_key'); // of a folding map: which row of the case it is
    t.integer('delivery'); // the run that brought it; the line is one of that run's input. A replay rejects what another run brought
    t.index(['source', 'content_hash'], 'rejected_record_content');
    t.index(['source', 'source_id'], 'rejected_record_key'); // what a load supersedes
  });
  await knex('rejected_record').update({ seen_at: knex.ref('rejected_at'), delivery: knex.ref('run_id') });
  await settleRepeated(knex);
}

/** Every run used to add the same rows anew: of those that wait, only what the last run added goes on waiting. */
async function settleRepeated(knex: Knex): Promise<void> {
  const lastRun = new Map<string, number>();
  const waiting: { id: number; runId: number; content: string }[] = [];
  for (let last = 0; ;) {
    const page = await knex<Waiting>('rejected_record')
      .whereNull('settlement')
      .where('reject_id', '>', last)
      .orderBy('reject_id')
      .limit(pageRows)
      .select('reject_id', 'run_id', 'source', 'field', 'column_no', 'reason_kind', 'raw');
    for (const row of page) {
      const said = JSON.stringify([row.field, row.column_no, row.reason_kind, row.raw]);
      const contentHash = hash('sha256', said, 'base64url').slice(0, 22);
      await knex('rejected_record').where({ reject_id: row.reject_id }).update({ content_hash: contentHash });
      const content = `${row.source} ${contentHash}`;
      lastRun.set(content, Math.max(row.run_id, lastRun.get(content) ?? 0));
      waiting.push({ id: row.reject_id, runId: row.run_id, content });
      last = row.reject_id;
    }
    if (page.length < pageRows) break;
  }
  for (const { id, runId, content } of waiting) {
    const later = lastRun.get(content) ?? runId;
    if (later === runId) continue;
    await knex('rejected_record')
      .where({ reject_id: id })
      .update({ settlement: 'superseded', settled_run: later, settled_at: knex.ref('rejected_at') });
  }
}
