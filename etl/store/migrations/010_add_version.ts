import type { Knex } from 'knex';

/** How often what people write has been written: who changes it says what they saw, so that nobody overwrites what they have not read. */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['follow_up', 'note']) {
    await knex.schema.alterTable(table, (t) => {
      t.integer('version').notNullable().defaultTo(1);
    });
  }
}
