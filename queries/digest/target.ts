import type { DigestTile } from '../model/digest.ts';
import { measureNames, measureOf, type MeasureName } from '../model/measures.ts';
import { formatValue } from '../model/number.ts';
import { BadInput, didYouMean } from '../../etl/errors.ts';
import type { TileFigure } from '../model/tile.ts';

/** What is wanted of measures, each in its own unit; shares 0 to 1. */
export type Targets = Partial<Record<MeasureName, number>>;

/**
 * Reads targets by the names of measures.
 * @throws BadInput for a name that is no measure, and for one of which neither more nor less is better
 */
export function readTargets(given: Readonly<Record<string, number>>): Targets {
  const problems = Object.keys(given).flatMap((name) => {
    const known = measureNames.find((each) => each === name);
    if (!known) return [{ field: `targets.${name}`, message: `is no measure${didYouMean(name, measureNames)}` }];
    if (measureOf(known).better === 'neither')
      return [{ field: `targets.${name}`, message: 'has no better side, so that no target can be reached' }];
    if (measureOf(known).unit === 'share' && ((given[name] ?? 0) < 0 || (given[name] ?? 0) > 1))
      return [{ field: `targets.${name}`, message: 'is a share: expected one like 90% or 0.9' }];
    return [];
  });
  if (problems.length) throw new BadInput(problems);
  return given;
}

/**
 * Whether a figure reaches its target, and whether it can be relied on to: what the typical range as a whole does tells what to expect of the next periods
 * (target assurance of NHS England, Making Data Count).
 * @returns null without a target
 */
export function targetOf(measure: MeasureName, targets: Targets, { value, n, spark }: TileFigure, currency: string): DigestTile['target'] {
  const target = targets[measure];
  if (target === undefined) return null;
  const { better, unit } = measureOf(measure);
  const isMore = better === 'higher';
  const wanted = `target ${isMore ? 'at least' : 'at most'} ${formatValue(target, unit, { currency, n: 0 })}`;
  if (value === null) return { value: target, words: wanted, assurance: '' };
  const isMet = isMore ? value >= target : value <= target;
  const words = `${wanted}: ${isMet ? 'met' : 'not met'}${n !== null && n < 10 ? ', from few' : ''}`;
  const range = spark.limits.findLast((limit) => limit !== null);
  if (!range) return { value: target, words, assurance: '' };
  const [worst, best] = isMore ? [range.low, range.high] : [range.high, range.low];
  const reaches = (edge: number) => (isMore ? edge >= target : edge <= target);
  const assurance = reaches(worst) ? 'can be relied on' : reaches(best) ? 'met or missed by chance' : 'will be missed without a change';
  return { value: target, words, assurance };
}
