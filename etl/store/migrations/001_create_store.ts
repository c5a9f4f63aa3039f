import type { Knex } from 'knex';

const dimensions = [
  'kind',
  'channel',
  'company',
  'product',
  'sub_product',
  'issue',
  'sub_issue',
  'severity',
  'region',
  'segment',
  'team',
  'agent',
  'agent_complained',
  'theme',
  'root_cause',
  'controllability',
  'outcome',
  'redress',
  'status',
  'escalation_level',
  'sla_policy',
];

/** Creates the store. Codes are small integers (0 is "none"), `*_at` instants in seconds UTC, `*_on` local dates `YYYY-MM-DD`. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_fact', (t) => {
    t.bigInteger('case_id').notNullable();
    t.smallint('shard_key').notNullable();
    t.integer('source').notNullable();
    t.text('source_id').notNullable();
    t.text('row_hash').notNullable();
    t.bigInteger('change_seq').notNullable();
    for (const name of dimensions) t.integer(name).notNullable().defaultTo(0);
    t.text('customer_key');
    for (const name of [
      'received',
      'acknowledged',
      'first_response',
      'first_escalated',
      'first_resolved',
      'first_reopened',
      'resolved',
      'withdrawn',
      'closed',
      'ended',
      'redress',
      'due',
      'acknowledgement_due',
      'summary_due',
    ])
      t.bigInteger(`${name}_at`);
    for (const name of [
      'received',
      'first_escalated',
      'first_resolved',
      'first_reopened',
      'resolved',
      'withdrawn',
      'ended',
      'redress',
      'due',
    ])
      t.text(`${name}_on`);
    // Bit n is set when the n-th time of `wholeDayBits` (tables.ts) is a date without a time of day.
    t.integer('whole_day').notNullable().defaultTo(0);
    for (const name of ['resolution', 'first_response', 'acknowledgement']) {
      t.integer(`${name}_minutes`);
      t.integer(`${name}_bin`);
      t.integer(`${name}_business_minutes`);
      t.integer(`${name}_business_bin`);
    }
    for (const name of [
      'is_on_time',
      'is_acknowledged_on_time',
      'is_resolved_early',
      'is_first_contact',
      'is_repeat',
      'is_vulnerable',
      'is_vulnerable_failed',
      'is_reopened_in_30_days',
      'is_duplicate',
      'is_time_impossible',
      'is_ended_on_unknown_date',
    ])
      t.smallint(name).notNullable().defaultTo(0);
    t.bigInteger('redress_minor');
    t.text('redress_currency');
    t.integer('reopen_count').notNullable().defaultTo(0);
    t.integer('reassign_count').notNullable().defaultTo(0);
    t.primary(['case_id', 'shard_key']);
    t.unique(['source', 'source_id', 'shard_key']);
  });
  // Cohorts and lists go by received date; the other dates serve their own measures.
  // Cases without the value are left out: they cost nothing to load, and every comparison implies that there is one.
  // The first three hold all that the figures of the first screen read, which then touch no row of the table: half the time.
  const seen = ['source', 'kind', 'is_duplicate', 'received_at', 'is_ended_on_unknown_date', 'ended_at'];
  await knex.schema.alterTable('case_fact', (t) => {
    indexGiven(knex, t, 'case_fact_received', ['received_on', ...seen, 'resolved_at', 'is_time_impossible', 'resolution_bin', 'issue']);
    indexGiven(knex, t, 'case_fact_ended', ['ended_on', ...seen, 'due_at', 'due_on', 'whole_day']);
    indexGiven(knex, t, 'case_fact_due', ['due_on', ...seen, 'due_at', 'whole_day', 'ended_on', 'resolved_at', 'is_on_time']);
    indexGiven(knex, t, 'case_fact_resolved', ['resolved_on', 'case_id']);
    indexGiven(knex, t, 'case_fact_customer', ['customer_key']); // repeat customers, erasure
    t.index(['change_seq', 'case_id']); // followers
  });

  await createNarrow(knex, 'case_issue', (t) => {
    ids(t);
    t.smallint('position').notNullable();
    t.integer('issue').notNullable();
    t.integer('sub_issue').notNullable().defaultTo(0);
    t.primary(['case_id', 'position', 'shard_key']);
  });

  await knex.schema.createTable('case_text', (t) => {
    ids(t);
    for (const name of ['title', 'narrative', 'resolution_note', 'remedy_sought', 'customer_ref', 'customer_name', 'contact']) t.text(name);
    t.text('search_text');
    t.primary(['case_id', 'shard_key']);
  });
  // The loader keeps this index in step; triggers on facts do not distribute.
  if (isSqlite(knex))
    await knex.raw(`create virtual table case_search using fts5(search_text, content='', contentless_delete=1, tokenize='ascii')`);
  else await knex.raw(`create index case_text_search on case_text using gin (array_to_tsvector(string_to_array(search_text, ' ')))`);

  await knex.schema.createTable('case_raw', (t) => {
    ids(t);
    t.text('body').notNullable(); // JSON: dimension -> the source's own value
    t.primary(['case_id', 'shard_key']);
  });

  await knex.schema.createTable('case_event', (t) => {
    ids(t);
    t.integer('event_no').notNullable();
    t.smallint('kind').notNullable();
    t.bigInteger('at').notNullable();
    t.smallint('is_whole_day').notNullable().defaultTo(0);
    t.text('actor');
    t.text('from_value');
    t.text('to_value');
    t.primary(['case_id', 'event_no', 'shard_key']);
  });

  await knex.schema.createTable('case_flag', (t) => {
    ids(t);
    t.integer('flag_no').notNullable();
    t.text('rule').notNullable();
    t.text('field').notNullable();
    t.text('message').notNullable();
    t.text('value');
    t.integer('run_id');
    t.text('input');
    t.bigInteger('line'); // of the input, where the value stood
    t.primary(['case_id', 'flag_no', 'shard_key']);
    t.index(['run_id']);
  });

  await knex.schema.createTable('survey_fact', (t) => {
    t.bigInteger('survey_id').notNullable();
    t.smallint('shard_key').notNullable();
    t.integer('source').notNullable();
    t.text('source_id').notNullable();
    t.bigInteger('case_id');
    t.bigInteger('change_seq').notNullable();
    t.smallint('survey_kind').notNullable();
    t.bigInteger('asked_at');
    t.bigInteger('answered_at');
    t.text('asked_on');
    t.text('answered_on');
    t.text('scale').notNullable();
    t.integer('score');
    t.smallint('is_satisfied');
    t.text('comment');
    t.integer('agent_credited').notNullable().defaultTo(0);
    // Copied from the case and kept in step, so that both facts answer the same filters without a join.
    for (const name of dimensions) t.integer(name).notNullable().defaultTo(0);
    for (const name of ['is_vulnerable', 'is_duplicate', 'is_ended_on_unknown_date']) t.smallint(name).notNullable().defaultTo(0);
    for (const name of ['received_at', 'resolved_at', 'ended_at']) t.bigInteger(name);
    t.integer('resolution_minutes');
    t.primary(['survey_id', 'shard_key']);
    t.unique(['source', 'source_id', 'shard_key']);
    t.index(['case_id']);
    const seen = ['source', 'kind', 'is_duplicate', 'survey_kind', 'answered_at'];
    indexGiven(knex, t, 'survey_fact_answered', ['answered_on', ...seen, 'is_satisfied']);
    indexGiven(knex, t, 'survey_fact_asked', ['asked_on', ...seen, 'asked_at']);
  });

  await knex.schema.createTable('case_gone', (t) => {
    ids(t);
    t.bigInteger('change_seq').notNullable();
    t.primary(['case_id']);
  });

  await knex.schema.createTable('change_counter', (t) => {
    t.text('name').primary();
    t.bigInteger('value').notNullable();
  });
  await knex('change_counter').insert(['change_seq', 'case_id', 'survey_id', 'label'].map((name) => ({ name, value: 0 })));

  await knex.schema.createTable('label', (t) => {
    t.text('dimension').notNullable();
    t.integer('code').notNullable();
    t.integer('parent').notNullable().defaultTo(0); // code of the label above, for sub-product and sub-issue
    t.text('name').notNullable();
    t.smallint('is_mapped').notNullable().defaultTo(1); // 0: a source's own value waiting to be mapped
    t.text('valid_from');
    t.text('valid_to');
    t.primary(['dimension', 'code']);
    t.unique(['dimension', 'parent', 'name']);
  });
  await knex.schema.createTable('label_map', (t) => {
    t.integer('source').notNullable();
    t.text('dimension').notNullable();
    t.text('raw').notNullable();
    t.integer('code').notNullable();
    t.primary(['source', 'dimension', 'raw']);
  });

  await knex.schema.createTable('source_row', (t) => {
    t.integer('source').notNullable();
    t.text('source_id').notNullable();
    t.text('row_key').notNullable();
    t.smallint('shard_key').notNullable();
    t.bigInteger('ordinal').notNullable();
    // The run it came in and its line there decide between equal ordinals.
    t.integer('delivery').notNullable();
    t.bigInteger('line').notNullable();
    t.text('hash').notNullable();
    t.text('body').notNullable();
    t.text('replaced'); // delivery, line and hash of the row that the delivery found in this place
    t.primary(['source', 'source_id', 'row_key', 'shard_key']);
  });
  // Cases with rows in source_row of which they are still to be made.
  await createNarrow(knex, 'source_waiting', (t) => {
    t.integer('source').notNullable();
    t.text('source_id').notNullable();
    t.smallint('shard_key').notNullable();
    t.primary(['source', 'source_id', 'shard_key']);
  });

  await knex.schema.createTable('source_state', (t) => {
    t.integer('source').primary(); // code of the label of dimension "source"
    t.text('name').notNullable().unique();
    t.text('connector').notNullable();
    t.text('map');
    t.text('zone');
    t.text('fields').notNullable().defaultTo('[]'); // JSON list: the record fields this source provides
    t.text('cursor');
    t.bigInteger('through_at'); // until when we know; null before the first load
    t.smallint('is_live').notNullable().defaultTo(0); // 1: known until now (entry form, pushed records)
    t.text('locked_by');
    t.bigInteger('locked_until');
  });
  await knex.schema.createTable('schedule_run', (t) => {
    t.text('schedule').notNullable();
    t.bigInteger('due_at').notNullable();
    t.integer('run_id');
    t.primary(['schedule', 'due_at']);
  });
  await knex.schema.createTable('pipeline_run', (t) => {
    t.increments('run_id');
    t.integer('source').notNullable();
    t.text('started_by').notNullable(); // command, schedule, entry, start
    t.text('input');
    t.text('state').notNullable(); // running, done, failed
    t.bigInteger('started_at').notNullable();
    t.bigInteger('finished_at');
    for (const name of ['read', 'inserted', 'updated', 'unchanged', 'rejected', 'flagged', 'bytes'])
      t.bigInteger(name).notNullable().defaultTo(0);
    t.text('message');
    t.index(['source', 'started_at']);
  });
  await knex.schema.createTable('rejected_record', (t) => {
    t.increments('reject_id');
    t.integer('run_id').notNullable();
    t.integer('source').notNullable();
    t.text('input');
    t.integer('line');
    t.integer('column_no');
    t.text('field');
    t.text('reason').notNullable();
    t.text('raw'); // at most 64 KiB of the row as it came
    t.bigInteger('rejected_at').notNullable();
    t.index(['run_id']);
    t.index(['source', 'reject_id']);
  });
  await knex.schema.createTable('loaded_file', (t) => {
    t.integer('source').notNullable();
    t.text('content_hash').notNullable();
    t.text('name').notNullable();
    t.integer('run_id').notNullable();
    t.bigInteger('loaded_at').notNullable();
    t.primary(['source', 'content_hash']);
  });

  await knex.schema.createTable('user', (t) => {
    t.increments('user_id');
    t.text('name').notNullable().unique();
    t.text('role').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('disabled_at');
  });
  await knex.schema.createTable('sign_in_link', (t) => {
    t.text('token_hash').primary();
    t.integer('user_id').notNullable().references('user_id').inTable('user');
    t.bigInteger('created_at').notNullable();
    t.bigInteger('expires_at').notNullable();
    t.bigInteger('used_at');
  });
  await knex.schema.createTable('session', (t) => {
    t.text('token_hash').primary();
    t.integer('user_id').notNullable().references('user_id').inTable('user');
    t.bigInteger('created_at').notNullable();
    t.bigInteger('seen_at').notNullable();
    t.bigInteger('expires_at').notNullable();
  });
  await knex.schema.createTable('audit_event', (t) => {
    t.increments('audit_id');
    t.bigInteger('at').notNullable();
    t.integer('user_id');
    t.text('action').notNullable();
    t.text('target');
    t.text('detail');
    t.index(['at']);
  });
  await knex.schema.createTable('setting', (t) => {
    t.text('name').primary();
    t.text('value').notNullable();
  });
}

/** An index over the rows where its first column has a value. */
function indexGiven(knex: Knex, t: Knex.CreateTableBuilder, name: string, columns: [string, ...string[]]): void {
  t.index(columns, name, { predicate: knex.whereNotNull(columns[0]) });
}

function ids(t: Knex.CreateTableBuilder): void {
  t.bigInteger('case_id').notNullable();
  t.smallint('shard_key').notNullable();
}

/** A table of a few numbers: SQLite keeps it in its primary key, once instead of twice. */
async function createNarrow(knex: Knex, name: string, columns: (t: Knex.CreateTableBuilder) => void): Promise<void> {
  const schema = knex.schema.createTable(name, columns);
  if (!isSqlite(knex)) return void (await schema);
  for (const { sql } of schema.toSQL() as unknown as { sql: string }[]) await knex.raw(`${sql} without rowid`);
}

function isSqlite(knex: Knex): boolean {
  return (knex.client as { config: { client: unknown } }).config.client === 'sqlite3';
}
