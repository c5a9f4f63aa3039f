import type { Knex } from 'knex';
import { BadInput, didYouMean, type Problem } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import { transact } from '../../etl/store/transact.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { audit, type AuditEvent } from './audit.ts';
import { readRole, type RowScope } from './roles.ts';
import { noSuchUser, type User } from './users.ts';

/** What is to be otherwise about a user; what is left out stays. */
export interface UserChange {
  role?: string;
  /** The label their own cases stand under; null for none. */
  agent?: string | null;
  /** Labels they are limited to; null for all rows. */
  scope?: RowScope | null;
  isDisabled?: boolean;
}

/** Who changes something, by number, null at the machine itself; and when, seconds since 1970 UTC. */
export interface ChangedBy {
  by: number | null;
  now: number;
}

/**
 * Changes a user, in effect with their next request. Who is disabled loses all sessions and links at once.
 * @throws BadInput when there is no such user, for unknown roles and labels, for an administrator limited to rows, and where it would leave no administrator
 */
export async function changeUser(store: Store, name: string, change: UserChange, { by, now }: ChangedBy): Promise<void> {
  await transact(store, async (trx) => {
    const user = await trx<User>('user').where({ name }).first();
    if (!user) throw await noSuchUser(trx, name);
    const role = change.role === undefined ? user.role : readRole(change.role);
    const scope = change.scope === undefined ? user.scope : await scopeText(trx, change.scope);
    const agent = change.agent === undefined ? user.agent : readAgent(change.agent);
    const disabled_at = change.isDisabled === undefined ? user.disabled_at : change.isDisabled ? (user.disabled_at ?? now) : null;
    if (role === 'administrator' && scope !== null)
      throw new BadInput([{ field: 'scope', message: 'an administrator sees all teams and companies; give another role first' }]);
    const stays = role === 'administrator' && disabled_at === null;
    if (user.role === 'administrator' && user.disabled_at === null && !stays) await requireAnother(trx, user);
    await trx<User>('user').where({ user_id: user.user_id }).update({ role, scope, agent, disabled_at });
    if (disabled_at !== null) {
      await trx('session').where({ user_id: user.user_id }).delete();
      await trx('sign_in_link').where({ user_id: user.user_id }).whereNull('used_at').update({ used_at: now });
    }
    const note = (action: AuditEvent['action'], target = name) => audit(trx, { at: now, userId: by, action, target });
    if (role !== user.role) await note('role_changed', `${name}: ${role}`);
    if (scope !== user.scope) await note('scope_changed');
    if (agent !== user.agent) await note('agent_linked');
    if (disabled_at !== user.disabled_at) await note(disabled_at === null ? 'user_enabled' : 'user_disabled');
  });
}

/** The changing transaction holds the counter, so two administrators cannot take the role from each other at once. */
async function requireAnother(trx: Knex, { user_id, name }: User): Promise<void> {
  const another = await trx<User>('user').where({ role: 'administrator' }).whereNull('disabled_at').whereNot({ user_id }).first('user_id');
  if (!another) throw new BadInput([{ field: 'name', message: `"${name}" is the last administrator; make somebody else one before that` }]);
}

async function scopeText(db: Knex, scope: RowScope | null): Promise<string | null> {
  if (scope === null) return null;
  const catalog = await readCatalog(db);
  const problems: Problem[] = [];
  const read: RowScope = {};
  for (const name of ['team', 'company'] as const) {
    const labels = [...new Set(scope[name] ?? [])];
    for (const label of labels)
      if (catalog.codeOf(name, label) === undefined)
        problems.push({ field: `scope.${name}`, message: `there is no ${name} "${label}"${didYouMean(label, catalog.names(name))}` });
    if (labels.length) read[name] = labels;
  }
  if (problems.length) throw new BadInput(problems);
  return Object.keys(read).length ? JSON.stringify(read) : null;
}

function readAgent(given: string | null): string | null {
  const agent = given?.trim() ?? '';
  if (agent.length > 200) throw new BadInput([{ field: 'agent', message: 'may have at most 200 characters' }]);
  return agent || null;
}
