import type { Knex } from 'knex';

/** What people here say of a case of a source, which its next record does not overwrite; and what agents say is not theirs. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_local', (t) => {
    t.integer('source').notNullable();
    t.text('source_id').notNullable(); // of the case
    t.text('field').notNullable(); // theme, root_cause, agent
    t.text('label').notNullable(); // empty: none
    t.integer('said').notNullable(); // code of what the source says
    t.text('set_by').notNullable();
    t.bigInteger('set_at').notNullable();
    t.primary(['source', 'source_id', 'field']);
  });
  await knex.schema.createTable('attribution_contest', (t) => {
    t.increments('contest_id');
    t.integer('source').notNullable();
    t.text('source_id').notNullable(); // of the case
    t.text('agent').notNullable();
    t.text('reason').notNullable();
    t.text('contested_by').notNullable();
    t.bigInteger('contested_at').notNullable();
    t.text('state').notNullable(); // open, accepted, declined
    t.text('decision');
    t.text('decided_by');
    t.bigInteger('decided_at');
    t.index(['source', 'source_id']);
    t.index(['state', 'contested_at']);
  });
}
