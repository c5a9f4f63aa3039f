import type { Knex } from 'knex';
import { BadInput, didYouMean } from './errors.ts';
import { decidable, type Decidable } from './label-decisions.ts';
import { readField } from './record.ts';
import { casesSaying, labelCode, namesOf, relabel, type SourceValue } from './relabel.ts';
import { openLabels } from './store/labels.ts';
import type { Store } from './store/open.ts';
import { fixedLists, type FixedDimension, type LabelChangeRow, type SourceStateRow } from './store/tables.ts';
import { takeNumbers, transact } from './store/transact.ts';

/** Which label a source's own value is to be shown under. */
export interface LabelChange {
  /** Name of the source. */
  source: string;
  dimension: string;
  /** The value as the source says it. */
  raw: string;
  /** Name of the label; one that does not exist yet is made. */
  to: string;
}

/** What a change would do. */
export interface LabelEffect {
  cases: number;
  surveys: number;
  /** Labels the cases leave, with how many each. */
  from: { name: string; cases: number }[];
  to: string;
  isNew: boolean;
}

interface Who {
  name: string;
  /** Seconds UTC. */
  now: number;
}

/**
 * What a change would do, without doing it.
 * @throws BadInput for an unknown source or dimension, a value no case of the source says, a label that cannot be
 */
export async function previewLabelChange(knex: Knex, change: LabelChange): Promise<LabelEffect> {
  const { value, to } = await readChange(knex, change);
  const { dimension } = value;
  const names = await namesOf(knex, dimension);
  const codes = new Map([...names].map(([code, name]) => [name, code]));
  const target = codes.get(to);
  const column = `case_fact.${dimension}`;
  const saying = () =>
    casesSaying(knex, value, codes.get(value.raw) ?? 0)
      .whereNull('case_local.said')
      .where(column, '!=', target ?? -1);
  const found: unknown = await saying().groupBy(column).select({ code: column }).count({ n: '*' });
  const from = (found as { code: number; n: number }[]).map(({ code, n }) => ({ name: names.get(code) ?? '(none)', cases: n }));
  from.sort((a, b) => b.cases - a.cases || (a.name < b.name ? -1 : 1));
  const ids = saying().select('case_fact.case_id');
  const surveys: unknown = await knex('survey_fact').whereIn('case_id', ids).count({ n: '*' }).first();
  return {
    cases: from.reduce((sum, each) => sum + each.cases, 0),
    surveys: (surveys as { n: number }).n,
    from,
    to,
    isNew: target === undefined,
  };
}

/**
 * Shows a source's value under a label from now on: the cases there are change at once, those to come when they are loaded. Recorded,
 * and undone by {@link undoLabelChange}.
 * @throws as {@link previewLabelChange}
 */
export async function applyLabelChange(store: Store, change: LabelChange, who: Who): Promise<{ changeId: number; cases: number }> {
  const effect = await previewLabelChange(store.writer, change);
  const { value, to } = await readChange(store.writer, change);
  return changing(store, async (trx, scope) => {
    const code = labelCode(scope.labels, value.dimension, to);
    await scope.labels.flush();
    const [from] = effect.from;
    const cases = await relabel(trx, value, code, scope);
    await decide(trx, value, code);
    const row = {
      at: who.now,
      changed_by: who.name,
      ...value,
      from_code: from ? labelCode(scope.labels, value.dimension, from.name === '(none)' ? '' : from.name) : code,
      to_code: code,
      cases,
    };
    const rows = await trx<LabelChangeRow>('label_change').insert(row).returning('change_id');
    return { changeId: (rows[0] as { change_id: number }).change_id, cases }; // one row was inserted
  });
}

/**
 * Takes a change back: the change before it holds again, else what the map says.
 * @returns how many cases changed their label
 * @throws BadInput where there is no such change or it was undone before
 */
export async function undoLabelChange(store: Store, changeId: number, who: Who): Promise<{ cases: number }> {
  return changing(store, async (trx, scope) => {
    const changes = () => trx<LabelChangeRow>('label_change');
    const change = await changes().where({ change_id: changeId }).first();
    if (!change) throw new BadInput([{ field: 'change_id', message: `there is no label change ${changeId}` }]);
    if (change.undone_at !== null) throw new BadInput([{ field: 'change_id', message: `label change ${changeId} was undone before` }]);
    await changes().where({ change_id: changeId }).update({ undone_at: who.now, undone_by: who.name });
    const value = { source: change.source, dimension: change.dimension as Decidable, raw: change.raw };
    const holding = await changes().where(value).whereNull('undone_at').orderBy('change_id', 'desc').first();
    const code = holding?.to_code ?? null;
    const cases = await relabel(trx, value, code, scope);
    await decide(trx, value, code);
    return { cases };
  });
}

interface Scope {
  labels: Awaited<ReturnType<typeof openLabels>>;
  changeSeq: number;
}

/** A transaction after which every process reads labels and decisions anew. */
function changing<T>(store: Store, work: (trx: Knex.Transaction, scope: Scope) => Promise<T>): Promise<T> {
  return transact(store, async (trx, changeSeq) => {
    const labels = await openLabels(store, trx);
    const done = await work(trx, { labels, changeSeq });
    await takeNumbers(trx, 'label', 1);
    return done;
  });
}

async function decide(trx: Knex.Transaction, value: SourceValue, code: number | null): Promise<void> {
  await trx('label_map').where(value).delete();
  if (code !== null) await trx('label_map').insert({ ...value, code });
}

async function readChange(knex: Knex, { source, dimension, raw, to }: LabelChange): Promise<{ value: SourceValue; to: string }> {
  const sources = await knex<SourceStateRow>('source_state').select('source', 'name');
  const state = sources.find((s) => s.name === source);
  const known = decidable.find((d) => d === dimension);
  const names = sources.map((s) => s.name);
  if (!state) throw new BadInput([{ field: 'source', message: `there is no source "${source}"${didYouMean(source, names)}` }]);
  if (!known) {
    const message = `labels of "${dimension}" are not changed one by one${didYouMean(dimension, decidable)}; those of ${decidable.join(', ')} are`;
    throw new BadInput([{ field: 'dimension', message }]);
  }
  const label = readField(known, to);
  if (!('value' in label)) throw new BadInput([{ field: 'to', message: label.message }]);
  if (label.value === '') throw new BadInput([{ field: 'to', message: 'is missing; it is the name of a label' }]);
  const value = { source: state.source, dimension: known, raw };
  const own = known in fixedLists ? codeIn(known as FixedDimension, raw) : await ownCode(knex, known, raw);
  const isKnown =
    (await knex('unmapped_value').where(value).first('raw')) !== undefined ||
    (await casesSaying(knex, value, own).first('case_fact.case_id')) !== undefined;
  if (!isKnown) throw new BadInput([{ field: 'raw', message: `no case of "${source}" says "${raw.slice(0, 120)}" for ${known}` }]);
  return { value, to: label.value as string };
}

function codeIn(dimension: FixedDimension, name: string): number {
  return (fixedLists[dimension] as readonly string[]).indexOf(name) + 1;
}

async function ownCode(knex: Knex, dimension: string, name: string): Promise<number> {
  const row = await knex<{ dimension: string; parent: number; name: string; code: number }>('label')
    .where({ dimension, parent: 0, name })
    .first('code');
  return row?.code ?? 0;
}
