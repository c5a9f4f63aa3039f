import type { Knex } from 'knex';
import type { RawRow } from './connector.ts';
import { derive } from './derive.ts';
import type { Reject } from './load.ts';
import type { LoadedCase, SourceKey } from './load-cases.ts';
import { createSeenKeys } from './seen-keys.ts';
import { brokenReject, fullSize, toReject, type Counts, type Stage, type StageOptions } from './stage.ts';
import { isOneOf } from './store/insert.ts';

const fullCases = 3000;

/** A stage for maps where one row is one case. A key that comes again is refused unless the row says the same. */
export function createPlainStage({ bound, source, context, isSourceEmpty, header, batchSize = fullCases }: StageOptions): Stage {
  const lines = createSeenKeys();
  let staged = empty();

  function empty() {
    return { read: 0, size: 0, cases: [] as LoadedCase[], rejects: [] as Reject[], again: [] as Again[] };
  }
  function addRow(row: RawRow): void {
    staged.read += 1;
    const parsed = bound.record([row]);
    if (!parsed.ok) {
      staged.rejects.push(toReject(row, parsed.problems, header));
      return;
    }
    const derived: LoadedCase = derive(parsed.record, parsed.flags, context);
    if (derived.flags.length) derived.flagPlaces = derived.flags.map(() => ({ line: row.line }));
    staged.size += derived.size;
    const firstLine = lines.get(derived.sourceId);
    if (firstLine) staged.again.push({ derived, row, firstLine });
    else {
      lines.set(derived.sourceId, row.line);
      staged.cases.push(derived);
    }
  }
  return {
    add(extract) {
      for (const row of extract.rows) addRow(row);
      staged.read += extract.broken.length;
      for (const broken of extract.broken) staged.rejects.push(brokenReject(broken));
    },
    isFull: () => staged.cases.length + staged.again.length + staged.rejects.length >= batchSize || staged.size >= fullSize,
    take() {
      const { read, cases, rejects, again } = staged;
      staged = empty();
      let same = 0;
      return {
        read,
        knownAt: cases.reduce((last, c) => Math.max(last, c.knownAt), 0),
        load: {
          cases,
          rejects,
          isKnownNew: isSourceEmpty ? () => true : undefined,
          before: again.length
            ? async (trx) => {
                const sorted = await sortRepeated(trx, source, { header, keyColumns: bound.keyColumns }, cases, again);
                same = sorted.same;
                return sorted;
              }
            : undefined,
        },
        count(result) {
          const counts: Counts = { read, inserted: 0, updated: 0, unchanged: same, rejected: result.rejected, flagged: 0 };
          result.outcomes.forEach((outcome, i) => {
            counts[outcome] += 1;
            if (outcome !== 'unchanged' && result.cases[i]?.flags.length) counts.flagged += 1;
          });
          return counts;
        },
        settle: () => undefined,
      };
    },
    rest: () => null,
  };
}

interface Again {
  derived: LoadedCase;
  row: RawRow;
  firstLine: number;
}

/** A row whose key came before says the same, which changes nothing, or something else, which is refused. */
async function sortRepeated(
  trx: Knex.Transaction,
  source: SourceKey,
  { header, keyColumns }: { header: readonly string[]; keyColumns: readonly string[] },
  cases: readonly LoadedCase[],
  again: readonly Again[],
): Promise<{ cases: LoadedCase[]; rejects: Reject[]; same: number }> {
  const hashes = new Map(cases.map((c) => [c.sourceId, c.rowHash]));
  const earlier = again.map((a) => a.derived.sourceId).filter((key) => !hashes.has(key));
  const found = await trx<{ source: number; source_id: string; row_hash: string }>('case_fact')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', earlier))
    .select('source_id', 'row_hash');
  for (const { source_id, row_hash } of found) hashes.set(source_id, row_hash);
  const result = { cases: [] as LoadedCase[], rejects: [] as Reject[], same: 0 };
  for (const { derived, row, firstLine } of again) {
    const first = hashes.get(derived.sourceId);
    if (first === undefined) {
      // Another key with the same hash was taken for this one.
      hashes.set(derived.sourceId, derived.rowHash);
      result.cases.push(derived);
    } else if (first === derived.rowHash) result.same += 1;
    else
      result.rejects.push(
        toReject(
          row,
          [
            {
              field: keyColumns.join(' + '),
              message: `the key "${derived.sourceId}" stands already on line ${firstLine} with other content`,
            },
          ],
          header,
        ),
      );
  }
  return result;
}
