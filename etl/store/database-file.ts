import createKnex, { type Knex } from 'knex';
import { BadInput } from '../errors.ts';

/** What is done with the file of a store as a whole, without bringing it up to date as opening it does. */
async function withFile<T>(filename: string, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = createKnex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
  try {
    await knex.raw('pragma busy_timeout = 10000');
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}

/** Copies a database as it is at one instant, also while others write to it. @returns names of the migrations it has had, in order */
export async function copyDatabaseFile(from: string, to: string): Promise<string[]> {
  await withFile(from, (knex) => knex.raw('vacuum into ?', [to]));
  return withFile(to, (knex) => knex<{ name: string }>('knex_migrations').orderBy('id').pluck<string[]>('name'));
}

/** What the database itself finds wrong with a file; null: nothing. */
export async function databaseFault(file: string): Promise<string | null> {
  const [row] = await withFile(file, (knex) => knex.raw<{ quick_check: string }[]>('pragma quick_check(1)'));
  return row?.quick_check === 'ok' ? null : (row?.quick_check ?? 'it cannot be read');
}

/**
 * Puts what stands beside a database (its log of writes) into it, which only somebody can who is alone with it.
 * @throws BadInput while another process has it open
 */
export async function closeDatabaseFile(file: string): Promise<void> {
  try {
    await withFile(file, async (knex) => {
      await knex.raw('pragma busy_timeout = 500');
      await knex.raw('pragma journal_mode = delete');
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    throw new BadInput([{ field: file, message: 'is in use by another process, a server or a run; stop it first' }]);
  }
}

/**
 * Ends what a copy of a store would bring back: sessions and sign-in links that may have been ended since, and messages that may have been sent since, which
 * wait for somebody to say so.
 */
export async function endAccess(file: string): Promise<void> {
  await withFile(file, async (knex) => {
    for (const table of ['session', 'sign_in_link']) await knex(table).delete();
    await knex('digest_delivery')
      .whereIn('state', ['queued', 'claimed', 'sending'])
      .update({ state: 'unknown', owner: null, said: 'restored from a backup: it may have been sent since' });
    await knex.raw('pragma journal_mode = delete');
  });
}
