import type { Knex } from 'knex';

/** What people look at again and again: a name for the search part of an address. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('saved_view', (t) => {
    t.increments('view_id');
    t.integer('user_id').notNullable().references('user_id').inTable('user');
    t.text('name').notNullable();
    t.text('search').notNullable(); // as in the address, without "?": labels by name, so that one that is gone can be said
    t.smallint('is_shared').notNullable().defaultTo(0);
    t.bigInteger('created_at').notNullable();
    t.bigInteger('changed_at').notNullable();
    t.unique(['user_id', 'name']);
  });
}
