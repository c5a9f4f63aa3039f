import { pino, destination } from 'pino';

/** Writes one JSON line to standard error: a past-tense event name and fields. Never pass customer text, names or contact data. */
export type Log = (event: string, fields?: Record<string, unknown>) => void;

/**
 * @param level a pino level name, or `silent`
 * @returns the log; fields named `error` are written as message and stack
 */
export function createLog(level: string): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: pino.stdSerializers.err } },
    destination({ fd: 2, sync: true }),
  );
  return (event, fields = {}) => {
    if ('error' in fields) logger.error({ event, ...fields });
    else logger.info({ event, ...fields });
  };
}
