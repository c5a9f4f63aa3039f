import type { Knex } from 'knex';
import { localDate } from '../etl/local-time.ts';
import type { LabelChangeRow, NoteRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import { answer } from './answer.ts';
import { readCatalog, readSources, type SourceInfo } from './catalog.ts';
import { addDays, daysBetween } from './model/buckets.ts';
import { countInWords, joined } from './model/describe.ts';
import type { Annotation } from './model/lists.ts';
import { dimensionNames, dimensionOf, type DimensionName } from './model/dimensions.ts';
import { formatCount, formatDate } from './model/number.ts';
import { queryOf } from './model/query.ts';
import type { Window } from './model/wire.ts';
import type { QueryDeps } from './prepare.ts';
import { everything } from './sight.ts';
import { instantsAround, readFailures } from './read-failures.ts';
import { gapsIn, usualDays } from './sync-gaps.ts';

/**
 * What happened in a period that a reader of its trends should know: notes by people, labels placed anew, and where sources begin, end, could not
 * be read or brought nothing, in order of time.
 * @param window inclusive local dates
 */
export async function listAnnotations(deps: QueryDeps, window: Window): Promise<Annotation[]> {
  const { reader } = deps;
  const sources = (await readSources(reader, deps.now())).filter((source) => source.hasCases);
  const latest = sources.reduce((a, b) => ((b.through ?? 0) > (a?.through ?? 0) ? b : a), sources[0]);
  const zone = deps.organisation.zone ?? latest?.zone ?? 'UTC';
  // How many cases a change of labels or a gap is about, and when a source begins, is told of all rows.
  const isAll = (deps.sight ?? everything).rows === null;
  const found = [
    ...(await notesIn(reader, window)),
    ...(isAll ? await labelChangesIn(reader, window, zone) : []),
    ...(await failuresIn(deps, window, zone)),
    ...(isAll ? await silencesIn(deps, window, sources, zone) : []),
  ];
  return found
    .filter(({ from, to }) => from <= window.to && to >= window.from)
    .sort((a, b) => (a.from === b.from ? (a.text < b.text ? -1 : 1) : a.from < b.from ? -1 : 1));
}

async function notesIn(reader: Knex, { from, to }: Window): Promise<Annotation[]> {
  const rows = await reader<NoteRow>('note').where('from_on', '<=', to).where('to_on', '>=', from).orderBy('note_id');
  return rows.map(noteOf);
}

/** A note as it travels. */
export function noteOf(row: NoteRow): Annotation {
  const dimension = dimensionNames.find((name) => name === row.dimension);
  return {
    ...about('note', { from: row.from_on, to: row.to_on }, row.text),
    about: dimension && row.label !== null ? { dimension, label: row.label } : null,
    note: {
      note_id: row.note_id,
      written_by: row.written_by,
      written_at: isoText(row.written_at),
      changed_by: row.changed_by,
      changed_at: isoText(row.changed_at),
      version: row.version,
    },
  };
}

const fewNamed = 3;

/** Names a source uses that were placed under a label, one annotation a day, source and dimension. What was taken back is told no more. */
async function labelChangesIn(reader: Knex, window: Window, zone: string): Promise<Annotation[]> {
  type Change = Pick<LabelChangeRow, 'at' | 'dimension' | 'raw' | 'to_code' | 'cases'> & { name: string };
  const found: unknown = await reader('label_change')
    .join('source_state', 'source_state.source', 'label_change.source')
    .whereNull('undone_at')
    .whereBetween('at', instantsAround(window))
    .orderBy('change_id')
    .select('at', 'dimension', 'raw', 'to_code', 'cases', 'name');
  const catalog = await readCatalog(reader);
  const groups = new Map<string, Change[]>();
  for (const change of found as Change[]) {
    const key = JSON.stringify([localDate(change.at, zone), change.name, change.dimension]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups].map(([key, changes]) => {
    const [day, source, dimension] = JSON.parse(key) as [string, string, DimensionName];
    const placed = changes.slice(0, fewNamed).map((c) => `“${c.raw}” under “${catalog.nameOf(dimension, c.to_code)}”`);
    const more = changes.length - placed.length;
    const cases = changes.reduce((sum, change) => sum + change.cases, 0);
    const what = joined([...placed, ...(more > 0 ? [`${more} more`] : [])], 'and');
    const text = `${dimensionOf(dimension).label} of ${source}: ${what} from this day on, earlier cases too (${countInWords(cases, 'case')}).`;
    return { ...about('labels', { from: day, to: day }, text), source };
  });
}

/** Stretches in which a source could not be read. */
async function failuresIn(deps: QueryDeps, window: Window, zone: string): Promise<Annotation[]> {
  return (await readFailures(deps, window, zone)).map(({ source, from, to }) => {
    const text = to
      ? `${source} could not be read; what came meanwhile was read afterwards, as far as the source still had it.`
      : `${source} cannot be read since then.`;
    return { ...about('failed', { from, to: to ?? localDate(deps.now(), zone) }, text), source };
  });
}

/** Where sources begin, end, and bring nothing though they usually do. */
async function silencesIn(deps: QueryDeps, window: Window, sources: readonly SourceInfo[], zone: string): Promise<Annotation[]> {
  const throughs = sources.map((source) => (source.through === null ? '' : localDate(source.through, source.zone ?? zone)));
  const today = throughs.reduce((a, b) => (b > a ? b : a), '');
  const earliest = await firstDay(deps.reader);
  if (earliest === null) return [];
  const from = later(addDays(window.from, -usualDays), earliest);
  const to = window.to < today ? window.to : today;
  if (from > to) return [];
  const counts = await countDays(deps, { from, to });
  const daysBefore = Math.max(0, daysBetween(from, window.from) + 1);
  const begun = await Promise.all(
    sources.map(async ({ name, source }) => {
      const isBegun = counts
        .get(name)
        ?.slice(0, daysBefore)
        .some((n) => n > 0);
      return isBegun ? null : beginAfter(deps.reader, source, window.from);
    }),
  );
  return sources.flatMap(({ name, isLive }, i): Annotation[] => {
    const begins = begun[i] ?? '';
    const through = throughs[i] ?? '';
    const days = counts.get(name) ?? [];
    // Of the day it is known to, only a part may be known.
    const known = days.slice(0, Math.max(0, daysBetween(from, through)));
    const gaps = gapsIn(known, from).map((gap): Annotation => {
      const text = `No cases from ${name}, where about ${formatCount(gap.expected)} would be usual.`;
      return { ...about('gap', gap, text), source: name };
    });
    const start = `${name} begins: its first case is of ${formatDate(begins)}.`;
    const end = `Nothing is known of ${name} after ${formatDate(through)}.`;
    return [
      ...gaps,
      ...(begins > earliest ? [{ ...about('start', { from: begins, to: begins }, start), source: name }] : []),
      ...(through && through < today && !isLive ? [{ ...about('end', { from: addDays(through, 1), to: today }, end), source: name }] : []),
    ];
  });
}

/** The day of the first case at all; null for none. */
async function firstDay(reader: Knex): Promise<string | null> {
  const row = await received(reader).orderBy('received_on').first('received_on');
  return row?.received_on ?? null;
}

/** The day of a source's first case where that lies after a date; else null. Walks along the dates: from there back to any case, else on to the first. */
async function beginAfter(reader: Knex, source: number, date: string): Promise<string | null> {
  const of = () => received(reader).whereRaw('+source = ?', [source]); // the sign keeps to the index by date
  if (await of().where('received_on', '<=', date).orderBy('received_on', 'desc').first('received_on')) return null;
  const row = await of().where('received_on', '>', date).orderBy('received_on').first('received_on');
  return row?.received_on ?? null;
}

const received = (reader: Knex) => reader<{ received_on: string }>('case_fact').whereNotNull('received_on');

/** Cases of each day by name of the source, from the first day on. */
async function countDays(deps: QueryDeps, { from, to }: Window): Promise<Map<string, number[]>> {
  const { tables } = await answer(deps, [queryOf({ measures: ['received'], by: ['source'], grain: 'day', from, to, order: 'period' })]);
  const counts = new Map<string, number[]>();
  const length = daysBetween(from, to) + 1;
  for (const row of tables[0]?.rows ?? []) {
    const name = String(row.source);
    let days = counts.get(name);
    if (!days) counts.set(name, (days = new Array<number>(length).fill(0)));
    days[daysBetween(from, String(row.period))] = Number(row.received ?? 0);
  }
  return counts;
}

function about(kind: Annotation['kind'], { from, to }: Window, text: string): Annotation {
  return { kind, from, to, text, source: null, about: null, note: null };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
