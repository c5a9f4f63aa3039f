import type { Knex } from 'knex';

/** From when on people had typical ranges begin anew, and why: a decision that is taken back stays, as one that was. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('baseline', (t) => {
    t.increments('baseline_id');
    t.text('measure').notNullable();
    t.text('scope').notNullable(); // what else says which series it is, in one way of writing it: filters by name, and business time
    t.text('from_on').notNullable();
    t.text('reason').notNullable();
    t.text('set_by').notNullable();
    t.bigInteger('set_at').notNullable();
    t.text('taken_back_by');
    t.bigInteger('taken_back_at');
    t.index(['measure']);
  });
}
