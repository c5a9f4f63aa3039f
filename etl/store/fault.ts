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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function plain(error: unknown): string {
  return (error as Error).message.replace(/^SQLITE_[A-Z]+: /, '');
}
