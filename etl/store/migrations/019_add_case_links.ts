import type { Knex } from 'knex';

/** Pairs of cases that are or may be about the same matter, and the keys near-identical texts are found by. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_link', (t) => {
    t.bigInteger('case_id').notNullable(); // the later of the two
    t.smallint('shard_key').notNullable();
    t.bigInteger('other_id').notNullable();
    t.smallint('other_shard_key').notNullable();
    t.text('state').notNullable(); // likely, duplicate (of the other), related, dismissed
    t.text('reason').notNullable(); // customer, text, both; said: nothing but that somebody said so
    t.integer('score'); // thousandths of the shingles of both texts that they have in common
    t.smallint('is_own_duplicate').notNullable().defaultTo(0); // what its source says of the later one, where it is marked here
    t.text('decided_by');
    t.bigInteger('decided_at');
    t.primary(['case_id', 'other_id', 'shard_key']);
    t.index(['other_id']);
    t.index(['state', 'case_id']);
  });
  // A key has a few places, which later cases take over: what is looked up stays bounded however many texts are alike.
  const bands = knex.schema.createTable('case_band', (t) => {
    t.bigInteger('band_key').notNullable();
    t.smallint('place').notNullable();
    t.bigInteger('case_id').notNullable();
    t.bigInteger('received_at').notNullable();
    t.primary(['band_key', 'place']);
  });
  const isSqlite = (knex.client as { config: { client: unknown } }).config.client === 'sqlite3';
  if (!isSqlite) return void (await bands);
  for (const { sql } of bands.toSQL() as unknown as { sql: string }[]) await knex.raw(`${sql} without rowid`);
}
