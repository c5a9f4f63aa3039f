import fc from 'fast-check';
import type { BusinessRules } from '../../etl/business-rules.ts';
import { weekdays } from '../../etl/opening-hours.ts';
import {
  controllabilities,
  escalationLevels,
  kinds,
  outcomes,
  redressTypes,
  severities,
  type CaseRecord,
  type EventRecord,
  type SurveyRecord,
  type When,
} from '../../etl/record.ts';
import { firstDay } from './random-cases.ts';

const day = 86_400;
const hour = 3_600;

/** A survey that no case of the store goes with. */
export interface LooseSurvey {
  source_id: string;
  survey_kind: number;
  asked_at: number | null;
  answered_at: number | null;
  scale: string;
  score: number | null;
}

/** What one source tells, first and some time later. */
export interface SourceHistory {
  name: string;
  /** Until when it is known, seconds UTC. */
  through: number;
  cases: CaseRecord[];
  loose: LooseSurvey[];
  /** What becomes of the cases: by position, a correction, or null for a case that is gone. */
  later: { at: number; to: CaseRecord | null }[];
  /** Surveys of one case that turn out to be of another, by positions of the cases. */
  moves: { from: number; to: number }[];
}

/** All that is loaded into a store, in order. */
export interface History {
  zone: string;
  rules: BusinessRules | null;
  sources: SourceHistory[];
}

/** Seconds UTC of all drawn histories: times after it lie in the future. */
export const historyNow = firstDay + 420 * day;

// Leap day, ends of years, both days on which clocks change, the epoch, and the ends of what is plausible.
const oddInstants = [
  '2024-02-29T12:00:00Z', '2024-02-28T23:59:59Z', '2023-12-31T23:59:59Z', '2024-01-01T00:00:00Z', '2024-12-31T23:30:00Z',
  '2024-03-10T07:30:00Z', '2024-11-03T05:30:00Z', '2024-03-31T01:30:00Z', '1969-12-31T23:59:59Z', '1970-01-01T00:00:00Z',
  '1955-06-15T08:00:00Z', '1900-01-02T12:00:00Z', '2031-01-01T00:00:00Z', '2199-12-30T12:00:00Z',
].map((text) => Date.parse(text) / 1000); // prettier-ignore

const usual = fc.oneof(
  fc.integer({ min: 0, max: 150 * day }),
  // Whole hours and whole weeks meet one another.
  fc.integer({ min: 0, max: 150 * 24 }).map((n) => n * hour),
  fc.integer({ min: 0, max: 21 }).map((n) => n * 7 * day),
);
/** Until when a source is known: mostly long after its cases, now and then amid them. */
const knownUntil = fc.oneof(
  { arbitrary: fc.constant(historyNow), weight: 3 },
  { arbitrary: fc.integer({ min: 120 * day, max: 300 * day }).map((n) => firstDay + n), weight: 4 },
  { arbitrary: usual.map((n) => firstDay + n), weight: 1 },
);
const receipt = fc.oneof(
  { arbitrary: usual.map((n) => firstDay + n), weight: 9 },
  { arbitrary: fc.constantFrom(...oddInstants), weight: 1 },
);
/** From receipt to something: mostly later, at once, a little before, or years away. */
const gap = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 90 * day }), weight: 6 },
  { arbitrary: fc.integer({ min: 0, max: 60 }).map((n) => n * day), weight: 2 },
  { arbitrary: fc.constantFrom(0, 1, 59, 60, 2 * day - 1, 2 * day, 30 * day, 400 * day, 401 * day + 5), weight: 2 },
  { arbitrary: fc.integer({ min: -3 * day, max: -1 }), weight: 1 },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const time = fc.record({ gap, isDate: fc.integer({ min: 0, max: 3 }).map((n) => n === 3) });

const survey = fc.record({
  kind: fc.constantFrom('csat', 'csat', 'nps', 'ces'),
  isYesNo: fc.boolean(),
  score: maybe(fc.integer({ min: -1, max: 11 })),
  asked: maybe(gap),
  answered: maybe(gap),
  isDate: fc.boolean(),
  agent: fc.constantFrom(undefined, undefined, 'ann', 'bob'),
});

const ends = ['open', 'open', 'resolved', 'resolved', 'withdrawn', 'closed', 'undated', 'reopened', 'again', 'both', 'void'] as const;

const drawnCase = fc.record({
  received: receipt,
  isDate: fc.integer({ min: 0, max: 3 }).map((n) => n === 3),
  end: fc.constantFrom(...ends),
  over: time,
  second: time,
  labels: fc.record(
    {
      channel: fc.constantFrom('web', 'phone', 'Straße'),
      company: fc.constantFrom('Acme', 'Beta & Söhne'),
      product: fc.constantFrom('card', 'loan', 'constructor'),
      team: fc.constantFrom('north', 'south'),
      agent: fc.constantFrom('ann', 'bob', 'cy'),
      region: fc.constantFrom('x', 'y'),
      segment: fc.constantFrom('old', 'new'),
      root_cause: fc.constantFrom('form', 'price'),
      theme: fc.constantFrom('listening', 'tone'),
      severity: fc.constantFrom(...severities),
      outcome: fc.constantFrom(...outcomes),
      controllability: fc.constantFrom(...controllabilities),
      redress: fc.constantFrom(...redressTypes),
      escalation_level: fc.constantFrom(...escalationLevels),
      sla_policy: fc.constantFrom('quick', 'unheard of'),
      customer_ref: fc.constantFrom('a', 'b', ' A '),
      title: fc.constantFrom('Parcel lost', 'parcel late, again', 'Lost: the parcel', 'naïve Straße 12'),
      narrative: fc.constantFrom('It came late.', 'nobody called back; lost the parcel', '100% _rude_'),
      vulnerable: fc.boolean(),
      first_contact: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  kind: fc.constantFrom('complaint', 'complaint', ...kinds),
  issue: fc.constantFrom(undefined, 'late', 'fee', 'rude'),
  sub: fc.constantFrom(undefined, 'very', 'rather'),
  more: fc.array(fc.record({ issue: fc.constantFrom('late', 'fee', 'rude', 'lost'), sub: fc.boolean() }), { maxLength: 2 }),
  due: maybe(time),
  acknowledgementDue: maybe(time),
  summaryDue: maybe(time),
  acknowledged: maybe(time),
  responded: maybe(time),
  escalated: maybe(time),
  paid: maybe(time),
  amount: fc.constantFrom(undefined, undefined, '0', '12.50', '100', '99999.99', '-3.10'),
  currency: fc.constantFrom(undefined, 'EUR', 'USD'),
  duplicate: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
  handovers: maybe(fc.nat({ max: 4 })),
  reopenings: maybe(fc.nat({ max: 2 })),
  events: fc.array(
    fc.record({ kind: fc.constantFrom('acknowledged', 'responded', 'assigned', 'escalated', 'reopened', 'resolved', 'noted'), gap }),
    { maxLength: 3 },
  ),
  surveys: fc.array(survey, { maxLength: 2 }),
});

/** A case with any of the ends, times, marks and labels that figures depend on; its key is given by whoever puts it in a source. */
export const anyCase: fc.Arbitrary<CaseRecord> = drawnCase.map((drawn): CaseRecord => {
  const { received, labels, issue } = drawn;
  const at = (gap: number) => Math.min(received + gap, latest);
  const when = (given: { gap: number; isDate: boolean } | undefined): When | undefined =>
    given && (given.isDate || drawn.isDate ? dateOf(at(given.gap)) : at(given.gap));
  const [over, second] = [when(drawn.over), when(drawn.second)];
  const end: Record<(typeof ends)[number], Partial<Record<keyof CaseRecord, unknown>>> = {
    open: {},
    resolved: { resolved_at: over },
    withdrawn: { withdrawn_at: over },
    closed: { closed_at: over },
    undated: { status: 'closed' },
    reopened: { first_resolved_at: over, first_reopened_at: second },
    again: { first_resolved_at: over, first_reopened_at: second, resolved_at: second, reopen_count: 1 },
    both: { resolved_at: over, closed_at: second },
    void: { status: 'void', withdrawn_at: over },
  };
  const surveys = drawn.surveys.map((s): Record<keyof SurveyRecord, unknown> => {
    const dated = (gap: number | undefined) => (gap === undefined ? undefined : s.isDate ? dateOf(at(gap)) : at(gap));
    const scale = s.kind === 'nps' ? '0-10' : s.kind === 'ces' ? '1-7' : s.isYesNo ? 'yes-no' : '1-5';
    return { source_id: undefined, kind: s.kind, scale, score: s.score, asked_at: dated(s.asked), answered_at: dated(s.answered), comment: undefined, agent: s.agent }; // prettier-ignore
  });
  const events: EventRecord[] = drawn.events.map(({ kind, gap }) => ({ kind: kind, at: at(gap) })); // of that list
  return withoutUndefined({
    source_id: '',
    kind: drawn.kind,
    received_at: drawn.isDate ? dateOf(received) : received,
    ...labels,
    ...(labels.product && drawn.sub && { sub_product: drawn.sub }),
    ...(issue && { issue, sub_issue: drawn.sub, more_issues: drawn.more.map((m) => ({ issue: m.issue, ...(m.sub && { sub_issue: 'very' }) })) }),
    ...end[drawn.end],
    due_at: when(drawn.due),
    acknowledgement_due_at: when(drawn.acknowledgementDue),
    summary_due_at: when(drawn.summaryDue),
    acknowledged_at: when(drawn.acknowledged),
    first_response_at: when(drawn.responded),
    first_escalated_at: when(drawn.escalated),
    ...(drawn.amount && { redress_amount: drawn.amount, redress_currency: drawn.currency, redress_at: when(drawn.paid) }),
    duplicate: drawn.duplicate,
    reassign_count: drawn.handovers,
    ...(drawn.reopenings !== undefined && { reopen_count: drawn.reopenings }),
    events,
    surveys,
  }) as CaseRecord; // what is left is a record by its fields
}); // prettier-ignore

const latest = Date.UTC(2200, 11, 30) / 1000;

const looseSurvey = fc.record({
  survey_kind: fc.constantFrom(1, 2, 3),
  asked: maybe(usual),
  answered: maybe(usual),
  score: maybe(fc.integer({ min: 1, max: 5 })),
}); // prettier-ignore

const source = fc.record({
  through: knownUntil,
  cases: fc.array(anyCase, { maxLength: 60, size: 'max' }),
  loose: fc.array(looseSurvey, { maxLength: 2 }),
  later: fc.array(fc.record({ at: fc.nat(), to: fc.option(anyCase) }), { maxLength: 8, size: 'max' }),
  moves: fc.array(fc.record({ from: fc.nat(), to: fc.nat() }), { maxLength: 1 }),
});

const hours = Object.fromEntries(weekdays.slice(0, 5).map((weekday) => [weekday, ['09:00-12:30', '13:00-17:00']]));
const rules = (zone: string): (BusinessRules | null)[] => [
  null,
  { calendars: { office: { zone, hours, holidays: ['2024-01-01', '2024-05-01'] } }, calendar: 'office', policies: [] },
  {
    calendars: { office: { zone, hours }, always: { zone: 'UTC', hours: { saturday: ['00:00-24:00'], monday: ['08:00-09:00'] } } },
    calendar: 'office',
    policies: [
      { name: 'quick', calendar: 'always', resolve: { business_days: 3 } },
      { name: 'loans', when: { product: ['loan'] }, resolve: { calendar_days: 10 }, acknowledge: { business_hours: 4 } },
    ],
  },
  {
    calendars: { always: { zone: 'UTC', hours } },
    calendar: null,
    policies: [{ name: 'quick', calendar: 'always', early: { hours: 72 } }],
  },
];

/** Up to three sources, each with cases that are corrected, deleted and exchange surveys, in a zone with or without calendars. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    zone: fc.constantFrom('UTC', 'UTC', 'America/New_York', 'Europe/Berlin'),
    rules: fc.nat({ max: 3 }),
    sources: fc.array(source, { minLength: 1, maxLength: 3, size: 'max' }),
  })
  .map(({ zone, rules: chosen, sources }) => ({
    zone,
    rules: rules(zone)[chosen] ?? null,
    sources: sources.map((drawn, s): SourceHistory => {
      const key = (i: number) => `${s + 1}-${i + 1}`;
      const place = (n: number) => (drawn.cases.length ? n % drawn.cases.length : 0);
      return {
        name: ['first', 'second', 'third'][s] ?? '',
        through: drawn.through,
        cases: drawn.cases.map((record, i) => ({ ...record, source_id: key(i) })),
        loose: drawn.loose.map(({ asked, answered, ...rest }, i) => ({
          ...rest,
          source_id: `${s + 1}-loose-${i + 1}`,
          scale: '1-5',
          asked_at: asked === undefined ? null : firstDay + asked,
          answered_at: answered === undefined || rest.score === undefined ? null : firstDay + answered,
          score: rest.score ?? null,
        })),
        later: drawn.cases.length
          ? drawn.later.map(({ at, to }) => ({ at: place(at), to: to && { ...to, source_id: key(place(at)) } }))
          : [],
        moves: drawn.moves.map(({ from, to }) => ({ from: place(from), to: place(to) })),
      };
    }),
  }));

/**
 * What becomes of the cases of a source.
 * @returns the records that come again, and the keys of those that are gone
 */
export function comingLater({ cases, later, moves }: SourceHistory): { again: CaseRecord[]; gone: string[] } {
  const fates = new Map<string, CaseRecord | null>();
  for (const { at, to } of later) {
    const key = cases[at]?.source_id;
    if (key !== undefined) fates.set(key, to);
  }
  const now = (at: number) => {
    const record = cases[at];
    return record && fates.has(record.source_id) ? fates.get(record.source_id) : record;
  };
  for (const { from, to } of moves) {
    const [giver, taker] = [now(from), now(to)];
    if (!giver || !taker || giver === taker) continue;
    const keyed = (record: CaseRecord) => (record.surveys ?? []).map((s, i) => ({ ...s, source_id: s.source_id ?? `${record.source_id}/moved/${i}` }));
    fates.set(giver.source_id, { ...giver, surveys: [] });
    fates.set(taker.source_id, { ...taker, surveys: [...keyed(taker), ...keyed(giver)] });
  }
  const again = [...fates.values()].filter((record) => record !== null);
  return { again, gone: [...fates].filter(([, record]) => record === null).map(([key]) => key) };
} // prettier-ignore

/** Pairs of cases of a source of which somebody says that the later one is a duplicate: one in three of those with instants that differ. */
export function markedOf({ cases }: SourceHistory): { later: CaseRecord; earlier: CaseRecord }[] {
  return cases.flatMap((one, i) => {
    const other = cases[i - 1];
    if (i % 3 !== 2 || !other || one.duplicate || other.duplicate) return [];
    const [a, b] = [one.received_at, other.received_at];
    if (typeof a !== 'number' || typeof b !== 'number' || a === b) return [];
    return [a > b ? { later: one, earlier: other } : { later: other, earlier: one }];
  });
}

/** The records of a source as they stand in the end, with what somebody said of them where `isMarked`. */
export function recordsOf(source: SourceHistory, isMarked = false): CaseRecord[] {
  const { again, gone } = comingLater(source);
  const standing = new Map(source.cases.map((record) => [record.source_id, record]));
  for (const record of again) standing.set(record.source_id, record);
  for (const key of gone) standing.delete(key);
  for (const { later, earlier } of isMarked ? markedOf(source) : []) {
    const record = standing.get(later.source_id);
    if (record && standing.has(earlier.source_id)) standing.set(later.source_id, { ...record, duplicate: true });
  }
  return [...standing.values()];
}

function dateOf(instant: number): string {
  return new Date(instant * 1000).toISOString().slice(0, 10);
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>; // plain values only
}
