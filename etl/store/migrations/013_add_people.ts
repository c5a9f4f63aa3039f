import type { Knex } from 'knex';

/** People: what rows they see, passwords beside one-time links, and sessions that can be told apart and ended. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('user', (t) => {
    t.text('agent'); // label under which their own cases stand
    t.text('scope'); // JSON: labels by dimension; null for all rows
    t.text('password_hash'); // scrypt with its parameters; null while only links sign in
    t.bigInteger('password_at');
  });
  await knex.schema.alterTable('sign_in_link', (t) => {
    t.integer('is_invitation').notNullable().defaultTo(0);
  });
  await knex.schema.alterTable('session', (t) => {
    t.text('session_id'); // names it where it is listed; null in sessions older than the list
    t.text('browser'); // what the browser calls itself, shortened
  });
}
