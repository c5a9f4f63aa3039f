/** A piece of SQL with the values of its question marks. */
export interface Fragment {
  sql: string;
  values: (string | number)[];
}

/** A piece of SQL of ours; `values` are bound. */
export function sql(text: string, ...values: (string | number)[]): Fragment {
  return { sql: text, values };
}

/** Pieces side by side, with a text between them. */
export function join(pieces: readonly Fragment[], between: string): Fragment {
  return { sql: pieces.map((p) => p.sql).join(between), values: pieces.flatMap((p) => p.values) };
}

/** A piece in parentheses. */
export function inside(piece: Fragment): Fragment {
  return { sql: `(${piece.sql})`, values: piece.values };
}

/** Pieces that must all hold; `1 = 1` for none. */
export function all(pieces: readonly Fragment[]): Fragment {
  return pieces.length === 0 ? sql('1 = 1') : join(pieces, ' and ');
}

/** `column in (?, …)`. */
export function isOneOf(column: string, values: readonly (string | number)[]): Fragment {
  return { sql: `${column} in (${values.map(() => '?').join(', ')})`, values: [...values] };
}
