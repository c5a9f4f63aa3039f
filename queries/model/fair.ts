import type { Problem } from '../../etl/errors.ts';
import { dimensionOf, type DimensionName } from './dimensions.ts';
import { isEventRate, isShare } from './measure.ts';
import { measureOf, type MeasureName } from './measures.ts';
import type { Query } from './query.ts';
import type { Column, Row } from './wire.ts';

/** Whose work is compared. */
export const fairMembers = ['team', 'agent'] as const satisfies DimensionName[];

/** What makes cases alike, so that only like is compared with like; where cases are few the last is let go of first. */
export const caseMix = ['issue', 'severity', 'channel'] as const satisfies DimensionName[];

/** Below this many cases nothing is said of a member. */
export const fewestOfFair = 10;

/** What a member's figure is, beside what its mix of cases would give. */
export const fairVerdicts = ['within chance', 'more than expected', 'fewer than expected', 'not enough data'] as const;
export type FairVerdict = (typeof fairVerdicts)[number];

/** What a fair comparison says of a measure, each a column named `MEASURE_ROLE`. */
export const fairRoles = ['expected', 'limit_low', 'limit_high', 'shrunk', 'shrunk_low', 'shrunk_high', 'verdict'] as const;
export type FairRole = (typeof fairRoles)[number];

/** What the columns are called after the label of their measure. */
export const fairLabels: Record<FairRole, string> = {
  expected: 'expected of this mix of cases',
  limit_low: 'chance allows from',
  limit_high: 'chance allows to',
  shrunk: 'likely level',
  shrunk_low: 'likely level from',
  shrunk_high: 'likely level to',
  verdict: 'against expected',
};

/**
 * Whether members can be compared fairly by a measure: a share of cases, events per case, or a count of some cases, which is then reckoned per case.
 */
export function isFairMeasure(name: MeasureName): boolean {
  const measure = measureOf(name);
  if (measure.kind === 'ratio') return isShare(measure) || isEventRate(measure);
  return measure.kind === 'count' && measure.fact === 'case' && measure.where !== undefined && !measure.sum;
}

/** What keeps a query from being answered fairly. */
export function fairProblems({ measures, by, where, grain, compare, limit }: Query): Problem[] {
  const problems: Problem[] = [];
  const members = by.filter((name) => isOneOf(name, fairMembers));
  const others = by.filter((name) => !isOneOf(name, fairMembers) && name !== 'theme');
  if (members.length !== 1 || others.length)
    problems.push({ field: 'by', message: `fair compares by one of ${fairMembers.join(', ')}, and by theme beside it` });
  for (const [i, name] of measures.entries()) {
    const field = `measures[${i}]`;
    if (!isFairMeasure(name))
      problems.push({
        field,
        message: `"${name}" cannot be compared fairly: it is neither a share, nor a rate per case, nor a part of the cases`,
      });
    else if (by.includes('theme') && measureOf(name).kind !== 'count')
      problems.push({ field, message: `"${name}" cannot be split by theme: themes are counted, like coachable` });
  }
  // Cases that are all of a theme have nothing to be compared with.
  const isCounted = measures.some((name) => measureOf(name).kind === 'count');
  for (const name of ['theme', 'controllability'] as const)
    if (isCounted && where.members[name])
      problems.push({ field: `where.${name}`, message: 'leaves no other cases to compare with; take it off' });
  for (const [field, value] of Object.entries({ grain, compare, limit }))
    if (value !== null) problems.push({ field, message: 'does not go with fair' });
  return problems;
}

/** The columns of a measure in a fair table, after those every table has. */
export function fairColumns(name: MeasureName): Column[] {
  const { label, unit, kind } = measureOf(name);
  const column = (role: FairRole): Column => ({
    name: `${name}_${role}`,
    label: `${label}: ${fairLabels[role]}`,
    unit: role === 'verdict' ? null : unit,
    type: role === 'verdict' ? 'label' : 'number',
    role,
    measure: name,
  });
  const n: Column = { name: `${name}_n`, label: `${label}: n`, unit: 'cases', type: 'integer', role: 'n', measure: name };
  return [...(kind === 'count' ? [n] : []), ...fairRoles.map(column)];
}

/** How a fair comparison is made, for "How this is computed". */
export const fairMethod = [
  'Expected: in each issue, severity and channel the rate of all other members, times the member’s cases there (indirect standardisation); kinds of cases with fewer than 30 are put together, first over channels, then over severities, then over issues. Only complaints are looked at, all of them: also those whose cause lies elsewhere. Whom one looks at does not change with whom they are compared.',
  'What chance allows: limits at 99.8% on the scale asin √share or √(observed ÷ expected), widened by the spread between all members beyond chance (Spiegelhalter’s overdispersion, a tenth at either end drawn in); of hand-overs never narrower than the exact limits of a Poisson count of as many as there would be if they came one by one. A member is said to differ where it lies outside and is still found when all members, measures and themes of this table are judged together (Benjamini–Hochberg, 5%).',
  `Likely level: the member’s own figure drawn towards that of its peers, the more the fewer cases it rests on (beta–binomial for shares, gamma–Poisson for counts and hand-overs, by maximum marginal likelihood), with its interval at 90%. With fewer than ${fewestOfFair} cases nothing is said.`,
  'A difference says where to look, not why. A case counts for whoever has it in the end: of hand-overs that tells where they end, not who handed on. How long somebody has been here, shifts and what colleagues hand over are not in these records.',
];

/** The dimension whose members a fair query compares. */
export function memberOf(by: readonly DimensionName[]): DimensionName {
  return by.find((name) => isOneOf(name, fairMembers)) ?? fairMembers[0];
}

/** What a fair query compares, in words: "teams". */
export function membersInWords(by: readonly DimensionName[]): string {
  return dimensionOf(memberOf(by)).plural;
}

/** Who a row of a fair table is about: "Team", or "Theme, Team". */
export function memberText(row: Row, columns: readonly Column[]): string {
  return columns
    .filter((c) => c.role === 'key' && c.type === 'label')
    .map((c) => String(row[c.name]))
    .join(', ');
}

function isOneOf(name: string, known: readonly string[]): boolean {
  return known.includes(name);
}
