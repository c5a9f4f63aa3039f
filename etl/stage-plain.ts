import type { Knex } from 'knex';
import type { RawRow } from './connector.ts';
import { derive } from './derive.ts';
import type { LoadedCase, SourceKey } from './load-cases.ts';
import { erasedKeys } from './load-erased.ts';
import type { Reject } from './load-rejects.ts';
import { deliveryOf } from './load-rows.ts';
import { createSeenKeys } from './seen-keys.ts';
import { brokenReject, fullSize, noCounts, toReject, type Counts, type Stage, type StageOptions } from './stage.ts';
import { isOneOf } from './store/insert.ts';

const fullCases = 3000;

/**
 * A stage for maps where one row is one case. A key that comes again with other content is refused, since in one file one of them
 * must be wrong; or it replaces what came before, since what a source says later of a case is how the case stands now.
 */
export function createPlainStage(options: StageOptions): Stage {
  const { source, context, isSourceEmpty, repeats, runId, batchSize = fullCases } = options;
  let { bound, header } = options;
  /** Of each key the line it stood on first, so that it can be refused or looked up in the store. */
  const lines = createSeenKeys();
  let staged = empty();

  function empty() {
    return {
      read: 0,
      size: 0,
      cases: [] as LoadedCase[],
      rejects: [] as Reject[],
      again: [] as Again[],
      /** Where the case of a key stands among those that may still be replaced. */
      places: new Map<string, number>(),
      /** Keys that an earlier batch of the run has loaded. */
      loaded: new Set<string>(),
      replaced: { updated: 0, unchanged: 0 },
    };
  }
  function addRow(row: RawRow): void {
    staged.read += 1;
    const parsed = bound.record([row]);
    if (!parsed.ok) {
      const key = bound.keyOf(row);
      reject(toReject(row, parsed.problems, header, 'key' in key ? key.key : null));
      return;
    }
    const derived: LoadedCase = derive(parsed.record, parsed.flags, context);
    if (derived.flags.length) derived.flagPlaces = derived.flags.map(() => ({ line: row.line }));
    staged.size += derived.size;
    const firstLine = lines.get(derived.sourceId);
    if (repeats === 'replace') {
      derived.arrival = { delivery: deliveryOf(row) ?? runId, line: row.line };
      replace(derived, firstLine > 0);
    } else if (firstLine) {
      staged.again.push({ derived, row, firstLine });
      return;
    } else staged.cases.push(derived);
    if (!firstLine) lines.set(derived.sourceId, row.line);
  }
  function reject(rejected: Reject): void {
    staged.rejects.push(rejected);
    staged.size += rejected.raw?.length ?? 0;
  }
  /** Counts come as they would if every row were loaded for itself. */
  function replace(derived: LoadedCase, isRepeated: boolean): void {
    const { places, cases, loaded, replaced } = staged;
    const place = places.get(derived.sourceId);
    if (place === undefined) {
      if (isRepeated) loaded.add(derived.sourceId);
      places.set(derived.sourceId, cases.length);
      cases.push(derived);
      return;
    }
    replaced[cases[place]?.rowHash === derived.rowHash ? 'unchanged' : 'updated'] += 1;
    cases[place] = derived;
  }
  return {
    rebind(wider, columns) {
      bound = wider;
      header = columns;
    },
    add(extract) {
      for (const row of extract.rows) addRow(row);
      staged.read += extract.broken.length;
      for (const broken of extract.broken) reject(brokenReject(broken));
    },
    isFull: () => staged.cases.length + staged.again.length + staged.rejects.length >= batchSize || staged.size >= fullSize,
    take() {
      const { read, cases, rejects, again, loaded, replaced } = staged;
      const keyColumns = bound.keyColumns;
      const columns = header;
      staged = empty();
      let same = 0;
      return {
        read,
        knownAt: cases.reduce((last, c) => Math.max(last, c.knownAt), 0),
        load: {
          cases,
          rejects,
          isKnownNew: isSourceEmpty ? (key) => !loaded.has(key) : undefined,
          before: again.length
            ? async (trx) => {
                const sorted = await sortRepeated(trx, source, { header: columns, keyColumns }, cases, again);
                same = sorted.same;
                return sorted;
              }
            : undefined,
        },
        count(result) {
          const counts: Counts = {
            ...noCounts,
            read,
            updated: replaced.updated,
            unchanged: same + replaced.unchanged,
            rejected: result.rejected,
            removed: result.removed,
          };
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
  const erased = await erasedKeys(trx, source, earlier);
  const result = { cases: [] as LoadedCase[], rejects: [] as Reject[], same: 0 };
  for (const { derived, row, firstLine } of again) {
    const first = hashes.get(derived.sourceId);
    if (first === undefined) {
      // Another key with the same hash was taken for this one.
      hashes.set(derived.sourceId, derived.rowHash);
      result.cases.push(derived);
    } else if (first === derived.rowHash || erased.has(derived.sourceId)) result.same += 1;
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
          derived.sourceId,
        ),
      );
  }
  return result;
}
