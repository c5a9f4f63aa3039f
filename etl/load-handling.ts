import type { Knex } from 'knex';
import type { Deed } from './deed.ts';
import { deriveContextOf } from './derive-context.ts';
import { derive, type DeriveContext, type Derived } from './derive.ts';
import { entryFields } from './entry.ts';
import { BadInput } from './errors.ts';
import { eventOf, foldEvents } from './handled.ts';
import type { Authority } from './procedure.ts';
import { handlingActions, standingOf } from './handling.ts';
import { loadBatch } from './load.ts';
import { readEntered } from './read-entered.ts';
import type { CaseRecord, EventRecord } from './record.ts';
import type { Store } from './store/open.ts';
import { describeSource } from './store/sources.ts';
import type { CaseFactRow, SourceStateRow } from './store/tables.ts';
import { withdrawInvitations } from './survey-invitations.ts';

export interface HandlingOptions {
  /** The organisation's zone and currency where they are configured. */
  zone: string | null;
  currency: string | null;
  /** Seconds since 1970 UTC. */
  now: number;
  /** Whether the case is one of theirs. */
  isSeen: (fact: CaseFactRow) => boolean;
  /** Fields of the record it gives beside {@link handledFields}. */
  fields?: readonly string[];
  /** Work of the same transaction: with it or not at all. */
  after?: (trx: Knex.Transaction) => Promise<void>;
}

/** A case where nobody else can write any more. */
export interface HeldCase {
  trx: Knex.Transaction;
  caseId: number;
  /** What was typed, and what was done since. */
  entered: CaseRecord;
  events: readonly EventRecord[];
  /** On whose clocks times are told. */
  zone: string;
}

/** The case belongs to a source, which would write over what is done here. */
export class OwnedElsewhere extends Error {
  readonly source: string;

  constructor(source: string) {
    super(`this case is owned by ${source}`);
    this.name = 'OwnedElsewhere';
    this.source = source;
  }
}

/** Somebody did something with the case since it was read. */
export class CaseChanged extends Error {
  readonly version: number;
  /** What was done since, in order. */
  readonly since: readonly EventRecord[];
  /** On whose clocks its times are told. */
  readonly zone: string;

  constructor(version: number, since: readonly EventRecord[], zone: string) {
    super(`the case has ${version} events`);
    this.name = 'CaseChanged';
    this.version = version;
    this.since = since;
    this.zone = zone;
  }
}

/** What a case holds that is entered and handled here; figures ask which sources record what. */
export const handledFields: readonly string[] = [
  ...new Set<string>([
    ...entryFields.map(({ name }) => name),
    ...Object.values(handlingActions).flatMap(({ fields }) => fields.filter((field) => field !== 'note')),
    ...['acknowledged_at', 'first_response_at', 'first_escalated_at', 'first_resolved_at', 'first_reopened_at', 'resolved_at'],
    ...['withdrawn_at', 'redress_at', 'reopen_count', 'reassign_count', 'events'],
  ]),
];

/**
 * Does something with a case that was entered here, over the version its doer saw.
 * @param options `by`: who does it, and `authority`: how far they decide; `also`: what is done of itself with the case as it stands then, in the same transaction
 * @returns how many events the case has now; null where there is no such case, or it is none of theirs
 * @throws BadInput where it cannot be done, OwnedElsewhere, CaseChanged
 */
export function loadDeed(
  store: Store,
  caseId: number,
  deed: Deed,
  options: HandlingOptions & { by: string; authority: Authority; also?: (held: HeldCase) => Promise<EventRecord[]> },
): Promise<number | null> {
  const { by, authority, now, also } = options;
  return loadEvents(store, caseId, options, async (held) => {
    const { entered, events, zone } = held;
    checkVersion(held, deed.version);
    const event = eventOf(deed, foldEvents(entered, events), { by, authority, now, zone });
    return also ? [event, ...(await also({ ...held, events: [...events, event] }))] : [event];
  });
}

/** @throws BadInput, CaseChanged where the case has another version than its doer saw */
export function checkVersion({ events, zone }: HeldCase, version: number): void {
  const count = events.length + 1;
  if (version > count) throw new BadInput([{ field: 'version', message: `must be at most ${count}, as many events the case has` }]);
  if (version < count) throw new CaseChanged(count, events.slice(version - 1), zone);
}

/**
 * Adds events to a case that was entered here, makes the record of what was typed and all events, and derives and loads it as the record of any source.
 * Each says when it was recorded.
 * @param act the events, decided where nobody else can write any more; what it throws undoes everything. None: the case stays as it is
 * @returns how many events the case has now; null where there is no such case, or it is none of theirs
 * @throws BadInput where a value cannot be, OwnedElsewhere
 */
export async function loadEvents(
  store: Store,
  caseId: number,
  options: HandlingOptions,
  act: (held: HeldCase) => Promise<readonly EventRecord[]>,
): Promise<number | null> {
  const { now, isSeen, fields = [] } = options;
  const known = await readHandled(store, caseId, isSeen);
  if (!known) return null;
  const { source } = known;
  const { name } = source;
  const code = await describeSource(store, { ...source, fields: [...handledFields, ...fields] });
  const zone = options.zone ?? source.zone ?? 'UTC';
  const context = await deriveContextOf(store, { organisation: { zone, currency: options.currency }, source: code, now });
  let version: number | null = null;
  await loadBatch(store, {
    source: { name, code },
    runId: null,
    input: null,
    now,
    cases: [],
    rejects: [],
    // Read where nobody else can write any more, so that of two at once the second finds what the first did.
    async before(trx) {
      version = null;
      const fact = await factOf(trx, caseId);
      if (!fact || !isSeen(fact)) return { cases: [], rejects: [] };
      const { entered, events } = await readEntered(trx, fact, zone);
      const done = await act({ trx, caseId, entered, events, zone });
      const added = done.map((event) => ({ ...event, recorded_at: now }));
      version = events.length + 1 + added.length;
      if (added.length === 0) return { cases: [], rejects: [] };
      const derived = keepingPolicy(entered, events, added, context);
      const money = derived.flags.find(({ field, rule }) => field === 'redress_amount' && rule === 'malformed_value');
      if (money) throw new BadInput([{ field: money.field, message: money.message }]);
      if (added.some(({ kind }) => kind === 'reopened' || kind === 'survey not delivered')) await withdrawInvitations(trx, caseId, now);
      return { cases: [derived], rejects: [] };
    },
    async after(trx) {
      if (version !== null) await options.after?.(trx);
    },
  });
  return version;
}

/**
 * The case with the events that are added. Who has it is no reason for another promise, nor is what is said of it once it has ended: then the policy it
 * fell under stays, and stands among the changes of the last event.
 */
function keepingPolicy(
  entered: CaseRecord,
  events: readonly EventRecord[],
  added: readonly EventRecord[],
  context: DeriveContext,
): Derived {
  const before = derive(foldEvents(entered, events), [], context).record;
  const derived = derive(foldEvents(entered, [...events, ...added]), [], context);
  const { sla_policy: policy } = before;
  const isToStay = standingOf(before.resolved_at, before.withdrawn_at) !== 'open' || added.every(({ kind }) => kind === 'assigned');
  const last = added.at(-1);
  if (!last || !isToStay || policy === undefined || derived.record.sla_policy === policy) return derived;
  last.changes = { ...last.changes, sla_policy: [foldEvents(entered, events).sla_policy ?? null, policy] };
  return derive(foldEvents(entered, [...events, ...added]), [], context);
}

/**
 * A case and its source.
 * @returns null where there is no such case, or it is none of theirs
 * @throws OwnedElsewhere
 */
export async function readHandled(
  { writer }: Store,
  caseId: number,
  isSeen: HandlingOptions['isSeen'],
): Promise<{ fact: CaseFactRow; source: Pick<SourceStateRow, 'name' | 'connector' | 'map' | 'zone'> } | null> {
  const fact = await factOf(writer, caseId);
  if (!fact || !isSeen(fact)) return null;
  const source = await writer<SourceStateRow>('source_state').where({ source: fact.source }).first('name', 'connector', 'map', 'zone');
  if (source?.connector !== 'entry') throw new OwnedElsewhere(source?.name ?? '');
  return { fact, source };
}

function factOf(knex: Knex, caseId: number): Promise<CaseFactRow | undefined> {
  return knex<CaseFactRow>('case_fact').where({ case_id: caseId }).first();
}
