import type { Knex } from 'knex';

/** What runs of pulled and pushed sources need beside the first store: pauses, warnings, settled rows, remapped labels, push tokens. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('source_state', (t) => {
    t.text('columns').notNullable().defaultTo('[]'); // JSON list: every column its records have had
    t.integer('failed_count').notNullable().defaultTo(0); // scheduled runs that failed one after the other
    t.bigInteger('retry_at'); // not before this instant
    t.text('notice'); // what the source said of itself in its last run
  });
  await knex.schema.alterTable('pipeline_run', (t) => {
    t.bigInteger('removed').notNullable().defaultTo(0); // cases taken out because the source no longer has them
    t.bigInteger('total'); // rows or bytes the source announced, where it does
    t.text('total_unit'); // rows, bytes
    t.text('warning'); // why its result should be looked at though it ended well
  });
  await knex.schema.alterTable('rejected_record', (t) => {
    t.text('reason_kind'); // the reason without the values of the one row
    t.smallint('is_cut').notNullable().defaultTo(0); // raw is not the whole row
    t.bigInteger('settled_at');
    t.text('settled_by');
    t.text('settlement'); // replayed, dismissed
    t.integer('settled_run');
    t.index(['source', 'settled_at', 'reason_kind'], 'rejected_record_waiting');
  });
  await knex.schema.createTable('unmapped_value', (t) => {
    t.integer('source').notNullable();
    t.text('dimension').notNullable();
    t.text('raw').notNullable(); // a value of the source that its map does not list
    t.primary(['source', 'dimension', 'raw']);
  });
  await knex.schema.createTable('label_change', (t) => {
    t.increments('change_id');
    t.bigInteger('at').notNullable();
    t.text('changed_by').notNullable();
    t.integer('source').notNullable();
    t.text('dimension').notNullable();
    t.text('raw').notNullable(); // the source's own value
    t.integer('from_code').notNullable();
    t.integer('to_code').notNullable();
    t.bigInteger('cases').notNullable();
    t.bigInteger('undone_at');
    t.text('undone_by');
    t.index(['source', 'dimension', 'raw']);
  });
  await knex.schema.createTable('push_token', (t) => {
    t.text('token_hash').primary();
    t.text('source').notNullable(); // name in the configuration
    t.bigInteger('created_at').notNullable();
    t.text('created_by').notNullable();
    t.bigInteger('used_at');
    t.bigInteger('revoked_at');
  });
}
