import type { DigestConfig } from '../../etl/config-digest.ts';
import { BadInput, type Problem } from '../../etl/errors.ts';
import type { Store } from '../../etl/store/open.ts';
import type { DigestRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
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
    for (const config of configured) {
      const { name, schedule, where, owner, until, webhook, recipients } = config;
      const columns = {
        origin: 'config', filter: JSON.stringify(where), every: schedule.every, on_day: JSON.stringify(schedule.on ?? null), at: schedule.at ?? '07:00',
        zone: schedule.zone ?? null, owner, ends_on: until, webhook: webhook?.url ?? null, webhook_kind: webhook?.kind ?? null,
      } as const; // prettier-ignore
      const known = rows.find((row) => row.name === name);
      let id = known?.digest_id;
      if (known) {
        const isChanged = Object.entries(columns).some(([column, value]) => known[column as keyof DigestRow] !== value);
        const changed = { ...columns, changed_by: author, changed_at: now, version: known.version + 1 };
        const since = isSameSchedule(known, columns) ? {} : { since_at: now };
        if (isChanged)
          await trx<DigestRow>('digest')
            .where({ digest_id: known.digest_id })
            .update({ ...changed, ...since });
      } else {
        const added = { ...columns, name, since_at: now, created_by: author, created_at: now };
        const inserted = await trx<DigestRow>('digest').insert(added).returning('digest_id');
        id = (inserted[0] as { digest_id: number }).digest_id; // one row was inserted
      }
      if (id !== undefined) await putRecipients(trx, id, recipients, { by: author, now, isPerson: false });
    }
    const names = configured.map(({ name }) => name);
    for (const row of rows)
      if (row.origin === 'config' && !names.includes(row.name))
        await trx<DigestRow>('digest').where({ digest_id: row.digest_id }).update({ removed_at: now });
  });
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
