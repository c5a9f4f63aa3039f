import type { Knex } from 'knex';

/** What follows the changes of a store finds them by their number, in surveys and removed cases as in cases. */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['survey_fact', 'case_gone']) await knex.schema.alterTable(table, (t) => t.index(['change_seq']));
}
