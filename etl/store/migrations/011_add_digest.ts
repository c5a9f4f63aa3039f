import type { Knex } from 'knex';

/**
 * Digests: what is to be told to whom and when, what was told (immutable: its parts are bytes with a hash), and what became of every message. Administrators
 * and owners are told by mail, so people have addresses.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('user', (t) => {
    t.text('email');
  });
  await knex.schema.createTable('digest', (t) => {
    t.increments('digest_id');
    t.text('name').notNullable();
    t.text('origin').notNullable(); // config or page
    t.text('filter').notNullable(); // JSON: `where` of a query
    t.text('every').notNullable(); // week, month or quarter
    t.text('on_day'); // JSON: a weekday or a day of the month
    t.text('at').notNullable();
    t.text('zone');
    t.text('owner').notNullable();
    t.text('ends_on');
    t.text('webhook'); // reference to a secret, ${NAME}; never the address itself
    t.text('webhook_kind');
    t.bigInteger('since_at').notNullable(); // runs due before do not count: it was added, or went on, then
    t.bigInteger('paused_at');
    t.text('paused_by');
    t.text('pause_reason');
    t.text('created_by').notNullable();
    t.bigInteger('created_at').notNullable();
    t.text('changed_by');
    t.bigInteger('changed_at');
    t.integer('version').notNullable().defaultTo(1);
    t.bigInteger('removed_at');
    t.index(['name']);
  });
  await knex.schema.createTable('digest_recipient', (t) => {
    t.integer('digest_id').notNullable();
    t.text('address').notNullable(); // small letters
    t.text('added_by').notNullable();
    t.bigInteger('added_at').notNullable();
    t.bigInteger('stopped_at');
    t.text('stop_reason'); // unsubscribed, departed, refused or removed
    t.primary(['digest_id', 'address']);
  });
  await knex.schema.createTable('digest_issue', (t) => {
    t.text('issue_id').primary(); // made before the pictures, which name it
    t.integer('digest_id').notNullable();
    t.text('name').notNullable();
    t.text('kind').notNullable(); // regular or test
    t.text('grain').notNullable();
    t.text('from_on').notNullable();
    t.text('to_on').notNullable();
    t.bigInteger('due_at').notNullable();
    t.text('state').notNullable(); // made or held
    t.text('reasons'); // JSON: why it is held
    t.bigInteger('made_at').notNullable();
    t.bigInteger('checked_at').notNullable(); // of a held one: when its checks last ran
    t.bigInteger('told_at'); // of a held one: when somebody was told
    t.bigInteger('as_of_at');
    t.text('headline');
    t.text('hash'); // SHA-256 over the names and hashes of its parts
    t.index(['digest_id', 'from_on']);
    t.index(['from_on']);
  });
  // One a period, of which a quarter and its first month are two: two processes that are due at once cannot both make it.
  await knex.raw("create unique index digest_issue_regular on digest_issue (digest_id, grain, from_on) where kind = 'regular'");
  await knex.schema.createTable('digest_part', (t) => {
    t.text('issue_id').notNullable();
    t.text('name').notNullable();
    t.text('type').notNullable();
    t.binary('bytes').notNullable();
    t.text('sha256').notNullable();
    t.primary(['issue_id', 'name']);
  });
  await knex.schema.createTable('digest_delivery', (t) => {
    t.increments('delivery_id');
    t.text('issue_id').notNullable();
    t.integer('digest_id').notNullable();
    t.text('kind').notNullable(); // digest, test, alert or webhook
    t.text('address').notNullable();
    t.integer('round').notNullable(); // 1; more when a person had it sent again
    t.text('state').notNullable(); // queued, claimed, sending, sent, failed, unknown or stopped
    t.text('message_id').notNullable(); // the same in every round
    t.integer('attempts').notNullable().defaultTo(0);
    t.bigInteger('next_at').notNullable();
    t.text('said'); // what the server answered last
    t.text('owner'); // the process that has it in hand
    t.bigInteger('claimed_at');
    t.bigInteger('sent_at');
    t.text('asked_by').notNullable();
    t.bigInteger('asked_at').notNullable();
    t.unique(['issue_id', 'kind', 'address', 'round']);
    t.index(['state', 'next_at']);
  });
}
