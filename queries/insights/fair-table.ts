import type { TallyStore } from '../figures.ts';
import { readTallies } from '../figures.ts';
import { caseMix, fairRoles, memberOf, type FairRole } from '../model/fair.ts';
import { isEventRate } from '../model/measure.ts';
import { noneLabel, type DimensionName } from '../model/dimensions.ts';
import { measureOf, type MeasureName } from '../model/measures.ts';
import type { Query } from '../model/query.ts';
import { talliesOf, type Filter, type Tally, type TallyRow, type Through } from '../model/tally.ts';
import type { Row, Value } from '../model/wire.ts';
import type { Scope } from '../scope.ts';
import { rowDimensions } from '../sight.ts';
import type { Prepared, QueryDeps } from '../prepare.ts';
import { expectedOfMix, poolStrata, type MixCell, type MixTotal } from './case-mix.ts';
import { compareCounts, compareRates, compareShares, judgeMembers, type Compared, type FairFigure } from './fair-comparison.ts';
import { dispersionOf } from '../stats/poisson-rate.ts';

/** What a fair query says of each member (codes of `by` joined by ","), a measure at a time. */
export type FairFigures = Map<MeasureName, Map<string, FairFigure & { n: number }>>;

/**
 * Compares the members of a fair query with what their mix of cases would give. All its measures and members are judged together; members without a name,
 * and cases without a theme where themes are asked for, are in no comparison.
 */
export async function compareFairly(deps: QueryDeps, p: Prepared, store: TallyStore): Promise<FairFigures> {
  const asked = p.measures.flatMap(({ name, through, isMissing }) => {
    const tally = isMissing || p.current.stretches.length === 0 ? null : fairTally(p, name, through);
    return tally ? [{ name, tally }] : [];
  });
  const rows = await readTallies(deps, asked.map(({ tally }) => tally), store); // prettier-ignore
  const compared = asked.flatMap(({ name }, i) => {
    const { members, figures } = comparedOf(p.query, name, rows[i] ?? []);
    return members.map(([member, { n }], m) => ({ name, member, n, figure: figures[m] as Compared })); // one a member
  });
  const judged = judgeMembers(compared.map(({ figure }) => figure));
  const figures: FairFigures = new Map(p.measures.map(({ name }) => [name, new Map<string, FairFigure & { n: number }>()]));
  const by = memberOf(p.query.by);
  const isShown = lookedAt(p.scope, by);
  const at = p.query.by.indexOf(by);
  for (const [i, { name, member, n }] of compared.entries()) {
    const figure = judged[i];
    if (figure && (!isShown || isShown(Number(member.split(',')[at])))) figures.get(name)?.set(member, { ...figure, n });
  }
  return figures;
}

interface Comparison {
  members: [string, MixTotal][];
  figures: Compared[];
}

// A screen judges several measures together in each of several tables: the rows of a request's tallies are compared once.
const comparisons = new WeakMap<readonly TallyRow[], Comparison>();

function comparedOf(query: Query, name: MeasureName, rows: readonly TallyRow[]): Comparison {
  let found = comparisons.get(rows);
  if (!found) {
    const all = totalsOf(query, rows);
    // Who is alone has nobody to be compared with.
    const at = query.by.indexOf(memberOf(query.by));
    const members = new Set(all.map(([member]) => member.split(',')[at])).size > 1 ? all : [];
    found = { members, figures: compare(name, members.map(([, total]) => total), rows) }; // prettier-ignore
    comparisons.set(rows, found);
  }
  return found;
}

function compare(name: MeasureName, totals: readonly MixTotal[], rows: readonly TallyRow[]): Compared[] {
  const measure = measureOf(name);
  if (!isEventRate(measure)) return measure.kind === 'ratio' ? compareShares(totals) : compareCounts(totals);
  // Within kinds of cases of a member: what sets members apart is what is looked for.
  const dispersion = dispersionOf(rows.map(({ sums: [n = 0, events = 0, squares = 0] }) => ({ n, events, squares })));
  return compareRates(totals, dispersion);
}

/** With whom a member is compared does not depend on whom one looks at: a filter by the members themselves is for what is shown. */
function peersOf({ filter, rows }: Pick<Scope, 'filter' | 'rows'>, by: DimensionName): Filter {
  const [members, not] = [{ ...filter.members }, { ...filter.not }];
  delete members[by];
  // Nobody is compared with rows that who asks may not see.
  const seen = rowDimensions.find((name) => name === by);
  if (seen && rows?.[seen]) members[seen] = rows[seen];
  delete not[by];
  return { ...filter, members, not };
}

/** The members a query looks at, of all that were compared; null for all. */
function lookedAt({ filter }: Prepared['scope'], by: DimensionName): ((code: number) => boolean) | null {
  const [only, out] = [filter.members[by], filter.not[by]];
  return only || out ? (code) => (only?.includes(code) ?? true) && !out?.includes(code) : null;
}

/** The members anything is said of. */
export function fairKeys(figures: FairFigures): string[] {
  return [...figures.values()].flatMap((byMember) => [...byMember.keys()]);
}

/** Writes into a row of a fair table what is said of its member. */
export function writeFair(row: Row, query: Query, member: string, figures: FairFigures): void {
  for (const name of query.measures) {
    const figure = figures.get(name)?.get(member);
    if (measureOf(name).kind === 'count') row[`${name}_n`] = figure?.n ?? null;
    const values: Record<FairRole, Value> = {
      expected: figure?.expected ?? null,
      limit_low: figure?.limitLow ?? null,
      limit_high: figure?.limitHigh ?? null,
      shrunk: figure?.shrunk ?? null,
      shrunk_low: figure?.shrunkLow ?? null,
      shrunk_high: figure?.shrunkHigh ?? null,
      verdict: figure?.verdict ?? 'not enough data',
    };
    for (const role of fairRoles) row[`${name}_${role}`] = values[role];
  }
}

/** Whether a row is about members that have names. */
export function isNamed(row: Row, { by }: Query): boolean {
  return by.every((name) => row[name] !== noneLabel);
}

/** A measure by member, theme where asked, and what makes cases alike: the cases that could count, and those that do. */
function fairTally(p: Prepared, name: MeasureName, through: Through): Tally | null {
  const { query, scope, current, currency } = p;
  const by = [...query.by, ...caseMix];
  const frame = {
    from: current.from,
    to: current.to,
    grain: null,
    by,
    keep: null,
    filter: peersOf(scope, memberOf(query.by)),
    through,
    business: null,
    currency,
  };
  const [tally] = talliesOf(name, frame);
  const measure = measureOf(name);
  if (!tally || measure.kind !== 'count') return tally ?? null;
  return { ...tally, sums: [{ column: 1, where: [] }, { column: 1, where: measure.where ?? [] }] }; // prettier-ignore
}

/** The totals of each member: of all cases, or of each theme, for which every case of a member could have counted. */
function totalsOf({ by }: Query, rows: readonly TallyRow[]): [string, MixTotal][] {
  const at = by.indexOf(memberOf(by));
  const theme = by.indexOf('theme');
  const cells = rows.flatMap(({ keys, sums }) => {
    const member = keys[at] ?? 0;
    const cell = {
      member,
      theme: theme < 0 ? 0 : (keys[theme] ?? 0),
      stratum: keys.slice(by.length),
      n: sums[0] ?? 0,
      events: sums[1] ?? 0,
    };
    return member === 0 ? [] : [cell];
  });
  if (theme < 0) return [...expectedOfMix(cells.map((cell): MixCell => ({ ...cell, member: String(cell.member) })))];
  const kinds = new Map<string, { member: number; stratum: number[]; n: number; events: Map<number, number> }>();
  for (const { member, theme: of, stratum, n, events } of cells) {
    const key = [member, ...stratum].join();
    let kind = kinds.get(key);
    if (!kind) kinds.set(key, (kind = { member, stratum, n: 0, events: new Map<number, number>() }));
    kind.n += n;
    kind.events.set(of, (kind.events.get(of) ?? 0) + events);
  }
  const themes = [...new Set(cells.filter((cell) => cell.events > 0).map((cell) => cell.theme))].filter((code) => code !== 0);
  const mixed = [...kinds.values()];
  const pools = poolStrata(mixed);
  return themes.flatMap((code) => {
    const nameOf = (member: number) => by.map((_, i) => (i === theme ? code : member)).join(',');
    const ofTheme = mixed.map(({ member, stratum, n, events }) => ({ member: nameOf(member), stratum, n, events: events.get(code) ?? 0 }));
    return [...expectedOfMix(ofTheme, pools)];
  });
}
