import type { MeasureName } from './measures.ts';
import type { TableJson } from './wire.ts';

/**
 * Why a measure is missing altogether, where no source has what it needs.
 * @param sourceCount how many sources have cases
 * @returns null where at least one source could answer
 */
export function absenceOf(table: TableJson, measure: MeasureName | undefined, sourceCount: number): string | null {
  // What is only remarked on has figures.
  const isKnown = measure !== undefined && table.rows.some((row) => row[measure] !== null || typeof row[`${measure}_n`] === 'number');
  if (isKnown) return null;
  const notes = table.notes.filter((note) => note.measure === measure);
  const isAll = notes.some((note) => note.source === null) || new Set(notes.map((note) => note.source)).size >= sourceCount;
  return isAll ? (notes[0]?.message ?? null) : null;
}
