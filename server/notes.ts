import type { Knex } from 'knex';
import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import { isRealDate } from '../etl/record.ts';
import type { Store } from '../etl/store/open.ts';
import type { NoteRow } from '../etl/store/tables.ts';
import { transact } from '../etl/store/transact.ts';
import { isoText } from '../etl/time.ts';
import { noteOf } from '../queries/annotations.ts';
import { readCatalog } from '../queries/catalog.ts';
import { dimensionNames, noneLabel, type DimensionName } from '../queries/model/dimensions.ts';
import type { SeenNote } from '../queries/model/lists.ts';
import type { Window } from '../queries/model/wire.ts';
import { audit } from './auth/audit.ts';
import type { SignedIn } from './auth/roles.ts';
import { overtaken, Refused } from './errors.ts';

const longest = 500;

/** A note as it is kept. */
export type NoteContent = Pick<NoteRow, 'from_on' | 'to_on' | 'text' | 'dimension' | 'label'>;

interface Who {
  user: SignedIn;
  /** Seconds UTC. */
  now: number;
}

/**
 * Reads two dates.
 * @throws BadInput by field
 */
export function readWindow(from: unknown, to: unknown): Window {
  const problems: Problem[] = [];
  const isDate = (value: unknown): value is string => typeof value === 'string' && isRealDate(value);
  for (const [field, value] of Object.entries({ from, to }))
    if (!isDate(value))
      problems.push({ field, message: value ? 'is not a date like 2026-11-09' : 'is missing; give a date like 2026-11-09' });
  if (isDate(from) && isDate(to) && from > to) problems.push({ field: 'to', message: 'lies before the first day' });
  if (!isDate(from) || !isDate(to) || problems.length) throw new BadInput(problems);
  return { from, to };
}

/**
 * Reads a note: `from`, `to` (absent: the same day), `text`, `about` (a dimension and one of its labels; absent: everything).
 * @throws BadInput by field
 */
export async function readNote(db: Knex, body: unknown): Promise<NoteContent> {
  const { from, to, text, about } = body as Record<string, unknown>;
  const window = readWindow(from, to ?? from);
  const said = typeof text === 'string' ? text.trim() : '';
  if (said === '' || said.length > longest || said.includes('\0'))
    throw new BadInput([{ field: 'text', message: `must be 1 to ${longest} characters` }]);
  const member = about === undefined || about === null ? null : await readMember(db, about);
  return { from_on: window.from, to_on: window.to, text: said, dimension: member?.dimension ?? null, label: member?.label ?? null };
}

/** Writes a note beside the trends. */
export async function writeNote(store: Store, content: NoteContent, { user, now }: Who): Promise<{ note_id: number }> {
  return transact(store, async (trx) => {
    const rows = await trx<NoteRow>('note')
      .insert({ ...content, written_by: user.name, written_at: now })
      .returning('note_id');
    const { note_id } = rows[0] as { note_id: number }; // one row was inserted
    await audit(trx, { at: now, userId: user.userId, action: 'note_written', target: `note ${note_id}` });
    return { note_id };
  });
}

/**
 * Says something else in a note; who wrote it stays.
 * @throws Refused when it is not there, or was changed since it was seen
 */
export async function changeNote(store: Store, seen: SeenNote, content: NoteContent, { user, now }: Who): Promise<SeenNote> {
  const version = seen.version + 1;
  await transact(store, async (trx) => {
    const count = await asSeen(trx, seen).update({ ...content, changed_by: user.name, changed_at: now, version });
    if (!count) throw await missed(trx, seen);
    await audit(trx, { at: now, userId: user.userId, action: 'note_changed', target: `note ${seen.note_id}` });
  });
  return { ...seen, version };
}

/** @throws Refused when it is not there, or was changed since it was seen */
export async function deleteNote(store: Store, seen: SeenNote, { user, now }: Who): Promise<void> {
  await transact(store, async (trx) => {
    const count = await asSeen(trx, seen).delete();
    if (!count) throw await missed(trx, seen);
    await audit(trx, { at: now, userId: user.userId, action: 'note_deleted', target: `note ${seen.note_id}` });
  });
}

const asSeen = (trx: Knex, { note_id, version }: SeenNote) => trx<NoteRow>('note').where({ note_id, version });

/** Why a note could not be found as it was seen. */
async function missed(trx: Knex, { note_id }: SeenNote): Promise<Refused> {
  const row = await trx<NoteRow>('note').where({ note_id }).first();
  if (!row) return new Refused(404, `there is no note ${note_id}; it may have been deleted meanwhile`);
  return overtaken(noteOf(row), { by: row.changed_by ?? row.written_by, at: isoText(row.changed_at ?? row.written_at) });
}

async function readMember(db: Knex, about: unknown): Promise<{ dimension: DimensionName; label: string }> {
  const { dimension, label } = (typeof about === 'object' ? about : {}) as Record<string, unknown>;
  const name = dimensionNames.find((d) => d === dimension);
  const near = typeof dimension === 'string' ? didYouMean(dimension, dimensionNames) : '';
  if (!name) throw new BadInput([{ field: 'about.dimension', message: `unknown dimension ${JSON.stringify(dimension)}${near}` }]);
  if (typeof label !== 'string') throw new BadInput([{ field: 'about.label', message: 'must be a label' }]);
  const catalog = await readCatalog(db);
  if (label !== noneLabel && catalog.codeOf(name, label) === undefined)
    throw new BadInput([{ field: 'about.label', message: `unknown member "${label}"${didYouMean(label, catalog.names(name))}` }]);
  return { dimension: name, label };
}
