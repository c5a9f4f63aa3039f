import type { Knex } from 'knex';
import { caseFields, surveyFields } from '../etl/record.ts';
import { describeSource } from '../etl/store/sources.ts';
import type { Store } from '../etl/store/open.ts';

/** First and last day of the facts, both inclusive: three years. */
export const factDays = { from: '2023-01-01', to: '2025-12-31' } as const;
const start = Date.parse(`${factDays.from}T00:00:00Z`) / 1000;
/** Until when the facts are known, seconds UTC: the end of their last day. */
export const factsKnownAt = Date.parse(`${factDays.to}T23:59:59Z`) / 1000;

/** How many members each dimension that has labels gets. */
const labels = { channel: 8, company: 3, product: 12, issue: 40, region: 20, segment: 5, team: 12, agent: 120, root_cause: 15, theme: 6 };
const block = 500_000;

/**
 * Makes the source and the labels of the facts known to a store, and says that they are all there.
 * @returns the code of the source
 */
export async function describeFacts(store: Store, rows: number): Promise<number> {
  const { writer } = store;
  const surveys = Object.keys(surveyFields).map((field) => `surveys.${field}`);
  const source = { name: 'bench', connector: 'csv', map: null, zone: 'UTC', fields: [...Object.keys(caseFields), ...surveys] };
  const code = await describeSource(store, source);
  for (const [dimension, count] of Object.entries(labels))
    for (let i = 1; i <= count; i++) await writer('label').insert({ dimension, code: i, name: `${dimension} ${i}` });
  await writer('source_state').where({ name: 'bench' }).update({ through_at: factsKnownAt });
  const last = Math.floor(rows / 5000) + 1;
  for (const [name, value] of Object.entries({ change_seq: last, case_id: rows, survey_id: rows, label: 1 }))
    await writer('change_counter').where({ name }).update({ value });
  return code;
}

/**
 * Fills a SQLite store with cases over three years in order of receipt, one survey to every three of them and a second issue to every fifth, the same for
 * the same number. The rows are made by the store itself, since handing over ten million takes an hour; they are as the loader would have written them,
 * without texts, events and business time.
 */
export async function fillFacts(store: Store, rows: number): Promise<void> {
  const { writer } = store;
  const code = await describeFacts(store, rows);
  const indexes = await dropIndexes(writer);
  for (let from = 0; from < rows; from += block) {
    const range = { first: from, last: Math.min(rows, from + block) - 1 };
    await writer.transaction(async (trx) => {
      await trx.raw(casesSql(rows, code), range);
      await trx.raw(surveysSql, { first: from + 1, last: range.last + 1 });
      await trx.raw(issuesSql, { first: from + 1, last: range.last + 1 });
    });
  }
  for (const index of indexes) await writer.raw(index);
  await writer.raw('analyze');
}

/** Takes the indexes from the facts; filling them at the end takes a third of the time. Returns what makes them again. */
async function dropIndexes(writer: Knex): Promise<string[]> {
  const found = await writer('sqlite_master')
    .where({ type: 'index' })
    .whereIn('tbl_name', ['case_fact', 'survey_fact', 'case_issue'])
    .whereNotNull('sql')
    .select<{ name: string; sql: string }[]>('name', 'sql');
  for (const { name } of found) await writer.raw('drop index ??', [name]);
  return found.map(({ sql }) => sql);
}

/** A number from 0 to 999,999 that looks drawn; each place has a prime of its own, so that places do not follow each other. */
function drawn(place: number): string {
  const primes = [999_983, 999_979, 999_961, 999_959, 999_953, 999_931, 999_917, 999_907, 999_883, 999_863, 999_853, 999_809];
  return `((i + ${place * 17}) * ${700_001 + 104_729 * place} % ${primes[place % primes.length] ?? 999_983})`;
}

/** A code from 1, the low ones far more often. */
const skewed = (place: number, count: number): string => `1 + (${drawn(place)} * ${drawn(place)} / 1000000) * ${count} / 1000000`;
const even = (place: number, count: number): string => `1 + ${drawn(place)} * ${count} / 1000000`;
const byThen = (instant: string): string => `case when ${instant} <= ${factsKnownAt} then ${instant} end`;
const binOf = (minutes: string): string =>
  `case when ${minutes} < 2880 then ${minutes} when ${minutes} < 576000 then ${minutes} - ${minutes} % 60 else ${minutes} - ${minutes} % 1440 end`;

function casesSql(rows: number, source: number): string {
  const seconds = factsKnownAt - start;
  const day = (instant: string) => `date(${instant}, 'unixepoch')`;
  const columns = {
    case_id: 'i + 1',
    shard_key: '(i * 2654435761 >> 7) & 32767',
    source: String(source),
    source_id: `printf('C%09d', i)`,
    row_hash: `printf('%022d', i)`,
    change_seq: 'i / 5000 + 1',
    kind: `case when ${drawn(0)} < 720000 then 1 when ${drawn(0)} < 860000 then 4 when ${drawn(0)} < 940000 then 2 else 3 end`,
    channel: skewed(1, labels.channel),
    company: even(2, labels.company),
    product: skewed(3, labels.product),
    issue: skewed(4, labels.issue),
    severity: even(5, 4),
    region: even(6, labels.region),
    segment: even(7, labels.segment),
    team: skewed(8, labels.team),
    agent: even(9, labels.agent),
    theme: even(10, labels.theme),
    root_cause: `case when resolved_at is null then 0 else ${even(11, labels.root_cause)} end`,
    controllability: even(12, 5),
    outcome: `case when resolved_at is null then 0 else ${even(13, 3)} end`,
    redress: `case when is_paid then 5 else 0 end`,
    status: 'case when resolved_at is null then 2 else 5 end',
    escalation_level: 'case when escalated_at is null then 1 else 2 end',
    customer_key: `printf('%022d', ${drawn(14)})`,
    received_at: 'received_at',
    acknowledged_at: 'acknowledged_at',
    first_response_at: 'responded_at',
    first_escalated_at: 'escalated_at',
    first_resolved_at: 'resolved_at',
    resolved_at: 'resolved_at',
    closed_at: byThen('resolved_at + 172800'),
    ended_at: 'resolved_at',
    redress_at: 'coalesce(resolved_at, received_at)',
    due_at: 'due_at',
    acknowledgement_due_at: 'received_at + 172800',
    summary_due_at: 'received_at + 259200',
    received_on: day('received_at'),
    first_escalated_on: day('escalated_at'),
    first_resolved_on: day('resolved_at'),
    resolved_on: day('resolved_at'),
    ended_on: day('resolved_at'),
    redress_on: day('coalesce(resolved_at, received_at)'),
    due_on: day('due_at'),
    resolution_minutes: '(resolved_at - received_at) / 60',
    resolution_bin: binOf('((resolved_at - received_at) / 60)'),
    first_response_minutes: '(responded_at - received_at) / 60',
    first_response_bin: binOf('((responded_at - received_at) / 60)'),
    acknowledgement_minutes: '(acknowledged_at - received_at) / 60',
    acknowledgement_bin: binOf('((acknowledged_at - received_at) / 60)'),
    is_on_time: 'coalesce(resolved_at <= due_at, 0)',
    is_acknowledged_on_time: 'coalesce(acknowledged_at <= received_at + 172800, 0)',
    is_resolved_early: 'coalesce(resolved_at <= received_at + 259200, 0)',
    is_first_contact: 'coalesce(resolved_at - received_at < 43200, 0)',
    is_repeat: `${drawn(15)} < 50000`,
    is_vulnerable: `${drawn(16)} < 70000`,
    is_duplicate: `${drawn(17)} < 10000`,
    is_time_impossible: `${drawn(18)} < 2000`,
    redress_minor: `case when is_paid then ${drawn(19)} / 40 + 500 end`,
    redress_currency: `case when is_paid then 'EUR' end`,
    reassign_count: `${drawn(20)} / 400000`,
  };
  return `
    insert into case_fact (${Object.keys(columns).join(', ')})
    with recursive
      n(i) as (select :first union all select i + 1 from n where i < :last),
      receipt as (select i, ${start} + i * ${seconds} / ${rows} as received_at from n),
      life as materialized (
        select i, received_at, received_at + 56 * 86400 as due_at, ${drawn(21)} < 150000 as is_paid,
          case when ${drawn(22)} < 900000 then ${byThen(`received_at + ${drawn(23)} / 5`)} end as acknowledged_at,
          case when ${drawn(24)} < 850000 then ${byThen(`received_at + ${drawn(25)} / 2`)} end as responded_at,
          case when ${drawn(26)} < 60000 then ${byThen(`received_at + ${drawn(27)} * 3`)} end as escalated_at,
          case when ${drawn(28)} < 960000 then ${byThen(`received_at + ${drawn(29)} * ${drawn(29)} / 1000000 * ${drawn(29)} / 1000000 * 16`)} end as resolved_at
        from receipt)
    select ${Object.values(columns).join(', ')} from life`;
}

const copied = [
  'kind', 'channel', 'company', 'product', 'issue', 'severity', 'region', 'segment', 'team', 'agent', 'theme', 'root_cause', 'controllability',
  'outcome', 'redress', 'status', 'escalation_level', 'is_vulnerable', 'is_duplicate', 'received_at', 'resolved_at', 'ended_at', 'resolution_minutes',
].join(', '); // prettier-ignore
const answeredAt = byThen('(c.resolved_at + 259200)');

const surveysSql = `
  insert into survey_fact (survey_id, shard_key, source, source_id, case_id, change_seq, survey_kind, scale, asked_at, asked_on, answered_at, answered_on,
    score, is_satisfied, ${copied})
  select i, shard_key, source, 'S' || source_id, i, change_seq, 1, '1-5', resolved_at + 86400, date(resolved_at + 86400, 'unixepoch'),
    answered_at, date(answered_at, 'unixepoch'), case when answered_at is not null then score end, case when answered_at is not null then score >= 4 end,
    ${copied}
  from (
    select c.case_id as i, c.*, case when ${drawn(30).replaceAll('i ', 'c.case_id ')} < 450000 then ${answeredAt} end as answered_at,
      6 - (${skewed(31, 5).replaceAll('i ', 'c.case_id ')}) as score
    from case_fact as c
    where c.case_id between :first and :last and c.case_id % 3 = 1 and c.resolved_at <= ${factsKnownAt - 86_400})`;

const issuesSql = `
  insert into case_issue (case_id, shard_key, position, issue, sub_issue)
  select case_id, shard_key, 1, issue, 0 from case_fact where case_id between :first and :last
  union all
  select case_id, shard_key, 2, issue % ${labels.issue} + 1, 0 from case_fact where case_id between :first and :last and case_id % 5 = 0
  order by 1, 3`;
