import type { Knex } from 'knex';

/** What a person did with a case says more than a value before and after: what was told, and which fields it changed. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('case_event', (t) => {
    t.text('note');
    t.text('changes'); // JSON: field of the record -> [before, after]
  });
}
