import type { z } from 'zod';

/** One row of an input as text by column name, with where it stands. */
export interface RawRow {
  /** 1-based: the line of the file where the row begins, or its place in what was read. */
  line: number;
  /** Every column of the header; a value the source leaves out is an empty text. */
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
  /** Every column seen so far, in a stable order. It may grow from one extract to the next, never shrink. */
  header: readonly string[];
  rows: RawRow[];
  broken: BrokenRow[];
  /** Where to go on from after everything yielded so far is loaded; opaque to everybody but the connector. */
  cursor: string;
  /** Bytes of input consumed so far (of the compressed file where it is compressed). */
  bytes: number;
  /** What is to be expected in all, where the source says so. */
  total?: { count: number; unit: 'rows' | 'bytes' };
  /** Keys the source says it no longer has; their cases are taken out. */
  gone?: readonly string[];
  /** The read ends here by a limit of its own and the source has more, which the next read gives. */
  isPartial?: true;
  /** What the source says of itself that readers should know, as "data is five days old". */
  notice?: string;
}

/** What a read may use of the process it runs in; tests give their own clock. */
export interface ReadContext {
  /** Seconds since 1970 UTC. */
  now: () => number;
  /** Ends the read at its next request. */
  signal?: AbortSignal;
  /** Every column the records of the source have had in earlier runs. */
  knownColumns?: readonly string[];
  /** Only so many rows are wanted, from the start: the read asks for no more at once, yields as soon as it has them, and asks for nothing else. */
  firstRows?: number;
  /** Waits; rejects when `signal` is aborted. */
  pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Reads one input: a file of some format, a table, the pages of an interface. It yields rows in a stable order and never writes.
 * What can be asked again within a read (a busy server) is asked again there; a read that fails is not repeated by the reader.
 */
export interface Reader<Options> {
  name: string;
  description: string;
  /** Records name their columns themselves, so that one without a value may be missing from a whole read; else the header is all there is. */
  hasOpenHeader?: true;
  /**
   * @param since cursor of an earlier read, or null for everything
   * @throws SourceFailed when the place cannot be read; BadInput when what it says cannot be used
   */
  read(options: Options, since: string | null, context: ReadContext): AsyncIterable<Extract>;
}

interface ConnectorBase<Options> {
  /** As `connector:` of the configuration names it. */
  name: string;
  description: string;
  /** What a source of the configuration may say for it beside name, map and schedule; secrets stand as `secret()`. */
  options: z.ZodType<Options>;
}

/** A place that is one input, read on from the cursor of its last complete batch. */
export interface PullConnector<Options = unknown> extends ConnectorBase<Options>, Reader<Options> {
  kind: 'pull';
}

/** A place that holds files, each an input of its own that is read once. */
export interface FileConnector<Options = unknown> extends ConnectorBase<Options> {
  kind: 'files';
  /** The files that are there and whole, in a stable order. @throws SourceFailed when the place cannot be read */
  files(options: Options, context: FilesContext): Promise<FoundFile[]>;
}

/** A place that sends its records by itself; nothing is ever pulled. */
export interface PushConnector<Options = unknown> extends ConnectorBase<Options> {
  kind: 'push';
}

export type Connector<Options = unknown> = PullConnector<Options> | FileConnector<Options> | PushConnector<Options>;

/** A file that has been written to its end. */
export interface FoundFile {
  name: string;
  path: string;
  /** SHA-256 of its bytes, hexadecimal. */
  hash: string;
}

export interface FilesContext {
  /** Name of the source, for messages. */
  source: string;
  /** Whether a file with this content has been read already, whenever and under whatever name. */
  isLoaded: (hash: string) => Promise<boolean>;
  /** Whether the file of this name holds what was read last of it; a copy of what was read under another name counts as read. */
  isCurrent: (name: string, hash: string) => Promise<boolean>;
  /** How long a file must keep its size and time before it counts as written to its end. */
  settleMs?: number;
}
