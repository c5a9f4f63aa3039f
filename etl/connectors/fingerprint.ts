import { createHash } from 'node:crypto';

/** What readers are told when a source is asked for something else than the place to go on from was noted for. */
export const anewNote =
  'the source is asked for something else than when the last run stopped (or that was noted by an older version), so everything was read again';

const recentRows = 50_000;

/** A hash of a JSON value that does not depend on the order of keys, nor of objects in a list: some sources give them as they fall. */
export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(value)))
    .digest('base64url')
    .slice(0, 22);
}

/** The same for a page: its length, and its first, middle and last row. */
export function pageFingerprint(items: readonly unknown[]): string {
  return fingerprint([items.length, [items[0], [items[Math.floor(items.length / 2)], [items.at(-1)]]]]);
}

/** Tells rows that came before from new ones, among the last 50,000 to 100,000 rows. */
export function createRecentRows(): { isNew: (row: unknown) => boolean } {
  let recent = new Set<string>();
  let before = new Set<string>();
  return {
    isNew(row) {
      const mark = fingerprint(row);
      if (recent.has(mark)) return false;
      const isNew = !before.has(mark);
      recent.add(mark);
      if (recent.size >= recentRows) [before, recent] = [recent, new Set()];
      return isNew;
    },
  };
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(inOrder);
    const areObjects = items.length > 1 && items.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
    return areObjects ? items.map((item) => JSON.stringify(item)).sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([key, item]): [string, unknown] => [key, inOrder(item)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
