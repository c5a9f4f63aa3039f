import type { Knex } from 'knex';
import { BadInput } from '../../etl/errors.ts';
import type { DigestIssueRow, DigestRow } from '../../etl/store/tables.ts';
import { parseWhere, type Where } from '../../queries/model/query.ts';
import { rowDimensions, type Sight } from '../../queries/sight.ts';
import { rowsOf } from '../auth/rows.ts';
import type { SignedIn } from '../auth/roles.ts';
import { signedInAs, userColumns, type UserColumns } from '../auth/signed-in.ts';
import { Refused } from '../errors.ts';
import { filterOf } from './filter.ts';
import { contentOf, isAsWritten } from './issues.ts';

/** Whether every case a digest is about is one of somebody's rows: its filter names, of each dimension they are limited by, only their labels. */
export function isWithinRows(where: Where, rows: Sight['rows']): boolean {
  return rowDimensions.every((name) => {
    const allowed = rows?.[name];
    if (!allowed) return true;
    const asked = where.members[name];
    return asked !== undefined && asked.length > 0 && asked.every((label) => allowed.includes(label));
  });
}

/** Whether somebody may see what a digest tells now. One whose filter cannot be read tells nothing. */
export function mayBeTold(digest: Pick<DigestRow, 'filter'>, user: Pick<SignedIn, 'role' | 'agent' | 'scope'>): boolean {
  const rows = rowsOf(user);
  if (rows === null) return true;
  try {
    return isWithinRows(filterOf(digest), rows);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return false;
  }
}

/** Those of the users with an address who may not be told of all cases of a filter, by name. */
export async function namesNotToTell(db: Knex, about: () => Promise<Where>, address: string): Promise<string[]> {
  const rows = await db('user')
    .where({ email: address })
    .whereNull('disabled_at')
    .select<UserColumns[]>(...userColumns);
  const limited = rows.filter((row) => rowsOf(signedInAs(row)) !== null);
  if (limited.length === 0) return [];
  const where = await about();
  return limited.flatMap((row) => (isWithinRows(where, rowsOf(signedInAs(row))) ? [] : [row.name]));
}

/** The issues of the archive somebody may read, by what each was about when it was made; null for all. */
export async function issuesSeenBy(db: Knex, user: SignedIn): Promise<readonly string[] | null> {
  const rows = rowsOf(user);
  if (rows === null) return null;
  const issues = await db<DigestIssueRow>('digest_issue').where({ state: 'made' }).select('issue_id');
  const seen: string[] = [];
  for (const { issue_id } of issues) if (isWithinRows(await aboutOf(db, issue_id), rows)) seen.push(issue_id);
  return seen;
}

/** @throws Refused 404 for an issue somebody may not read, as for one that is not there */
export async function requireSeen(db: Knex, issueId: string, user: SignedIn): Promise<void> {
  const seen = await issuesSeenBy(db, user);
  if (seen !== null && !seen.includes(issueId)) throw new Refused(404, 'there is no such digest in the archive');
}

const everybody: Where = parseWhere({}, []);
const abouts = new WeakMap<Knex, Map<string, Where>>();

/** What an issue is about; it never changes. Everybody's cases where that cannot be read. */
export async function aboutOf(db: Knex, issueId: string): Promise<Where> {
  const known = abouts.get(db) ?? new Map<string, Where>();
  abouts.set(db, known);
  const found = known.get(issueId);
  if (found) return found;
  const part = await db('digest_part').where({ issue_id: issueId, name: 'content.json' }).first<PartRow | undefined>('bytes', 'sha256');
  if (!part || !isAsWritten(part)) return everybody;
  const about = parseWhere((await contentOf(db, issueId)).where, []);
  known.set(issueId, about);
  return about;
}

interface PartRow {
  bytes: Buffer;
  sha256: string;
}
