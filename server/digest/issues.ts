import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { DigestIssueRow, DigestPartRow } from '../../etl/store/tables.ts';
import { isoText } from '../../etl/time.ts';
import type { DigestContent, DigestIssueDetail, DigestIssueJson } from '../../queries/model/digest.ts';
import { periodFrom, type DigestPeriod } from '../../queries/model/digest-period.ts';
import type { ListPage } from '../../queries/model/lists.ts';
import { parseWhere, type Where } from '../../queries/model/query.ts';
import { Refused } from '../errors.ts';
import { countStates, listDeliveries } from './deliver/deliveries.ts';
import { filterKey } from './filter.ts';
import type { DigestPart } from './render/render.ts';

/** What is looked for in the archive; `from` and `to` are local dates that the period of an issue meets. */
export interface IssueSearch {
  digest?: number;
  from?: string;
  to?: string;
  state?: 'made' | 'held';
  /** Only these issues. */
  only?: readonly string[];
  page: number;
  size: number;
}

/** The archive, newest period first. */
export async function listIssues(db: Knex, { digest, from, to, state, only, page, size }: IssueSearch): Promise<ListPage<DigestIssueJson>> {
  const found = () => {
    const issues = db<DigestIssueRow>('digest_issue');
    if (digest !== undefined) void issues.where({ digest_id: digest });
    if (from !== undefined) void issues.where('to_on', '>=', from);
    if (to !== undefined) void issues.where('from_on', '<=', to);
    if (state !== undefined) void issues.where({ state });
    if (only !== undefined) void issues.whereIn('issue_id', only);
    return issues;
  };
  const [total] = (await found().count({ n: '*' })) as unknown as [{ n: number }]; // one row; Knex types counts as text or number
  const rows = await found()
    .orderBy([
      { column: 'from_on', order: 'desc' },
      { column: 'made_at', order: 'desc' },
      { column: 'issue_id', order: 'desc' },
    ])
    .limit(size)
    .offset((page - 1) * size);
  const counts = await countStates(db, rows.map((row) => row.issue_id)); // prettier-ignore
  return { total: Number(total.n), page, size, rows: rows.map((row) => issueJson(row, counts.get(row.issue_id))) };
}

/** An issue as the archive lists it. */
export function issueJson(row: DigestIssueRow, deliveries: DigestIssueJson['deliveries'] = {}): DigestIssueJson {
  const { issue_id, digest_id, name, kind, grain, from_on, state, reasons, made_at, as_of_at, headline, hash } = row;
  return {
    issue_id, digest_id, name, kind, period: periodFrom(grain, from_on), state, reasons: reasons === null ? [] : (JSON.parse(reasons) as string[]),
    made_at: isoText(made_at), as_of: isoText(as_of_at), headline, hash, deliveries,
  }; // prettier-ignore
}

/** @throws Refused 404 */
export async function issueRow(db: Knex, id: string): Promise<DigestIssueRow> {
  const row = await db<DigestIssueRow>('digest_issue').where({ issue_id: id }).first();
  if (!row) throw new Refused(404, 'there is no such digest in the archive');
  return row;
}

/** Everything about an issue but the bytes of its parts. */
export async function issueDetail(db: Knex, id: string): Promise<DigestIssueDetail> {
  const row = await issueRow(db, id);
  const counts = await countStates(db, [id]);
  const parts = await db<DigestPartRow>('digest_part').where({ issue_id: id }).orderBy('name');
  const isWhole = parts.every(isAsWritten) && (row.hash === null || hashOf(parts) === row.hash);
  const beside = async (order: 'asc' | 'desc') => {
    const found = await db<DigestIssueRow>('digest_issue')
      .where({ digest_id: row.digest_id, kind: 'regular' })
      .where('due_at', order === 'asc' ? '>' : '<', row.due_at)
      .orderBy('due_at', order)
      .first();
    return found ? { issue_id: found.issue_id, text: periodFrom(found.grain, found.from_on).text } : null;
  };
  const content = row.state === 'made' && isWhole ? await contentOf(db, id) : null;
  return {
    ...issueJson(row, counts.get(id)),
    parts: parts.map(({ name, type, bytes, sha256: hash }) => ({ name, type, size: bytes.length, sha256: hash })),
    isWhole,
    messages: await listDeliveries(db, id),
    previous: await beside('desc'),
    next: await beside('asc'),
    path: content?.path ?? null,
  };
}

/** The bytes of a part. @throws Refused 404, and 409 where they are not those that were written */
export async function readPart(db: Knex, id: string, name: string): Promise<DigestPartRow> {
  const row = await db<DigestPartRow>('digest_part').where({ issue_id: id, name }).first();
  if (!row) throw new Refused(404, 'this digest has no such part');
  if (!isAsWritten(row)) throw new Refused(409, `what is stored as ${name} is not what was sent: its bytes do not match their fingerprint`);
  return row;
}

/** Whether the bytes of a part are those its hash was taken of. */
export function isAsWritten({ bytes, sha256: hash }: Pick<DigestPartRow, 'bytes' | 'sha256'>): boolean {
  return sha256(bytes) === hash;
}

/** What an issue told. @throws Refused 404 where it told nothing, and 409 where that is not what is stored */
export async function contentOf(db: Knex, id: string): Promise<DigestContent> {
  return readContent(await readPart(db, id, 'content.json'));
}

function readContent({ bytes }: Pick<DigestPartRow, 'bytes'>): DigestContent {
  return JSON.parse(bytes.toString('utf8')) as DigestContent; // written by render.ts
}

/**
 * What the last regular issue of a digest told before a period; null where there is none, what is stored is not what was
 * told, or it told of other cases or of a period of another length.
 */
export async function lastContent(
  db: Knex,
  digestId: number,
  { period, where }: { period: Pick<DigestPeriod, 'step' | 'from'>; where: Where },
): Promise<DigestContent | null> {
  const last = await db<DigestIssueRow>('digest_issue')
    .where({ digest_id: digestId, kind: 'regular', state: 'made' })
    .where('from_on', '<', period.from)
    .orderBy('from_on', 'desc')
    .first('issue_id', 'grain');
  if (last?.grain !== period.step) return null;
  const part = await db<DigestPartRow>('digest_part').where({ issue_id: last.issue_id, name: 'content.json' }).first();
  if (!part || !isAsWritten(part)) return null;
  const content = readContent(part);
  return filterKey(parseWhere(content.where, [])) === filterKey(where) ? content : null;
}

/** Writes the parts of an issue; they are never written again. @returns the hash of all of them */
export async function writeParts(trx: Knex, issueId: string, parts: readonly DigestPart[]): Promise<string> {
  const rows = parts.map(({ name, type, bytes }) => ({ issue_id: issueId, name, type, bytes, sha256: sha256(bytes) }));
  for (const row of rows) await trx<DigestPartRow>('digest_part').insert(row);
  return hashOf(rows);
}

/** SHA-256 over the names and hashes of parts, in the order of their names; hexadecimal. */
export function hashOf(parts: readonly Pick<DigestPartRow, 'name' | 'sha256'>[]): string {
  const lines = [...parts].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, sha256: hash }) => `${hash}  ${name}\n`);
  return sha256(Buffer.from(lines.join('')));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
