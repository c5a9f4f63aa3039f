import type { Knex } from 'knex';

/** What business time and deadlines by policy need of a case beside its durations. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('case_fact', (t) => {
    // Bit n is set when the n-th of due, acknowledgement_due, summary_due and sla_policy comes from a policy and not from the source.
    t.smallint('by_policy').notNullable().defaultTo(0);
    // Where receipt stands on the clock that runs only in the opening hours of the case's calendar, seconds: how old an open case is in business time.
    t.bigInteger('received_business_seconds');
    // From receipt to the end of the case, however it ended.
    t.integer('ended_business_minutes');
  });
}
