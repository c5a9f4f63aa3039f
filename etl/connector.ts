/** One row of an input as text by column name, with where it stands. */
export interface RawRow {
  /** 1-based line of the file where the row begins. */
  line: number;
  values: Record<string, string>;
}

/** A part of the input that is no row: kept in `rejected_record`. */
export interface BrokenRow {
  line: number;
  /** 1-based position of the field in the row, where it is known. */
  column: number | null;
  field: string | null;
  /** What was found and what was expected. */
  reason: string;
  /** The text as it came, cut at 64 KiB. */
  text: string;
}

/** What a connector yields: batches keep the cost of asynchronous iteration off the single row. */
export interface Extract {
  rows: RawRow[];
  broken: BrokenRow[];
  /** Where to go on from after everything yielded so far is loaded. */
  cursor: string;
  /** Bytes of input consumed so far (of the compressed file where it is compressed). */
  bytes: number;
}

/** A kind of place records come from. `read` yields rows in a stable order; it never writes, retries or logs. */
export interface Connector<Options = unknown> {
  name: string;
  description: string;
  /**
   * @param since cursor of an earlier read, or null for everything
   * @throws SourceFailed when the place cannot be read; BadInput when its header is unusable
   */
  read(options: Options, since: string | null): AsyncIterable<Extract>;
}
