import type { Knex } from 'knex';

/** How a run got its rows, so that it is compared with its like. Of older runs that is told by what they noted. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('pipeline_run', (t) => {
    t.text('kind'); // pull, file, import, replay, push; null: it never began
  });
  const older = () => knex('pipeline_run').whereNull('kind');
  await older().whereNull('input').update({ kind: 'pull' });
  await older().where('started_by', 'push').update({ kind: 'push' });
  for (const of of ['run', 'runs']) await older().where('input', 'like', `% rejected row% of ${of} %`).update({ kind: 'replay' });
  await older().whereIn('run_id', knex('loaded_file').select('run_id')).update({ kind: 'file' });
  await older().update({ kind: 'import' });
}
