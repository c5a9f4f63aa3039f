import type { Knex } from 'knex';
import type { Request } from 'express';
import { BadInput, type Problem } from '../../etl/errors.ts';
import { endOfDay, instantAt } from '../../etl/local-time.ts';
import { isRealDate } from '../../etl/record.ts';
import { isoText } from '../../etl/time.ts';
import { nobodySignedIn, type AuditLineJson, type AuditPageJson } from '../../queries/model/audit-trail.ts';
import { choiceParameter, textParameter, wholeParameter } from '../address.ts';
import { auditActions, type AuditEvent } from './audit.ts';

/** Which lines of the audit trail; null: whatever it is. */
export interface AuditFilter {
  /** Name of a user, or {@link nobodySignedIn}. */
  who: string | null;
  action: AuditEvent['action'] | null;
  /** What it was done to, whole. */
  target: string | null;
  /** Seconds UTC, both inclusive. */
  since: number | null;
  until: number | null;
  /** All occur, each in the name, the action's words or the target; small letters. */
  words: string[];
}
type Line = Pick<AuditEvent, 'at' | 'action'> & { audit_id: number; name: string | null; target: string | null };

const actionNames = Object.keys(auditActions) as AuditEvent['action'][]; // its own keys
const pageLines = 100;
const blockLines = 1000;

/**
 * Reads what an address looks for. Days are those of `zone`.
 * @throws BadInput by field
 */
export function readAuditFilter(req: Request, zone: string): AuditFilter {
  const problems: Problem[] = [];
  const day = (field: string): string | null => {
    const value = textParameter(req, field);
    if (value === null || isRealDate(value)) return value;
    problems.push({ field, message: `"${value}" is not a date; expected YYYY-MM-DD` });
    return null;
  };
  const [since, until] = [day('since'), day('until')];
  if (problems.length) throw new BadInput(problems);
  return {
    who: textParameter(req, 'who'),
    action: choiceParameter(req, 'action', actionNames),
    target: textParameter(req, 'target'),
    since: since && instantAt(since, 0, zone),
    until: until && endOfDay(until, zone),
    words: (textParameter(req, 'words') ?? '').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 10),
  } as AuditFilter; // a date that is none has been refused
}

/** The newest lines of those older than line `before`, null from the newest of all. */
export async function readAuditPage(db: Knex, filter: AuditFilter, before: number | null): Promise<AuditPageJson> {
  const lines = await readLines(db, filter, before, pageLines + 1);
  const people = await db<{ name: string }>('user').orderBy('name').pluck<string[]>('name');
  return {
    lines: lines.slice(0, pageLines),
    next: lines.length > pageLines ? (lines[pageLines - 1]?.audit_id ?? null) : null,
    people: [...people, nobodySignedIn],
    actions: actionNames.map((name) => ({ name, label: auditActions[name] })).sort((a, b) => a.label.localeCompare(b.label, 'en')),
  };
}

/** All lines, the newest first, block by block; none that are written meanwhile. */
export async function* readAuditBlocks(db: Knex, filter: AuditFilter): AsyncGenerator<AuditLineJson[]> {
  for (let before: number | null = null; ;) {
    const lines = await readLines(db, filter, before, blockLines);
    if (lines.length) yield lines;
    before = lines.at(-1)?.audit_id ?? null;
    if (lines.length < blockLines) return;
  }
}

/** `before` of an address. @throws BadInput where it is no number */
export function readBefore(req: Request): number | null {
  return wholeParameter(req, 'before');
}

async function readLines(db: Knex, filter: AuditFilter, before: number | null, limit: number): Promise<AuditLineJson[]> {
  const { who, action, target, since, until, words } = filter;
  const query = db('audit_event as a').leftJoin('user as u', 'u.user_id', 'a.user_id').orderBy('a.audit_id', 'desc').limit(limit);
  if (before !== null) void query.where('a.audit_id', '<', before);
  if (who === nobodySignedIn) void query.whereNull('a.user_id');
  else if (who !== null) void query.where('u.name', who);
  if (action !== null) void query.where('a.action', action);
  if (target !== null) void query.where('a.target', target);
  if (since !== null) void query.where('a.at', '>=', since);
  if (until !== null) void query.where('a.at', '<=', until);
  for (const word of words) void query.where((where) => withWord(where, word));
  const rows: Line[] = await query.select('a.audit_id', 'a.at', 'a.action', 'a.target', 'u.name');
  return rows.map(({ audit_id, at, action: name, target: to, name: by }) => ({
    audit_id,
    at: isoText(at),
    who: by,
    action: name,
    what: auditActions[name] ?? name,
    target: to ?? '',
  }));
}

function withWord(where: Knex.QueryBuilder, word: string): void {
  const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
  for (const column of ['a.target', 'u.name']) void where.orWhereRaw(String.raw`lower(??) like ? escape '\'`, [column, pattern]);
  const said = actionNames.filter((name) => auditActions[name].toLowerCase().includes(word));
  if (said.length) void where.orWhereIn('a.action', said);
}
