import { countInWords, joined } from './describe.ts';
import type { Grain } from './buckets.ts';
import { dimensionOf, noneLabel, otherLabel, type DimensionName } from './dimensions.ts';
import type { MeasureName } from './measures.ts';
import { formatBucket, formatCount, formatValue } from './number.ts';
import type { Row, TableJson, Value } from './wire.ts';

/** What the parts of a weight make together. */
const wholes: Partial<Record<MeasureName, { whole: string; named: string }>> = {
  received: { whole: 'the cases', named: 'the cases that name one' },
  days_lost: { whole: 'the time lost', named: 'the time lost on cases that name one' },
  redress_amount: { whole: 'the redress paid', named: 'the redress paid on cases that name one' },
  dissatisfied: { whole: 'the dissatisfied answers', named: 'the dissatisfied answers on cases that name one' },
};

/** How few members make most of it, which of them could change places by chance alone, and which are new among them. */
export function readPareto(chart: { measure: MeasureName; by: string }, { rows, pareto }: TableJson): string {
  const { measure, by } = chart;
  const { label, plural } = dimensionOf(by as DimensionName);
  const named = rows.filter((row) => row[by] !== otherLabel && row[by] !== noneLabel);
  const [top] = named;
  if (!pareto || pareto.share === null || !top) return `No ${label.toLowerCase()} is recorded for these cases.`;
  const nameless = Number(rows.find((row) => row[by] === noneLabel)?.[measure] ?? 0);
  const words = wholes[measure];
  const whole = words ? (nameless > 0 ? words.named : words.whole) : 'all';
  if (pareto.members === 1) return `${quoted(top[by])} alone makes up ${whole}.`;
  const share = formatValue(pareto.share, 'share', { n: 0 });
  const few = `${formatCount(pareto.vital)} of ${formatCount(pareto.members)} ${plural} ${pareto.vital === 1 ? 'makes' : 'make'} ${share} of ${whole}`;
  const open = describeOpen(chart, named);
  const before = describeBefore(chart, named, pareto);
  return `${[few, ...(open ? [open] : []), ...(before ? [before] : [])].join('; ')}.`;
}

/** Which of the vital few could change places with a neighbour by chance alone: neighbours that could stand together. */
function describeOpen({ measure, by }: { measure: MeasureName; by: string }, named: readonly Row[]): string {
  const groups: Value[][] = [];
  named.forEach((row, i) => {
    const below = named[i + 1]?.[by];
    if (below === undefined || row[`${measure}_swaps_with`] !== below) return;
    const group = groups.at(-1);
    if (group && group.at(-1) === row[by]) group.push(below);
    else groups.push([row[by] ?? '', below]);
  });
  const [first, second, ...rest] = groups;
  if (!first) return '';
  const more = rest.length ? ', as could others' : '';
  return `${neighbours(first)} could change places by chance alone${second ? `, and so could ${neighbours(second)}${more}` : ''}`;
}

function describeBefore(
  { measure, by }: { measure: MeasureName; by: string },
  named: readonly Row[],
  { vital, vitalBefore }: NonNullable<TableJson['pareto']>,
): string {
  if (!vitalBefore) return '';
  const few = named.filter((row) => row[`${measure}_vital`] === 1);
  const fresh = few.filter((row) => row[`${measure}_vital_before`] === 0).map((row) => row[by] ?? '');
  // Where the last could change places with the next outside, who is among them is chance.
  if (fresh.length && few.at(-1)?.[`${measure}_swaps_with`]) return '';
  if (fresh.length) return `${listed(fresh)} ${fresh.length === 1 ? 'was' : 'were'} not among them before`;
  // A limit may leave some of them over.
  if (few.length < vital) return '';
  return few.length === 1 ? 'it was before, too' : 'all of them were among them before';
}

/** In which period a member stood out most against its own usual one, if it did not in the same period a year before. */
export function readHeat({ measure, by }: { measure: MeasureName; by: string }, rows: readonly Row[], grain: Grain | null): string {
  const series = new Map<string, Row[]>();
  for (const row of rows) {
    const name = String(row[by]);
    if (name === otherLabel || name === noneLabel || row.complete === 0 || typeof row[measure] !== 'number') continue;
    series.set(name, [...(series.get(name) ?? []), row]);
  }
  const lengths = [...series.values()].map((list) => list.length);
  const unit = grain ?? 'period';
  if (Math.max(0, ...lengths) < fewestPeriods) return `Too early to tell: there are fewer than ${fewestPeriods} whole ${unit}s.`;
  const peaks = [...series].flatMap(([name, list]) => {
    const values = list.map((row) => Number(row[measure])).sort((a, b) => a - b);
    const usual = values[Math.floor((values.length - 1) / 2)] ?? 0;
    return list.map((row) => ({ name, row, usual, value: Number(row[measure]), excess: excessOf(Number(row[measure]), usual) }));
  });
  // At least half as high in the same period a year before, it is a season.
  const isSeason = ({ row, usual, value }: (typeof peaks)[number]) => {
    const before = row[`${measure}_before`];
    return typeof before === 'number' && before - usual >= (value - usual) / 2;
  };
  const peak = peaks
    .filter((each) => each.value >= fewestOfPeak && each.excess > beyondChance && !isSeason(each))
    .sort((a, b) => b.excess - a.excess)[0];
  if (!peak || !grain) return `No issue stands out in any one ${unit} beyond what chance allows.`;
  const when = formatBucket(grain, String(peak.row.period));
  return `${quoted(peak.name)} stands out most in ${grain === 'week' ? 'the ' : ''}${when}: ${countInWords(peak.value, 'case')}, against ${formatCount(peak.usual)} in its usual ${unit}.`;
}

const fewestPeriods = 4;
const fewestOfPeak = 10;
// Standard errors of a Poisson count; of many cells some exceed two.
const beyondChance = 3;

function excessOf(value: number, usual: number): number {
  return (value - usual) / Math.sqrt(value + usual || 1);
}

/** Names that could change places: of many, each with the next. */
function neighbours(names: readonly Value[]): string {
  if (names.length <= 3) return listed(names);
  return `neighbours from ${quoted(names[0])} down to ${quoted(names.at(-1))}`;
}

/** Names in words, at most three. */
function listed(names: readonly Value[]): string {
  const said = names.length > 3 ? [...names.slice(0, 2).map(quoted), `${formatCount(names.length - 2)} others`] : names.map(quoted);
  return joined(said, 'and');
}

function quoted(value: Value | undefined): string {
  return `“${value ?? ''}”`;
}
