import type { Knex } from 'knex';

/** What was erased: a receipt each, and the cases that take no identity and no text any more, so that their sources cannot bring it back. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('erasure', (t) => {
    t.increments('erasure_id');
    t.bigInteger('at').notNullable();
    t.text('erased_by').notNullable();
    t.text('reason').notNullable(); // request: of a customer; age: kept as long as it may be
    t.integer('cases').notNullable();
    t.integer('surveys').notNullable();
    t.integer('rejected').notNullable(); // rejected rows that were emptied
    t.text('sources').notNullable(); // JSON: a list of names
    t.text('customer_hash').unique(); // of the keyed hash of the customer; null where their cases name none
    t.text('customer_key'); // drawn by chance: stands in their cases instead, so that they are still one customer's
  });
  await knex.schema.createTable('erased_case', (t) => {
    t.integer('source').notNullable();
    t.text('source_id').notNullable();
    t.integer('erasure_id').notNullable().references('erasure_id').inTable('erasure');
    t.primary(['source', 'source_id']);
    t.index(['erasure_id']);
  });
}
