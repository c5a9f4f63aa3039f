import { BadInput } from './errors.ts';
import { bindMap, type BoundMap, type RecordMap } from './map.ts';

export interface ColumnOptions {
  map: RecordMap;
  /** Name of the file, or null for what is no file. */
  input: string | null;
  /** Every column the records of the source have had in earlier runs. */
  known: readonly string[];
  /** The header of this read need not name every column: what is known of earlier reads counts too. */
  isOpen: boolean;
}

/** The columns of a run, which may grow, and the map bound to them. */
export interface RunColumns {
  /**
   * Takes up a header.
   * @param hasRows without rows an open header may still lack what the map needs
   * @returns the map bound to all columns, or null when nothing is new or there is nothing to bind it to yet
   * @throws BadInput naming every column the map needs that the source has not
   */
  take(header: readonly string[], hasRows: boolean): { bound: BoundMap; columns: readonly string[] } | null;
  /** Every column the records of the source have had, in the order they were first seen. */
  all(): readonly string[];
  /** What the map needs, the source had in earlier runs and does not give any more; null when nothing is missing. */
  missing(): string | null;
}

/** Follows the headers of a run. See {@link RunColumns}. */
export function followColumns({ map, input, known, isOpen }: ColumnOptions): RunColumns {
  const name = isOpen ? (input ?? 'the source') : undefined;
  const bind = (columns: readonly string[]) => bindMap(map, columns, input, name);
  let all = known;
  let taken: readonly string[] | null = null;
  let missing: string | null = null;
  let hadRows = false;

  return {
    take(header, hasRows) {
      if (taken !== null && header.length === taken.length && (hadRows || !hasRows)) return null;
      hadRows ||= hasRows;
      all = [...new Set([...known, ...header])];
      const columns = isOpen ? all : header;
      const bound = isOpen && !hasRows ? orNull(() => bind(columns)) : bind(columns);
      if (!bound) return null;
      taken = header;
      missing = isOpen && hadRows ? problemsOf(() => bind(header)) : null;
      return { bound, columns };
    },
    all: () => all,
    missing: () => missing,
  };
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof BadInput) return null;
    throw error;
  }
}

function problemsOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof BadInput) return error.problems.map((p) => p.message).join('; ');
    throw error;
  }
}
