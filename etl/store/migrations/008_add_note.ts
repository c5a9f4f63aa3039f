import type { Knex } from 'knex';

/** What people write beside the time axis: what happened on a day, or from one day to another. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('note', (t) => {
    t.increments('note_id');
    t.text('from_on').notNullable();
    t.text('to_on').notNullable();
    t.text('text').notNullable();
    t.text('dimension'); // with label: the member it is about, by name
    t.text('label');
    t.text('written_by').notNullable();
    t.bigInteger('written_at').notNullable();
    t.text('changed_by');
    t.bigInteger('changed_at');
    t.index(['from_on']);
  });
}
