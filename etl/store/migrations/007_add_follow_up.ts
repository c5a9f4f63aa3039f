import type { Knex } from 'knex';

/** What was done about low scores. Kept by the source's own key of the survey, so that it outlives every reading of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('follow_up', (t) => {
    t.integer('source').notNullable();
    t.text('source_id').notNullable(); // of the survey
    t.text('state').notNullable(); // to_follow_up, contacted, closed
    t.text('note');
    t.text('changed_by').notNullable();
    t.bigInteger('changed_at').notNullable();
    t.primary(['source', 'source_id']);
  });
}
