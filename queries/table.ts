import type { Budget } from './budget.ts';
import type { Figure, Figures } from './finish.ts';
import { emptyFigure, unknownFigure } from './finish.ts';
import { paretoColumns } from './insights/pareto-columns.ts';
import type { Lag } from './lag.ts';
import { changeColumns } from './model/change.ts';
import { isShare } from './model/measure.ts';
import { fairColumns } from './model/fair.ts';
import { dimensionOf, otherLabel, type DimensionName } from './model/dimensions.ts';
import { measureOf, type MeasureName } from './model/measures.ts';
import type { Query } from './model/query.ts';
import type { Column, Row } from './model/wire.ts';
import type { Stretch } from './windows.ts';

/** The figures of one measure over both windows; `before` null where nothing is compared. */
export interface MeasureFigures {
  name: MeasureName;
  /** Whether no source in scope can answer it. */
  isMissing: boolean;
  current: Figures;
  before: Figures | null;
  /** Where what was before is not to be compared with; null for nowhere. */
  lag: Lag | null;
}

/** The columns of an answer (DESIGN §6): keys, then each measure with what travels with it. */
export function columnsOf(
  query: Pick<Query, 'measures' | 'by' | 'grain' | 'compare'> & Partial<Pick<Query, 'signals' | 'against' | 'pareto' | 'fair'>>,
): Column[] {
  const key = (name: string, label: string, type: Column['type']): Column => ({
    name,
    label,
    unit: null,
    type,
    role: 'key',
    measure: null,
  });
  return [
    ...query.by.map((name) => key(name, dimensionOf(name).label, 'label')),
    ...(query.grain ? [key('period', `First date of the ${query.grain}`, 'date')] : []),
    key('complete', 'Whether the period is whole', 'flag'),
    ...query.measures.flatMap((name) => [
      ...measureColumns(name, query.compare !== null, query.signals === true),
      ...(query.compare !== null && !query.grain ? changeColumns(name) : []),
      ...(query.against ? verdictColumns(name) : []),
      ...(query.fair ? fairColumns(name) : []),
    ]),
    ...(query.pareto ? paretoColumns(query.measures[0], query.compare !== null) : []),
  ];
}

/** The members that have anything to show in any measure or window, in no order. */
export function membersOf(figures: readonly MeasureFigures[]): string[] {
  const members = new Set<string>();
  for (const { current, before, lag } of figures) {
    for (const [member, list] of current.byMember) if (list.some(hasNews)) members.add(member);
    for (const [member, list] of before?.byMember ?? [])
      if (list.some((figure, i) => !lag?.isUnknown[i] && hasNews(figure))) members.add(member);
  }
  return [...members];
}

/** The rows of an answer: every member of `members`, in order, with every stretch. */
export async function rowsOfTable(
  query: Query,
  figures: readonly MeasureFigures[],
  members: readonly string[],
  stretches: readonly Stretch[],
  nameOf: (by: DimensionName, code: number) => string,
  budget: Budget,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const member of members) {
    const codes = member === '' ? [] : member.split(',').map(Number);
    const labels = query.by.map((name, i) => [name, nameOf(name, codes[i] ?? 0)] as const);
    for (const [position, stretch] of stretches.entries()) {
      const due = budget.rest();
      if (due) await due;
      const row: Row = Object.fromEntries(labels);
      if (query.grain) row.period = stretch.period;
      row.complete = stretch.isComplete ? 1 : 0;
      for (const each of figures) writeFigures(row, each, member, position);
      rows.push(row);
    }
  }
  return rows;
}

/** How members come in order: by the figure of a measure or by their labels, unknown figures and `(other)` last, ties by label. */
export function memberOrder(
  query: Query,
  totals: ReadonlyMap<string, Figure[]> | null,
  nameOf: (by: DimensionName, code: number) => string,
): (a: string, b: string) => number {
  const { name, isDescending, isOfN } = orderOf(query);
  const sign = isDescending ? -1 : 1;
  const labels = new Map<string, string[]>();
  const labelsOf = (member: string) => {
    let found = labels.get(member);
    if (!found) labels.set(member, (found = query.by.map((by, i) => nameOf(by, Number(member.split(',')[i])))));
    return found;
  };
  const isOther = (member: string) => labelsOf(member).every((label) => label === otherLabel);
  const byLabel = (a: string, b: string) => {
    const others = labelsOf(b);
    for (const [i, label] of labelsOf(a).entries()) {
      const order = compareText(label, others[i] ?? '');
      if (order !== 0) return order;
    }
    return 0;
  };
  const dimension = query.by.indexOf(name as DimensionName);
  return (a, b) => {
    if (isOther(a) !== isOther(b)) return isOther(a) ? 1 : -1;
    if (dimension >= 0) {
      // Fixed lists and bands come in their own order, labels in that of the alphabet.
      const { type } = dimensionOf(query.by[dimension] ?? 'kind');
      // What lies in no band comes after all of them.
      const placeOf = (member: string) => (type === 'band' && codeAt(member, dimension) === 0 ? 1e9 : codeAt(member, dimension));
      const own = type !== 'label' ? placeOf(a) - placeOf(b) : compareText(labelsOf(a)[dimension] ?? '', labelsOf(b)[dimension] ?? '');
      return own * sign || byLabel(a, b);
    }
    const [left, right] = [a, b].map((member) => totals?.get(member)?.[0]?.[isOfN ? 'n' : 'value'] ?? null) as [
      number | null,
      number | null,
    ]; // as many as are given
    if (left === null || right === null) return left === right ? byLabel(a, b) : left === null ? 1 : -1;
    return (left - right) * sign || byLabel(a, b);
  };
}

/** What a query is ordered by: a measure (or its n), a dimension of `by` or `period`. */
export function orderOf(query: Pick<Query, 'order' | 'measures'>): { name: string; isDescending: boolean; isOfN: boolean } {
  if (query.order === null) return { name: query.measures[0] ?? '', isDescending: true, isOfN: false };
  const name = query.order.replace(/^-/, '');
  const counted = query.measures.find((measure) => `${measure}_n` === name);
  return { name: counted ?? name, isDescending: query.order.startsWith('-'), isOfN: counted !== undefined };
}

function measureColumns(name: MeasureName, isCompared: boolean, isJudged: boolean): Column[] {
  const { label, unit, kind } = measureOf(name);
  const shape = emptyFigure(measureOf(name));
  const column = (suffix: string, role: Column['role'], text: string, type: Column['type'], of = unit as Column['unit']): Column => ({
    name: `${name}${suffix}`,
    label: text,
    unit: of,
    type,
    role,
    measure: name,
  });
  const isWhole = (kind === 'count' && !('n' in shape)) || kind === 'stock';
  const type = isWhole ? 'integer' : 'number';
  const counted = unit === 'surveys' || ('n' in shape && isOfSurveys(name)) ? 'surveys' : 'cases';
  const n = (suffix: string, role: Column['role'], text: string) => column(suffix, role, text, 'integer', counted);
  return [
    column('', 'value', label, type),
    ...('n' in shape ? [n('_n', 'n', `${label}: n`)] : []),
    ...('low' in shape
      ? [column('_low', 'low', `${label}: 95% from`, 'number'), column('_high', 'high', `${label}: 95% to`, 'number')]
      : []),
    ...('followedDays' in shape ? [column('_followed_days', 'followed_days', `${label}: followed for`, 'number', 'days')] : []),
    ...(isCompared ? [column('_before', 'before', `${label}: before`, type)] : []),
    ...(isCompared && 'n' in shape ? [n('_before_n', 'before_n', `${label}: n before`)] : []),
    ...(isJudged
      ? [
          column('_centre', 'centre', `${label}: usual`, 'number'),
          column('_limit_low', 'limit_low', `${label}: typical from`, 'number'),
          column('_limit_high', 'limit_high', `${label}: typical to`, 'number'),
          column('_signal', 'signal', `${label}: signal`, 'label', null),
        ]
      : []),
  ];
}

/** What says how a member's rate stands to that of all. */
function verdictColumns(name: MeasureName): Column[] {
  const { label, unit } = measureOf(name);
  if (!isShare(measureOf(name))) return [];
  return [
    { name: `${name}_overall`, label: `${label}: all together`, unit, type: 'number', role: 'overall', measure: name },
    { name: `${name}_verdict`, label: `${label}: beside all`, unit: null, type: 'label', role: 'verdict', measure: name },
  ];
}

function isOfSurveys(name: MeasureName): boolean {
  const measure = measureOf(name);
  return measure.kind === 'ratio' && measure.fact === 'survey';
}

function writeFigures(row: Row, { name, isMissing, current, before, lag }: MeasureFigures, member: string, position: number): void {
  const measure = measureOf(name);
  const empty = isMissing ? unknownFigure(measure) : emptyFigure(measure);
  const figure = isMissing ? empty : (current.byMember.get(member)?.[position] ?? empty);
  row[name] = figure.value;
  if ('n' in empty) row[`${name}_n`] = figure.n ?? null;
  if ('low' in empty) {
    row[`${name}_low`] = figure.low ?? null;
    row[`${name}_high`] = figure.high ?? null;
  }
  if ('followedDays' in empty) row[`${name}_followed_days`] = figure.followedDays ?? null;
  if (!before) return;
  if (lag?.isUnknown[position]) {
    row[`${name}_before`] = null;
    if ('n' in empty) row[`${name}_before_n`] = null;
    return;
  }
  const earlier = isMissing ? empty : (before.byMember.get(member)?.[position] ?? empty);
  row[`${name}_before`] = earlier.value;
  if ('n' in empty) row[`${name}_before_n`] = earlier.n ?? null;
}

function hasNews({ value, n }: Figure): boolean {
  return (n !== undefined && n !== null && n !== 0) || (value !== null && value !== 0);
}

function codeAt(member: string, position: number): number {
  return Number(member.split(',')[position]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
