import type { Knex } from 'knex';
import { entryFields } from './entry.ts';
import { unfoldEvents } from './handled.ts';
import { localDate } from './local-time.ts';
import { mappedKey, type Decidable } from './label-decisions.ts';
import { eventKinds, type CaseFieldName, type CaseRecord, type EventChanges, type EventRecord, type SurveyRecord } from './record.ts';
import {
  fixedLists,
  nameOf,
  wholeDayBits,
  type CaseEventRow,
  type CaseFactRow,
  type FixedDimension,
  type LabelDimension,
} from './store/tables.ts';

type Ids = Pick<CaseFactRow, 'case_id' | 'shard_key'>;

const labelFields = entryFields.flatMap(({ name, field }) =>
  field.type === 'label' || field.type === 'sub' ? [name as LabelDimension] : [],
);
const receivedBit = 1 << wholeDayBits.indexOf('received');

/**
 * What was typed of a case that was entered here, with its "received" event, and everything done since, in the order it was recorded. A label a person
 * has placed under another comes back as it was typed.
 */
export async function readEntered(trx: Knex, fact: CaseFactRow, zone: string): Promise<{ entered: CaseRecord; events: EventRecord[] }> {
  const ids: Ids = { case_id: fact.case_id, shard_key: fact.shard_key };
  const text = await trx<Ids & Partial<Record<CaseFieldName, string | null>>>('case_text').where(ids).first();
  const raw = await trx<Ids & { body: string }>('case_raw').where(ids).first('body');
  const mapped = JSON.parse(raw?.body ?? '{}') as Partial<Record<string, string>>;
  const labels = await labelsOf(trx, fact);
  const received = (fact.whole_day & receivedBit) !== 0 ? fact.received_on : fact.received_at;
  const valueOf = (name: CaseFieldName): unknown => {
    const said = mapped[mappedKey(name as Decidable)];
    if (said !== undefined) return said || undefined;
    if (name === 'received_at') return received;
    if (name in fixedLists) return nameOf(name as FixedDimension, fact[name as FixedDimension]);
    return labels.get(name) ?? text?.[name] ?? undefined;
  };
  const fields = ['source_id' as const, ...entryFields.map(({ name }) => name)].map((name) => [
    name,
    name === 'source_id' ? fact.source_id : valueOf(name),
  ]);
  const rows = await trx<Ids & CaseEventRow>('case_event').where(ids).orderBy('event_no');
  const [first, ...events] = rows.map((row) => eventFrom(row, zone));
  const standing = { ...(Object.fromEntries(fields) as CaseRecord), events: first ? [first] : [] };
  return { entered: unfoldEvents(standing, events), events };
}

/** The names of a case's labels, by dimension. */
async function labelsOf(trx: Knex, fact: CaseFactRow): Promise<Map<string, string>> {
  const codes = labelFields.filter((name) => fact[name] !== 0).map((name) => [name, fact[name]] as const);
  if (codes.length === 0) return new Map();
  const rows = await trx<{ dimension: string; code: number; name: string }>('label')
    .where((where) => {
      for (const [dimension, code] of codes) void where.orWhere({ dimension, code });
    })
    .select('dimension', 'name');
  return new Map(rows.map(({ dimension, name }) => [dimension, name]));
}

function eventFrom(row: CaseEventRow, zone: string): EventRecord {
  const { actor, from_value: from, to_value: to, note, changes, surveys, recorded_at } = row;
  return {
    kind: eventKinds[row.kind - 1] ?? 'noted',
    at: row.is_whole_day ? localDate(row.at, zone) : row.at,
    ...(actor && { actor }),
    ...(from && { from }),
    ...(to && { to }),
    ...(note && { note }),
    ...(changes && { changes: JSON.parse(changes) as EventChanges }),
    ...(surveys && { surveys: JSON.parse(surveys) as SurveyRecord[] }),
    ...(recorded_at !== null && { recorded_at }),
  };
}
