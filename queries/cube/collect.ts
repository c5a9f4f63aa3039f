import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collectNow: (() => void) | null = null;

/** Gives memory back that was let go of. V8 does not count memory that threads share, and would leave it until something else is to be collected. */
export function collect(): void {
  if (!collectNow) {
    setFlagsFromString('--expose-gc');
    collectNow = runInNewContext('gc') as () => void;
  }
  collectNow();
}
