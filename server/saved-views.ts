import type { Knex } from 'knex';
import { BadInput, type Problem } from '../etl/errors.ts';
import type { Store } from '../etl/store/open.ts';
import type { SavedViewRow } from '../etl/store/tables.ts';
import { transact } from '../etl/store/transact.ts';
import type { SavedView, SavedViewBody } from '../queries/model/lists.ts';
import { viewFromSearch } from '../queries/model/view.ts';
import { audit } from './auth/audit.ts';
import type { SignedIn } from './auth/roles.ts';
import { Refused } from './errors.ts';

const longest = { name: 80, search: 6000 } as const;
// A list of more is no list any more.
const most = 200;

interface Who {
  user: SignedIn;
  /** Seconds UTC. */
  now: number;
}

/**
 * Reads what is to be saved.
 * @param isWhole whether every part has to be there; else only what changes
 * @throws BadInput by field
 */
export function readSavedView(body: unknown, isWhole: boolean): Partial<SavedViewBody> {
  const { name, search, is_shared } = body as Record<string, unknown>;
  const problems: Problem[] = [];
  const read: Partial<SavedViewBody> = {};
  if (typeof name === 'string' && name.trim() !== '' && name.trim().length <= longest.name && !name.includes('\0')) read.name = name.trim();
  else if (name !== undefined || isWhole) problems.push({ field: 'name', message: `must be 1 to ${longest.name} characters` });
  if (typeof search === 'string' && search.length <= longest.search) {
    read.search = search.replace(/^\?/, '');
    problems.push(...viewFromSearch(read.search).problems);
  } else if (search !== undefined || isWhole)
    problems.push({ field: 'search', message: `must be the search part of an address, at most ${longest.search} characters` });
  if (is_shared === 0 || is_shared === 1) read.is_shared = is_shared;
  else if (is_shared !== undefined) problems.push({ field: 'is_shared', message: 'must be 0 or 1' });
  if (problems.length) throw new BadInput(problems);
  return read;
}

/** One's own views and those others share, by name. */
export async function listSavedViews(db: Knex, { userId }: SignedIn): Promise<SavedView[]> {
  const found: unknown = await db('saved_view')
    .join('user', 'user.user_id', 'saved_view.user_id')
    .where('saved_view.user_id', userId)
    .orWhere('is_shared', 1)
    .select('view_id', 'saved_view.user_id', 'saved_view.name', 'search', 'is_shared', { owner: 'user.name' });
  return (found as (SavedViewRow & { owner: string })[])
    .map(({ view_id, name, search, is_shared, owner, user_id }): SavedView => ({
      view_id,
      name,
      search,
      is_shared: is_shared ? 1 : 0,
      owner,
      is_own: user_id === userId ? 1 : 0,
    }))
    .sort((a, b) => b.is_own - a.is_own || a.name.localeCompare(b.name, 'en'));
}

/**
 * Saves a view under a name.
 * @throws BadInput when one of the same person has that name, or there are too many
 */
export async function saveView(store: Store, body: Partial<SavedViewBody>, { user, now }: Who): Promise<{ view_id: number }> {
  const { name = '', search = '', is_shared = 0 } = body;
  return transact(store, async (trx) => {
    await refuseTaken(trx, name, user, null);
    const own = await views(trx).where({ user_id: user.userId }).select('view_id');
    if (own.length >= most) throw new BadInput([{ field: 'name', message: `you have ${most} saved views; delete one first` }]);
    const row = { user_id: user.userId, name, search, is_shared, created_at: now, changed_at: now };
    const rows = await views(trx).insert(row).returning('view_id');
    const { view_id } = rows[0] as { view_id: number }; // one row was inserted
    await audit(trx, { at: now, userId: user.userId, action: 'view_saved', target: `view ${view_id}` });
    return { view_id };
  });
}

/**
 * Renames, replaces or shares a view of one's own.
 * @throws BadInput when the new name is taken, Refused when it is not there or another's
 */
export async function changeView(store: Store, id: number, change: Partial<SavedViewBody>, { user, now }: Who): Promise<void> {
  await transact(store, async (trx) => {
    await own(trx, id, user);
    if (change.name !== undefined) await refuseTaken(trx, change.name, user, id);
    await views(trx)
      .where({ view_id: id })
      .update({ ...change, changed_at: now });
    await audit(trx, { at: now, userId: user.userId, action: 'view_changed', target: `view ${id}` });
  });
}

/** @throws Refused when it is not there or another's */
export async function deleteView(store: Store, id: number, { user, now }: Who): Promise<void> {
  await transact(store, async (trx) => {
    await own(trx, id, user);
    await views(trx).where({ view_id: id }).delete();
    await audit(trx, { at: now, userId: user.userId, action: 'view_deleted', target: `view ${id}` });
  });
}

const views = (db: Knex) => db<SavedViewRow>('saved_view');

async function own(trx: Knex, id: number, { userId }: SignedIn): Promise<void> {
  const row = await views(trx).where({ view_id: id }).first('user_id', 'is_shared');
  if (row?.user_id === userId) return;
  // Whether another's view that is not shared exists is nobody's business.
  if (row?.is_shared) throw new Refused(403, 'this view is another person’s; save it under a name of your own');
  throw new Refused(404, `there is no saved view ${id}`);
}

async function refuseTaken(trx: Knex, name: string, { userId }: SignedIn, id: number | null): Promise<void> {
  const row = await views(trx).where({ user_id: userId, name }).first('view_id');
  if (row && row.view_id !== id) throw new BadInput([{ field: 'name', message: `you have a view called “${name}” already` }]);
}
