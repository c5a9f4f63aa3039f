import { SourceFailed } from './errors.ts';
import { redactError } from './secret.ts';
import { storeFault } from './store/fault.ts';

export interface Failure {
  /** Name of the source. */
  source: string;
  /** Rows whose batch was committed. */
  loaded: number;
  isFolding: boolean;
  /** The next run goes on from where this one ended. */
  isPulled: boolean;
  signal: AbortSignal | undefined;
  redact: ((text: string) => string) | undefined;
}

/** What went wrong with a run, in words that say what became of its rows and what to do next, without secrets. */
export function tellFailure(error: unknown, failure: Failure): unknown {
  const told = tellLoaded(tellCause(error, failure), failure);
  return failure.redact ? redactError(told, failure.redact) : told;
}

/** A store that cannot be written, as what it means for a run of `source`; any other error as it is. */
export function asStoreFault(source: string, error: unknown): unknown {
  const fault = storeFault(error);
  return fault === null ? error : new SourceFailed(source, fault, { retriable: true, cause: error });
}

function tellCause(given: unknown, { source, signal }: Failure): unknown {
  const error = asStoreFault(source, given);
  if (error !== given) return error;
  // Whatever a connector makes of being told to stop.
  if (signal?.aborted && !(error instanceof SourceFailed && !error.retriable))
    return new SourceFailed(source, 'the run was stopped before its end', { retriable: true, cause: error });
  return error;
}

/** An input that broke off leaves rows in the store; whoever reads why is told how many. */
function tellLoaded(error: unknown, { loaded, isFolding, isPulled }: Failure): unknown {
  if (loaded === 0 || !(error instanceof SourceFailed)) return error;
  const fate = isFolding
    ? 'are kept and become cases with the next run that reads to its end'
    : isPulled
      ? 'are loaded, and the next run goes on from there'
      : 'are loaded and stay so';
  const message = `${error.message}; the first ${loaded.toLocaleString('en')} rows ${fate}`;
  return new SourceFailed(error.source, message, { retriable: error.retriable, cause: error });
}
