import { pendingProposal } from '../etl/handling.ts';
import { caseFields, eventKinds, surveyKinds, type CaseFieldName, type Flag, type FlagRule } from '../etl/record.ts';
import { isoText } from '../etl/time.ts';
import type {
  CaseEventRow,
  CaseFactRow,
  CaseLocalRow,
  CaseTime,
  DimensionColumn,
  EvidenceRow,
  FollowUpRow,
  SurveyFactRow,
} from '../etl/store/tables.ts';
import { businessTimeOf } from './business-detail.ts';
import type { QueryDeps } from './prepare.ts';
import { isMidnight, timeText, zonesOf } from './cases.ts';
import { readCatalog, type Catalog } from './catalog.ts';
import { decimalsOf } from './currency.ts';
import { contestOf, type ContestRow } from './contests.ts';
import { evidenceOf } from './evidence.ts';
import { followUpOf } from './follow-up.ts';
import { readLinks } from './links.ts';
import type { CaseDetail } from './model/wire.ts';
import { everything, isSeen, rowCodes, seenCatalog } from './sight.ts';
import { withinSight } from './case-sight.ts';
import { wholeDayBit } from './sql/whole-day.ts';

type TextRow = Record<
  'title' | 'narrative' | 'resolution_note' | 'remedy_sought' | 'customer_ref' | 'customer_name' | 'contact',
  string | null
>;
type Ids = Pick<CaseFactRow, 'case_id' | 'shard_key'>;

/**
 * Everything the store knows of one case, as far as who asks may see it.
 * @returns null when there is no such case, or it is none of theirs
 */
export async function readCase(deps: QueryDeps, caseId: number): Promise<CaseDetail | null> {
  const { reader } = deps;
  const fact = await reader<CaseFactRow>('case_fact').where({ case_id: caseId }).first();
  const { sight = everything } = deps;
  const labels = await readCatalog(reader);
  const rows = rowCodes(sight, labels);
  if (!fact || !isSeen(rows, fact)) return null;
  const ids: Ids = { shard_key: fact.shard_key, case_id: fact.case_id };
  const catalog = seenCatalog(labels, sight);
  const own = { source: fact.source, source_id: fact.source_id };
  const [zones, source, erased, text, issues, events, surveys, followUps, flags, locals, contest, evidence, links] = await Promise.all([
    zonesOf(deps),
    reader<{ source: number; connector: string }>('source_state').where({ source: fact.source }).first('connector'),
    reader<{ source: number; source_id: string }>('erased_case')
      .where(own)
      .join('erasure', 'erasure.erasure_id', 'erased_case.erasure_id')
      .first<{ at: number; erasure_id: number } | undefined>('erasure.at', 'erasure.erasure_id'),
    reader<TextRow & Ids>('case_text').where(ids).first(),
    reader<Ids & { position: number; issue: number; sub_issue: number }>('case_issue').where(ids).orderBy('position'),
    reader<Ids & CaseEventRow>('case_event')
      .where(ids)
      .orderBy([{ column: 'at' }, { column: 'event_no' }]),
    reader<SurveyFactRow>('survey_fact').where(ids).orderBy('survey_id'),
    reader<FollowUpRow>('follow_up')
      .where({ source: fact.source })
      .whereIn('source_id', reader('survey_fact').where(ids).select('source_id')),
    reader<Ids & { flag_no: number; rule: FlagRule; field: string; message: string; value: string | null }>('case_flag')
      .where(ids)
      .orderBy('flag_no'),
    reader<CaseLocalRow>('case_local').where(own).orderBy('field'),
    reader<ContestRow>('attribution_contest').where(own).orderBy('contest_id', 'desc').first(),
    reader<EvidenceRow>('case_evidence').where(ids).orderBy('evidence_no'),
    readLinks(deps, caseId),
  ]);
  const zone = zones(fact.source);
  const label = (dimension: string, code: number) => (code === 0 ? null : leafOf(catalog.nameOf(dimension, code)));
  const known = fieldsOf(fact, text, catalog, zone);
  return withinSight(sight, {
    case_id: fact.case_id,
    source: catalog.nameOf('source', fact.source),
    source_id: fact.source_id,
    owned_by: source?.connector ?? '',
    fields: known,
    derived: {
      ended_at: caseTime(fact, 'ended', zone),
      resolution_minutes: fact.resolution_minutes,
      first_response_minutes: fact.first_response_minutes,
      acknowledgement_minutes: fact.acknowledgement_minutes,
      is_on_time: fact.due_at === null ? null : fact.is_on_time === 1,
      is_first_contact: fact.is_first_contact === 1,
      is_repeat: fact.is_repeat === 1,
      is_time_impossible: fact.is_time_impossible === 1,
      is_ended_on_unknown_date: fact.is_ended_on_unknown_date === 1,
    },
    issues: issues.map((i) => ({ issue: catalog.nameOf('issue', i.issue), sub_issue: label('sub_issue', i.sub_issue) })),
    events: events.map((e) => ({
      kind: eventKinds[e.kind - 1] ?? '',
      at: timeText(e.at, e.is_whole_day === 1, zone) ?? '',
      recorded_at: isoText(e.recorded_at),
      actor: e.actor,
      from: e.from_value,
      to: e.to_value,
      note: e.note,
    })),
    proposal: proposalOf(events, zone, known),
    local: locals.map(({ field, said, set_by: by, set_at }) => ({ field, said: label(field, said), by, at: isoText(set_at) ?? '' })),
    contest: contest ? contestOf(contest) : null,
    surveys: surveys.map((s) => {
      const noted = followUps.find((one) => one.source_id === s.source_id);
      return { ...surveyOf(s, catalog, zone), follow_up: noted ? followUpOf(noted) : null };
    }),
    links,
    evidence: evidence.map(evidenceOf),
    flags: flags.map(({ rule, field, message, value }): Flag => ({ rule, field, message, value: value ?? '' })),
    erased: erased ? { at: isoText(erased.at), receipt: erased.erasure_id } : null,
    business_time: await businessTimeOf(deps, fact, catalog, zone),
  });
}

const decided = ['outcome', 'resolution_note', 'redress', 'redress_amount', 'root_cause', 'controllability', 'theme'] as const;

/** The whole decision that waits for approval: what it leaves as it is stands in it too. */
function proposalOf(events: readonly CaseEventRow[], zone: string, fields: CaseDetail['fields']): CaseDetail['proposal'] {
  // What is done counts in the order it was recorded, whenever it is said to have been.
  const recorded = events.toSorted((a, b) => a.event_no - b.event_no);
  const asked = pendingProposal(recorded.map((event) => ({ ...event, kind: eventKinds[event.kind - 1] ?? '' })));
  if (!asked) return null;
  const changes = JSON.parse(asked.changes ?? '{}') as Record<string, [string | null, string | null]>; // written by the loader
  return {
    by: asked.actor,
    at: timeText(asked.at, asked.is_whole_day === 1, zone) ?? '',
    fields: Object.fromEntries(decided.map((name) => [name, changes[name] ? changes[name][1] : (fields[name]?.toString() ?? null)])),
  };
}

/** The fields of the record as the store holds them: labels as text, flags only where the store keeps them. */
function fieldsOf(fact: CaseFactRow, text: TextRow | undefined, catalog: Catalog, zone: string): CaseDetail['fields'] {
  const fields: CaseDetail['fields'] = {};
  for (const name of Object.keys(caseFields) as CaseFieldName[]) fields[name] = fieldOf(name, fact, text, catalog, zone);
  return fields;
}

function fieldOf(
  name: CaseFieldName,
  fact: CaseFactRow,
  text: TextRow | undefined,
  catalog: Catalog,
  zone: string,
): string | number | boolean | null {
  switch (name) {
    case 'source_id':
    case 'redress_currency':
    case 'reopen_count':
    case 'reassign_count':
      return fact[name];
    case 'title':
    case 'narrative':
    case 'resolution_note':
    case 'remedy_sought':
    case 'customer_ref':
    case 'customer_name':
    case 'contact':
      return text?.[name] ?? null;
    case 'redress_amount':
      return fact.redress_minor === null ? null : fact.redress_minor / 10 ** decimalsOf(fact.redress_currency);
    case 'vulnerable':
    case 'vulnerable_failed':
    case 'first_contact':
    case 'duplicate':
      return fact[`is_${name}`] === 1;
    default:
      return isTime(name) ? caseTime(fact, name.slice(0, -3) as CaseTime, zone) : labelOf(name, fact, catalog);
  }
}

type TimeField = Extract<CaseFieldName, `${string}_at`>;

function isTime(name: CaseFieldName): name is TimeField {
  return name.endsWith('_at');
}

function labelOf(name: DimensionColumn, fact: CaseFactRow, catalog: Catalog): string | null {
  return fact[name] === 0 ? null : leafOf(catalog.nameOf(name, fact[name]));
}

function caseTime(fact: CaseFactRow, time: CaseTime, zone: string): string | null {
  return timeText(fact[`${time}_at`], (fact.whole_day & wholeDayBit(time)) !== 0, zone);
}

function surveyOf(survey: SurveyFactRow, catalog: Catalog, zone: string): Omit<CaseDetail['surveys'][number], 'follow_up'> {
  const time = (at: number | null) => timeText(at, at !== null && isMidnight(at, zone), zone);
  const credited = survey.agent_credited || survey.agent;
  return {
    kind: surveyKinds[survey.survey_kind - 1] ?? '',
    asked_at: time(survey.asked_at),
    answered_at: time(survey.answered_at),
    scale: survey.scale,
    score: survey.score,
    is_satisfied: survey.is_satisfied === null ? null : survey.is_satisfied === 1,
    comment: survey.comment,
    agent: credited === 0 ? null : catalog.nameOf('agent', credited),
  };
}

/** The record's own value: a sub-member without its parent, which has a field of its own. */
function leafOf(name: string): string {
  return name.slice(name.lastIndexOf(' › ') < 0 ? 0 : name.lastIndexOf(' › ') + 3);
}
