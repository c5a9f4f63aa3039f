import type { Knex } from 'knex';

/** What was done may be said to have been done earlier; this is when it was recorded. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('case_event', (t) => {
    t.bigInteger('recorded_at'); // null: of a source, or older than this column
  });
}
