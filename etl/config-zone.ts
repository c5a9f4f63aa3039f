import { z } from 'zod';
import { didYouMean } from './errors.ts';
import { isZone } from './time.ts';

/** The name of a time zone in a configuration. */
export const zoneName = z.string().refine(isZone, {
  error: ({ input }) =>
    `"${String(input)}" is no time zone; it is a name like Europe/Vienna${didYouMean(String(input), Intl.supportedValuesOf('timeZone'))}`,
});
