import { BadInput } from '../etl/errors.ts';
import type { Chosen } from './rejected.ts';

const mostNamed = 10_000;

/** The corrections of a check: `{ values: { column: text } }`. @throws BadInput */
export function readChanges(body: unknown): Record<string, string> {
  return texts((body as { values?: unknown }).values ?? {}, 'values');
}

/**
 * `{ rows: [{ reject_id, values? }] }` or `{ source, field, reason_kind }`.
 * @throws BadInput when it is neither
 */
export function readReplay(body: unknown): { chosen: Chosen; changes: Map<number, Record<string, string>> } {
  const { rows } = body as { rows?: unknown };
  const changes = new Map<number, Record<string, string>>();
  if (rows === undefined) return { chosen: readGroup(body, 'rows'), changes };
  const ids = list(rows, 'rows').map((row, i) => {
    const { reject_id: id, values } = (row ?? {}) as { reject_id?: unknown; values?: unknown };
    const found = whole(id, `rows[${i}].reject_id`);
    if (values !== undefined) changes.set(found, texts(values, `rows[${i}].values`));
    return found;
  });
  return { chosen: { ids: [...new Set(ids)] }, changes };
}

/** `{ reject_ids: […] }` or `{ source, field, reason_kind }`. @throws BadInput when it is neither */
export function readDismiss(body: unknown): Chosen {
  const { reject_ids: ids } = body as { reject_ids?: unknown };
  if (ids === undefined) return readGroup(body, 'reject_ids');
  return { ids: [...new Set(list(ids, 'reject_ids').map((id, i) => whole(id, `reject_ids[${i}]`)))] };
}

function readGroup(body: unknown, other: string): Chosen {
  const { source, field = null, reason_kind: reasonKind } = body as Record<string, unknown>;
  if (typeof source === 'string' && typeof reasonKind === 'string' && (field === null || typeof field === 'string'))
    return { source, field, reasonKind };
  throw new BadInput([{ field: other, message: `is missing; expected ${other}, or source, field and reason_kind` }]);
}

function list(value: unknown, field: string): unknown[] {
  if (Array.isArray(value) && value.length > 0 && value.length <= mostNamed) return value;
  throw new BadInput([{ field, message: `expected a list of 1 to ${mostNamed.toLocaleString('en')} rows` }]);
}

function whole(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 2 ** 31 - 1) return value;
  throw new BadInput([{ field, message: 'expected the number of a rejected row' }]);
}

function texts(value: unknown, field: string): Record<string, string> {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isTable && Object.values(value).every((text) => typeof text === 'string')) return value as Record<string, string>;
  throw new BadInput([{ field, message: 'expected texts by column, as { "Date received": "2026-02-28" }' }]);
}
