import { countedBy, countInWords, joined } from './describe.ts';
import { dimensionOf, noneLabel, otherLabel, type DimensionName } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatCount, formatValue } from './number.ts';
import { fewestOfRate } from './beside-all.ts';
import type { Row } from './wire.ts';

/** Of members that differ at most so many are named, those of most answers first. */
const mostNamed = 3;

/** What members beside all together say: the rate of all, who differs more than chance allows, and for how many nothing can be told. */
export function readMembers({ measure, by }: { measure: MeasureName; by: string }, rows: Row[]): string {
  const { label } = measureOf(measure);
  const noun = countedBy(measureOf(measure));
  const countOf = (row: Row) => Number(row[`${measure}_n`] ?? 0);
  const total = rows.reduce((sum, row) => sum + countOf(row), 0);
  const members = rows.filter((row) => row[by] !== otherLabel);
  const told = members.filter((row) => countOf(row) >= fewestOfRate);
  const overall = rows[0]?.[`${measure}_overall`];
  const all = `${label} overall: ${formatValue(overall, 'share', { n: total })}, from ${countInWords(total, noun)}`;
  const { label: one, plural } = dimensionOf(by as DimensionName);
  if (told.length === 0) return `${all}. Too few ${noun}s to tell of any ${one.toLowerCase()}.`;
  const named = (verdict: 'above' | 'below') => {
    const found = told.filter((row) => row[`${measure}_verdict`] === verdict).sort((a, b) => countOf(b) - countOf(a));
    const first = found
      .slice(0, mostNamed)
      .map((row) => `${nameOf(row[by], by)} (${formatValue(row[measure], 'share', { n: countOf(row) })})`);
    if (found.length > mostNamed) first.push(`${found.length - mostNamed} more`);
    return first.length ? [`${verdict === 'above' ? 'higher' : 'lower'} for ${joined(first, 'and')}`] : [];
  };
  const parts = [...named('below'), ...named('above')];
  const few = members.length - told.length;
  const rest = few ? `; ${formatCount(few)} with too few ${noun}s to tell` : '';
  const isNameless = told.every((row) => row[by] === noneLabel) && by !== 'wait_band';
  if (isNameless && !few) return `${all}. ${noneRecorded(one, noun, total)}`;
  if (isNameless) return `${all}. Too few ${noun}s name ${withArticle(one.toLowerCase())} to tell of any.`;
  if (told.length === 1 && parts.length === 0) return `${all}. There is only ${nameOf(told[0]?.[by], by)} to tell of${rest}.`;
  if (parts.length === 0) return `${all}. None of the ${formatCount(told.length)} ${plural} differs more than chance allows${rest}.`;
  return `${all}. More than chance allows it is ${parts.join(', and ')}${rest}.`;
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** That a dimension is not recorded: "No team is recorded for these cases." */
export function noneRecorded(dimension: string, noun: string, total: number): string {
  return `No ${dimension.toLowerCase()} is recorded for ${total === 1 ? `the one ${noun}` : `these ${noun}s`}.`;
}

function nameOf(member: Row[string] | undefined, by: string): string {
  return member === noneLabel ? (by === 'wait_band' ? 'those not resolved' : 'those without one') : `“${member ?? ''}”`;
}
