import { SvelteMap } from 'svelte/reactivity';

/** What was corrected in a rejected row: only the columns that differ from how they came. */
export interface Correction {
  source: string;
  values: Record<string, string>;
}

/**
 * What was corrected in rejected rows and is not replayed yet, by reject_id. Kept in this tab and not in the browser's storage, since rows
 * hold customers' words; leaving the tab asks first.
 */
class Corrections {
  readonly #byRow = new SvelteMap<number, Correction>();

  /** How many rows have corrections. */
  get count(): number {
    return this.#byRow.size;
  }

  /** Corrected rows as replays take them: those of one source each. */
  get bySource(): { reject_id: number; values: Record<string, string> }[][] {
    const groups: Record<string, { reject_id: number; values: Record<string, string> }[]> = {};
    for (const [reject_id, { source, values }] of this.#byRow) (groups[source] ??= []).push({ reject_id, values });
    return Object.values(groups);
  }

  /** The corrected columns of a row; empty when it has none. */
  of(id: number): Record<string, string> {
    return this.#byRow.get(id)?.values ?? {};
  }

  has(id: number): boolean {
    return this.#byRow.has(id);
  }

  /** Keeps a column of a row as corrected, or forgets that it was when it is as it came again. */
  set(row: { id: number; source: string }, column: string, value: string, asItCame: string): void {
    const values = Object.fromEntries(Object.entries(this.of(row.id)).filter(([name]) => name !== column));
    if (value !== asItCame) values[column] = value;
    if (Object.keys(values).length > 0) this.#byRow.set(row.id, { source: row.source, values });
    else this.#byRow.delete(row.id);
    this.#guard();
  }

  /** Forgets the corrections of rows, or all: they were replayed, left out or given up. */
  drop(ids: readonly number[] = [...this.#byRow.keys()]): void {
    for (const id of ids) this.#byRow.delete(id);
    this.#guard();
  }

  #guard(): void {
    if (this.#byRow.size > 0) addEventListener('beforeunload', askFirst);
    else removeEventListener('beforeunload', askFirst);
  }
}

export const corrections = new Corrections();

function askFirst(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
