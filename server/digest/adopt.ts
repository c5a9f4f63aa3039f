import type { DigestConfig } from '../../etl/config-digest.ts';
import { BadInput, type Problem } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import type { DigestRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
import { audit } from '../auth/audit.ts';
import { isSameSchedule, putRecipients } from './digests.ts';
import { parseFilter } from './filter.ts';

const author = 'silverlining.yaml';

/**
 * Makes the digests of the configuration those of the store: by name, so that one keeps its archive and its pause. One that is not named any more is removed;
 * what it told stays. A digest of a page that has the same name becomes that of the configuration.
 * @throws BadInput where a filter says what is none, each at `digests[0].where.…`; nothing is changed then
 */
export async function adoptDigests(store: Store, configured: readonly DigestConfig[], now: number): Promise<void> {
  refuseFilters(configured);
  await transact(store, async (trx) => {
    const rows = await trx<DigestRow>('digest').whereNull('removed_at');
    const note = (action: 'digest_added' | 'digest_changed' | 'digest_removed', id: number) =>
      audit(trx, { at: now, userId: null, action, target: `digest ${id}` });
    const names = configured.map(({ name }) => name);
    // First, so that one with a new name finds who unsubscribed from it under the old one.
    for (const { digest_id, origin, name } of rows) {
      if (origin !== 'config' || names.includes(name)) continue;
      await trx<DigestRow>('digest').where({ digest_id }).update({ removed_at: now });
      await note('digest_removed', digest_id);
    }
    for (const config of configured) {
      const { name, recipients } = config;
      const columns = columnsOf(config);
      const known = rows.find((row) => row.name === name);
      const toRecipients = { by: author, now, isPerson: false };
      if (!known) {
        const added = { ...columns, name, since_at: now, created_by: author, created_at: now };
        const [inserted] = await trx<DigestRow>('digest').insert(added).returning('digest_id');
        const { digest_id } = inserted as { digest_id: number }; // one row was inserted
        await putRecipients(trx, digest_id, recipients, toRecipients);
        await note('digest_added', digest_id);
        continue;
      }
      const { digest_id, version } = known;
      const isChanged = Object.entries(columns).some(([column, value]) => known[column as keyof DigestRow] !== value);
      if (isChanged) {
        const since = isSameSchedule(known, columns) ? {} : { since_at: now };
        const changed = { ...columns, ...since, changed_by: author, changed_at: now, version: version + 1 };
        await trx<DigestRow>('digest').where({ digest_id }).update(changed);
      }
      const isToOthers = await putRecipients(trx, digest_id, recipients, toRecipients);
      if (isChanged || isToOthers) await note('digest_changed', digest_id);
    }
  });
}

/** The columns of a digest as the configuration has it. */
function columnsOf({ schedule, where, owner, until, webhook }: DigestConfig) {
  return {
    origin: 'config', filter: JSON.stringify(where), every: schedule.every, on_day: JSON.stringify(schedule.on ?? null), at: schedule.at ?? '07:00',
    zone: schedule.zone ?? null, owner, ends_on: until, webhook: webhook?.url ?? null, webhook_kind: webhook?.kind ?? null,
  } as const; // prettier-ignore
}

/** Labels need records, which may come later; names do not. */
function refuseFilters(configured: readonly DigestConfig[]): void {
  const problems = configured.flatMap(({ where }, i) => {
    const found: Problem[] = [];
    parseFilter(where, found);
    return found.map(({ field, message }) => ({ field: `digests[${i}].${field}`, message }));
  });
  if (problems.length) throw new BadInput(problems);
}
