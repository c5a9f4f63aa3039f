import type { Knex } from 'knex';

/** What a provider of sign-ins calls a user. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('user_identity', (t) => {
    t.text('issuer').notNullable();
    t.text('subject').notNullable();
    t.integer('user_id').notNullable();
    t.bigInteger('linked_at').notNullable();
    t.primary(['issuer', 'subject']);
    t.unique(['issuer', 'user_id']);
  });
}
