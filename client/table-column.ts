/** A column of a table on the screen. */
export interface TableColumn<T> {
  name: string;
  label: string;
  /** Numbers are right-aligned. */
  isNumber?: boolean;
  /** Text of a cell; an empty text is shown as an en dash. */
  text: (row: T) => string;
  /** Why the value is unknown, or the whole text of a shortened one; shown on hover. */
  hint?: (row: T) => string | undefined;
  /** Link of the cell, if it leads anywhere. */
  href?: (row: T) => string;
  /** Longest width before the text is shortened, in px; default 280. */
  width?: number;
}
