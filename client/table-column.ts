/** A column of a table on the screen. */
export interface TableColumn<T> {
  name: string;
  label: string;
  /** Numbers are right-aligned. */
  isNumber?: boolean;
  /** Text of a cell; an empty text is shown as an en dash. */
  text: (row: T) => string;
  /** A second, quiet line of the cell; an empty one is left out. */
  note?: (row: T) => string;
  /** Why the value is unknown, or the whole text of a shortened one; shown on hover. */
  hint?: (row: T) => string | undefined;
  /** Link of the cell, if it leads anywhere. */
  href?: (row: T) => string;
  /** Whether the cell tells of something that is wrong. */
  isConcern?: (row: T) => boolean;
  /** Takes the room the others leave. */
  isWide?: boolean;
  /** Longest width before the text is shortened, in px; default 280. */
  width?: number;
}
