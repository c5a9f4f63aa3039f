/** Room for a few batches and their log, in MB. */
const roomMb = 100;

/** Whether the store could not be written because its disk has no room. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', '53100'].includes(codeOf(error));
}

/**
 * What to tell people where the store itself could not be written, or null for any other error.
 * @param error of the database or of the file system
 */
export function storeFault(error: unknown): string | null {
  if (isDiskFull(error)) return `the disk is full: free ${roomMb} MB or more and run again; the store is undamaged`;
  switch (codeOf(error)) {
    case 'EROFS':
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case '25006':
      return `the store cannot be written: ${plain(error)}; make it writable and run again`;
    case 'SQLITE_IOERR':
      return `the store cannot be written: ${plain(error)}; see that its disk is whole and has room, and run again`;
    default:
      return null;
  }
}

const unreachable = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'ENOENT'];

/**
 * What to tell people where a PostgreSQL store could not be opened, or null for any other error.
 * @param url of the store; what is told has its host and database, and no password
 */
export function connectFault(error: unknown, url: string): string | null {
  const code = codeOf(error);
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '', pathname: '' };
  const place = `the database ${decodeURIComponent(pathname.slice(1))} on ${host || 'this machine'}`;
  if (code === '3D000') return `there is no ${place.slice('the '.length)}: create it, or mend the address in DATABASE_URL`;
  if (code === '28P01' || code === '28000' || /^SASL|password must be/.test(error instanceof Error ? error.message : ''))
    return `${place} refuses the user or the password: mend them in DATABASE_URL`;
  if (code === '42501') return `${place}: ${plain(error)}; the user of DATABASE_URL must be able to make tables in it`;
  if (code === '53300') return `${place} has no free connection: wait, or raise its max_connections`;
  if (
    unreachable.includes(code) ||
    /^(08|57P)/.test(code) ||
    /timeout|terminated unexpectedly/i.test(error instanceof Error ? error.message : '')
  )
    return `${place} does not answer${code ? ` (${code})` : ''}: see that the server runs, and that DATABASE_URL names it`;
  return null;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The engine's own words, without the statement that Knex puts in front. */
function plain(error: unknown): string {
  const { message } = error as Error;
  return message.slice(message.lastIndexOf(' - ') + 1).replace(/^- |^SQLITE_[A-Z]+: /, '');
}
