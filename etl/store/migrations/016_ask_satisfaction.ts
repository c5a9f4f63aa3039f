import type { Knex } from 'knex';

/** Customers are asked how satisfied they are: what an event says of surveys, and the links customers answer by. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('case_event', (t) => {
    t.text('surveys'); // JSON: a list of records
  });
  await knex.schema.createTable('survey_invitation', (t) => {
    t.increments('invitation_id');
    t.text('token_hash').unique(); // SHA-256; null until the mail with the link is written
    t.bigInteger('case_id').notNullable();
    t.text('survey').notNullable(); // key of the survey
    t.text('question').notNullable();
    t.text('message').notNullable(); // what a mail says above the question
    t.bigInteger('asked_at').notNullable();
    t.bigInteger('expires_at').notNullable();
    t.bigInteger('withdrawn_at');
    t.bigInteger('answered_at');
    t.index(['case_id']);
  });
}
