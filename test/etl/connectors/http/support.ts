import type { Extract, PullConnector, RawRow, ReadContext } from '../../../../etl/connector.ts';
import { resolvedHttpOptions, type HttpInput, type HttpOptions } from '../../../../etl/connectors/http/options.ts';
import { createHttpReader, type HttpDeps } from '../../../../etl/connectors/http/reader.ts';

/** 2026-01-01T00:00:00Z: the clock of these tests. */
export const now = 1_767_225_600;

/** Options as a preset gives them. */
export function httpOptions(input: HttpInput): HttpOptions {
  return resolvedHttpOptions.parse(input);
}

/** A context that does not wait; `pauses` gets the milliseconds it was asked to wait for. */
export function testContext(pauses: number[] = []): ReadContext {
  return {
    now: () => now,
    pause(milliseconds) {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  };
}

export interface ReadAll {
  extracts: Extract[];
  rows: RawRow[];
  cursor: string | null;
  error: Error | null;
}

/** Reads to the end or to the first error, which it gives back with what came before. */
export async function readAll(
  input: HttpInput,
  since: string | null = null,
  context = testContext(),
  deps: HttpDeps = {},
): Promise<ReadAll> {
  const extracts: Extract[] = [];
  let error: Error | null = null;
  try {
    for await (const extract of createHttpReader({ random: () => 0.5, ...deps })(httpOptions(input), since, context))
      extracts.push(extract);
  } catch (thrown) {
    error = thrown as Error;
  }
  return { extracts, rows: extracts.flatMap((e) => e.rows), cursor: extracts.at(-1)?.cursor ?? null, error };
}

/** The ids of rows, in their order. */
export function ids(rows: readonly RawRow[]): string[] {
  return rows.map((row) => row.values.id ?? '');
}

/** A connector whose waits take no time, for runs. */
export function withoutWaiting<Options>(connector: PullConnector<Options>): PullConnector<Options> {
  return {
    ...connector,
    read: (options, since, context) => connector.read(options, since, { ...context, pause: () => Promise.resolve() }),
  };
}
