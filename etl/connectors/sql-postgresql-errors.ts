import { BadInput, SourceFailed } from '../errors.ts';

interface About {
  name: string;
  /** Host and database. */
  place: string;
  timeoutSeconds: number;
  /** Near names for a table that does not exist. */
  near: () => Promise<string>;
}

const unreachable = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'ENOENT'];

/** What went wrong on a PostgreSQL server and what to do next, without values of rows. Codes by PostgreSQL, appendix A. */
export async function postgresqlError(error: unknown, about: About): Promise<Error> {
  if (error instanceof BadInput || error instanceof SourceFailed || !(error instanceof Error)) return error as Error;
  const { code = '' } = error as { code?: string };
  const fail = (message: string, retriable: boolean): SourceFailed =>
    new SourceFailed(about.name, message, { retriable, cause: bare(error, code) });
  const own = ownWords(error);
  switch (code) {
    case '28P01':
    case '28000':
      return fail(`${about.place} refuses the user or the password; put the right ones into the secret of database:`, false);
    case '3D000':
      return fail(`there is no database ${about.place}; mend the address in the secret of database:`, false);
    case '42P01': {
      const near = await about.near().catch(() => '');
      return new BadInput([{ field: 'table', message: `${own}${near}; a table of another schema is written schema.table` }]);
    }
    case '42501':
      return fail(`${own}; let the user read it: grant select on … to …`, false);
    case '25006':
      return new BadInput([{ field: 'query', message: 'it writes to the database; only queries that read can be used' }]);
    case '57014':
      return fail(
        `a query took longer than ${about.timeoutSeconds} seconds and was ended; raise timeout_seconds, or let the database have an index on watermark and key`,
        true,
      );
    case '53300':
      return fail(`${about.place} has no free connection`, true);
  }
  if (/^SASL|password must be/.test(error.message))
    return fail(`${about.place} asks for a password; put the right one into the secret of database:`, false);
  if (code.startsWith('42')) return new BadInput([{ field: 'query', message: own }]);
  if (unreachable.includes(code) || /^(08|57P)/.test(code) || /timeout|terminated unexpectedly|timed out/i.test(error.message))
    return fail(`${about.place} does not answer${code ? ` (${code})` : ''}; is the server running, and may this machine reach it?`, true);
  if (/^(40|53|55|58)/.test(code)) return fail(`${about.place} could not answer (code ${code})`, true);
  return fail(`${about.place} ended the query${code ? ` with the code ${code}` : ''}; try it there by hand`, false);
}

/** The server's words without the statement that Knex puts in front; such errors hold names of the configuration only. */
function ownWords(error: Error): string {
  return error.message.slice(error.message.lastIndexOf(' - ') + 1).replace(/^- /, '');
}

/** Keeps the statement and its values out of logs. */
function bare(error: Error, code: string): Error {
  return new Error(`${error.name}${code ? ` ${code}` : ''}`);
}
