import { mappedRow, type MappedRow } from './mapped-row.ts';
import { bindMap, type RecordMap } from './map.ts';
import type { RawRow } from './connector.ts';
import type { Store } from './store/open.ts';
import type { CaseFactRow, SourceStateRow } from './store/tables.ts';

/** What a row would become if it were read now; nothing is written. */
export interface CheckedRow extends MappedRow {
  /** The case that stands under its key already; null when there is none. */
  replaces: number | null;
}

interface LandedRow {
  source: number;
  source_id: string;
  ordinal: number;
  delivery: number;
  line: number;
  body: string;
}

/**
 * Maps one row as a run would. Of a folding map the case is made of all its rows that are landed, this one in the place of the
 * one it corrects.
 * @param raw the row as it was kept, by which its landed form is found
 * @throws BadInput when the columns do not fit the map
 */
export async function checkRow(
  store: Store,
  { source, map, row, raw }: { source: SourceStateRow; map: RecordMap; row: RawRow; raw: string },
): Promise<CheckedRow> {
  const known = JSON.parse(source.columns) as string[];
  const columns = [...new Set([...known, ...Object.keys(row.values)])];
  const whole = { ...row, values: { ...Object.fromEntries(columns.map((name) => [name, ''])), ...row.values } };
  const bound = bindMap(map, columns);
  const key = bound.keyOf(whole);
  if ('problem' in key) return { ...mappedRow({ ok: false, problems: [key.problem] }), replaces: null };
  const own = { source: source.source, source_id: key.key };
  const rows = map.fold ? await withLanded() : [whole];
  const found = await store.reader<CaseFactRow>('case_fact').where(own).first('case_id');
  return { ...mappedRow(bound.record(rows)), replaces: found?.case_id ?? null };

  async function withLanded(): Promise<RawRow[]> {
    const landed = await store.reader<LandedRow>('source_row').where(own).select('ordinal', 'delivery', 'line', 'body');
    const before = landed.find((each) => each.body === raw);
    const others = landed
      .filter((each) => each !== before)
      .map((each) => ({ ...each, values: JSON.parse(each.body) as Record<string, string> }));
    const place = { ordinal: bound.ordinal(whole) ?? 0, delivery: before?.delivery ?? Infinity, line: before?.line ?? row.line };
    return [...others, { ...place, values: whole.values }].sort(
      (a, b) => a.ordinal - b.ordinal || a.delivery - b.delivery || a.line - b.line,
    );
  }
}
