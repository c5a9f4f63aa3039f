import path from 'node:path';
import { z } from 'zod';

// A parser of zod is handed nothing but the value; parsing is synchronous, so one variable is enough.
let base = '.';

/**
 * A path of a file or folder in the configuration. A relative one starts from the folder of the configuration file; read, it is
 * absolute.
 * @param isPath tells texts that are no path and stay as they are
 */
export function configPath(isPath: (text: string) => boolean = () => true) {
  return z
    .string()
    .min(1)
    .overwrite((text) => (isPath(text) ? path.resolve(base, text) : text));
}

/** Reads with relative paths taken from `folder`. */
export function withPathsFrom<T>(folder: string, read: () => T): T {
  const before = base;
  base = folder;
  try {
    return read();
  } finally {
    base = before;
  }
}
