import type { Knex } from 'knex';

/** Files that belong to a case. Their bytes lie in the data folder under their hash; a row stays when its file is removed. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_evidence', (t) => {
    t.bigInteger('case_id').notNullable();
    t.smallint('shard_key').notNullable();
    t.integer('evidence_no').notNullable(); // from 1, within its case
    t.text('hash').notNullable(); // SHA-256
    t.text('name').notNullable(); // as it is shown
    t.text('type').notNullable();
    t.bigInteger('bytes').notNullable();
    t.text('note').notNullable(); // what it shows
    t.text('added_by').notNullable();
    t.bigInteger('added_at').notNullable();
    t.text('removed_by');
    t.bigInteger('removed_at');
    t.text('removal_reason');
    t.primary(['case_id', 'evidence_no', 'shard_key']);
    t.index(['hash']);
  });
}
