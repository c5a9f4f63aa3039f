import { pendingProposal, proposalKinds } from '../etl/handling.ts';
import { localDate } from '../etl/local-time.ts';
import { escalationOf, isPast, stepsOf, type OpenCase, type Procedure, type Step } from '../etl/procedure.ts';
import { eventKinds, type When } from '../etl/record.ts';
import type { CaseFactRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import { readBusiness } from './business.ts';
import { zonesOf } from './cases.ts';
import { readCatalog, type Catalog } from './catalog.ts';
import { mostWork, type WorkGroup, type WorkItem, type WorkList } from './model/work.ts';
import type { QueryDeps } from './prepare.ts';
import { everything, rowCodes, seenCatalog, withinRows } from './sight.ts';
import { wholeDayBit } from './sql/whole-day.ts';

/** Everything open that is handled here, of what who asks may see. */
export async function readWork(deps: QueryDeps, procedure: Procedure): Promise<WorkList> {
  const { reader, sight = everything } = deps;
  const labels = await readCatalog(reader);
  const entered = reader('source_state').where({ connector: 'entry' }).select('source');
  const open = await reader<CaseFactRow>('case_fact')
    .whereIn('source', entered)
    .whereNull('ended_at')
    .where(withinRows(rowCodes(sight, labels)))
    .orderBy([{ column: 'received_at' }, { column: 'case_id' }])
    .limit(mostWork + 1);
  const facts = open.slice(0, mostWork);
  const [zones, { rules }, proposed] = await Promise.all([zonesOf(deps), readBusiness(reader), readProposed(deps)]);
  const catalog = seenCatalog(labels, sight);
  const now = deps.now();
  const items = facts.map((fact): { item: WorkItem; order: number } => {
    const zone = zones(fact.source);
    const one = openCaseOf(fact, labels, { zone, isProposed: proposed.has(fact.case_id) });
    const steps = stepsOf(one, procedure, rules, zone);
    const next = firstOf(steps);
    const escalate = escalationOf(one, procedure, rules, { zone, now });
    const isLate = next.due !== null && isPast(next.due, now, zone);
    const soon = now + procedure.dueSoonDays * 86_400;
    const groups: Record<WorkGroup, boolean> = {
      unassigned: !one.hasOwner,
      overdue: isLate,
      due_soon: !isLate && next.due !== null && isPast(next.due, soon, zone),
      awaiting_approval: one.isProposed,
      escalate: escalate !== null,
    };
    const label = (dimension: 'kind' | 'issue' | 'product' | 'team' | 'agent') =>
      fact[dimension] === 0 ? null : catalog.nameOf(dimension, fact[dimension]);
    const item: WorkItem = {
      case_id: fact.case_id,
      kind: label('kind'),
      issue: label('issue'),
      product: label('product'),
      severity: one.severity,
      level: one.level,
      team: label('team'),
      agent: sight.persons ? label('agent') : null,
      received_at: textOf(one.received),
      next: { action: next.action, due: next.due === null ? null : textOf(next.due), is_late: isLate },
      groups: (Object.keys(groups) as WorkGroup[]).filter((name) => groups[name]), // its own keys
      escalate,
    };
    return { item, order: orderOf(next.due) };
  });
  // In the order they were received where nothing is due, or at once.
  items.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order));
  return {
    items: items.map(({ item }) => item),
    due_soon_days: procedure.dueSoonDays,
    is_cut: open.length > mostWork,
  };
}

/** What of a fact decides what is left to do. */
function openCaseOf(fact: CaseFactRow, catalog: Catalog, { zone, isProposed }: { zone: string; isProposed: boolean }): OpenCase {
  const label = (name: 'severity' | 'escalation_level' | 'sla_policy') => (fact[name] === 0 ? null : catalog.nameOf(name, fact[name]));
  const when = (time: 'received' | 'due' | 'acknowledgement_due'): When | null => {
    const at = fact[`${time}_at`];
    const isDay = (fact.whole_day & wholeDayBit(time)) !== 0;
    return at !== null && isDay ? localDate(at, zone) : at;
  };
  return {
    received: when('received') ?? 0,
    severity: label('severity'),
    level: label('escalation_level'),
    policy: label('sla_policy'),
    hasOwner: fact.agent !== 0,
    isAcknowledged: fact.acknowledged_at !== null,
    isAnswered: fact.first_response_at !== null,
    isProposed,
    acknowledgeBy: when('acknowledgement_due'),
    resolveBy: when('due'),
  };
}

/** What is due first; of nothing that is, what comes first. */
function firstOf(steps: readonly Step[]): Step {
  const [first = { action: 'resolve', due: null }] = steps;
  return steps.reduce((one, other) => (orderOf(other.due) < orderOf(one.due) ? other : one), first);
}

/** Seconds by which times are put in order; a date comes after the times of its day, and what is not due last. */
const orderOf = (when: When | null) => (when === null ? Infinity : typeof when === 'number' ? when : Date.parse(when) / 1000 + 86_399);
const textOf = (when: When) => (typeof when === 'number' ? (isoText(when) ?? '') : when);

/** The open cases with a resolution that waits for approval. */
async function readProposed({ reader }: QueryDeps): Promise<Set<number>> {
  const rows = await reader('case_event as e')
    .join('case_fact as f', (on) => on.on('f.case_id', 'e.case_id').andOn('f.shard_key', 'e.shard_key'))
    .whereNull('f.ended_at')
    .whereIn(
      'e.kind',
      proposalKinds.map((kind) => eventKinds.indexOf(kind) + 1),
    ) // prettier-ignore
    .whereIn('f.source', reader('source_state').where({ connector: 'entry' }).select('source'))
    .orderBy([{ column: 'e.case_id' }, { column: 'e.event_no' }])
    .select<{ case_id: number; kind: number }[]>('e.case_id', 'e.kind');
  const byCase = new Map<number, { kind: string }[]>();
  for (const { case_id, kind } of rows) byCase.set(case_id, [...(byCase.get(case_id) ?? []), { kind: eventKinds[kind - 1] ?? '' }]);
  return new Set([...byCase].filter(([, events]) => pendingProposal(events)).map(([id]) => id));
}
