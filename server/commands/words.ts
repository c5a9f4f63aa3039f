/** A number as people read it: `12,000`. */
export function count(n: number): string {
  return n.toLocaleString('en');
}

/** `1 source`, `2 sources`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

const units = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** A length of time in its largest whole unit, rounded down: `2 hours`, `1 day`; `0 seconds` for less than one. */
export function lengthWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [size, name] = units.find(([unit]) => whole >= unit) ?? units[3];
  return counted(Math.floor(whole / size), name);
}

/** Columns as wide as their widest cell, two blanks apart. */
export function textTable(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
