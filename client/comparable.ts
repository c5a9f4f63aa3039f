import { formatDate } from '../queries/model/number.ts';
import { notCompared, type TableJson } from '../queries/model/wire.ts';

/**
 * A table without its comparison where the window before begins before the first case was received: it would read as a rise.
 * @param earliest local date of the first case, `YYYY-MM-DD`; null while there is none
 */
export function comparable(table: TableJson, earliest: string | null): TableJson {
  const { current, before } = table.windows;
  if (!before || earliest === null || before.from >= earliest) return table;
  const compared = table.columns.filter((c) => /_before(_n)?$|_change(_low|_high|_verdict)?$/.test(c.name)).map((c) => c.name);
  const message = `${notCompared}: cases begin on ${formatDate(earliest)}`;
  return {
    ...table,
    windows: { current },
    rows: table.rows.map((row) => ({ ...row, ...Object.fromEntries(compared.map((name) => [name, null])) })),
    ...(table.pareto && { pareto: { ...table.pareto, vitalBefore: null } }),
    notes: [...table.notes, { measure: null, source: null, message }],
  };
}
