import { addDays, daysBetween, type Grain } from './buckets.ts';
import { dimensionNames, dimensionOf, type DimensionName } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { rangeNames } from './ranges.ts';
import { durations, isEventRate, type Measure } from './measure.ts';
import { formatBucket, formatCount, formatDate } from './number.ts';
import type { Where } from './query.ts';
import type { View } from './view.ts';
import type { LimitsJson, RebaseJson, Window } from './wire.ts';

/** The filters in words, one text a filter: `kind: complaint`, `not channel: web or fax`, `text: hold time`. */
export function describeFilters(where: Where): string[] {
  const list = (labels: string[]) =>
    labels.length > 4 ? `${labels.slice(0, 3).join(', ')} or ${labels.length - 3} more` : joined(labels, 'or');
  const name = (dimension: DimensionName) => dimensionOf(dimension).label.toLowerCase();
  return [
    ...dimensionNames.flatMap((d) => (where.members[d] ? [`${name(d)}: ${list(where.members[d])}`] : [])),
    ...dimensionNames.flatMap((d) => (where.not[d] ? [`not ${name(d)}: ${list(where.not[d])}`] : [])),
    ...rangeNames.flatMap((r) => (where.range[r] ? [describeRange(r, where.range[r])] : [])),
    ...(where.text ? [`text: ${where.text}`] : []),
  ];
}

/** What a view leaves out or reckons in another way, in words: its filters, and business time. */
export function describeScope({ where, time }: Pick<View, 'where' | 'time'>): string[] {
  return [...describeFilters(where), ...(time === 'business' ? ['in business time'] : [])];
}

/**
 * The windows as far as they are known: one that today cuts ends today, and the one it is compared with after as many days.
 * @param today the local date of T, `YYYY-MM-DD`
 */
export function elapsedWindows<W extends { current: Window; before?: Window }>(
  windows: W,
  today: string,
): { current: Window; before?: Window } {
  const { current, before } = windows;
  if (current.to <= today || current.from > today) return windows;
  const end = before && addDays(before.from, daysBetween(current.from, today));
  return {
    current: { from: current.from, to: today },
    ...(before && end && { before: { from: before.from, to: end < before.to ? end : before.to } }),
  };
}

/** A window as "1 January to 31 December 2026", "1 to 31 March 2026". */
export function describeWindow({ from, to }: Window): string {
  if (from === to) return formatDate(from);
  const [day = '', month = '', year = ''] = formatDate(from).split(' ');
  const start =
    from.slice(0, 7) === to.slice(0, 7) ? day : from.slice(0, 4) === to.slice(0, 4) ? `${day} ${month}` : `${day} ${month} ${year}`;
  return `${start} to ${formatDate(to)}`;
}

/** A number with what it counts: "1 case", "12 cases". */
export function countInWords(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** What a measure counts, one of them: a case, a survey that was asked, an answer to one. */
export function countedBy(measure: Measure): 'case' | 'survey' | 'answer' {
  if (measure.fact !== 'survey') return 'case';
  return measure.on === 'answered' ? 'answer' : 'survey';
}

/** How a measure is computed, in words. */
export function describeMethod(name: MeasureName): string {
  const measure = measureOf(name);
  switch (measure.kind) {
    case 'count':
      if (measure.sum === 'waited_minutes') return 'A sum of whole minutes over the cases received.';
      return measure.sum ? 'A sum over the cases with an amount.' : 'A count.';
    case 'stock':
      return 'A stock: what came in up to the end of the period less what went out.';
    case 'ratio': {
      const interval =
        measure.interval === 'wilson'
          ? ' The interval is Wilson’s score interval at 95%.'
          : measure.interval === 'nps'
            ? ' The interval is the adjusted Wald interval of Rocks (2016) at 95%.'
            : measure.interval === 'mean'
              ? ' The interval is Student’s at 95%.'
              : measure.interval === 'poisson'
                ? ' The interval is Garwood’s exact one of a Poisson count at 95%, wider where events come in bunches: as many count as there would be if they came one by one (variance ÷ mean of a case).'
                : '';
      const kind = isEventRate(measure) ? 'A rate' : measure.sum ? 'A mean' : 'A share';
      return `${kind}: two counts divided last.${interval}`;
    }
    case 'percentile':
      return measure.censored
        ? `The Kaplan–Meier quantile of ${durations[measure.of].label}: cases that have not ended count with the time they have waited. The interval is log–log at 95%.`
        : `The median (type 7) of ${durations[measure.of].label} among the cases that have ended.`;
    case 'survival':
      return `Read off the Kaplan–Meier curve of ${durations[measure.of].label} at ${countInWords(measure.days, 'day')}, and at every other age likewise: cases that have not ended count with the time they have waited. The interval is log–log at 95%.`;
  }
}

/** The rules by which a figure is more than chance, for "How this is computed". */
export const rulesInWords =
  'A figure is a signal where it breaks one of four written rules (NHS England, Making Data Count): it lies outside its limits; six steps in a row go one way; two of three neighbours lie in the outer third towards one limit; seven in a row lie on one side of the centre. A signal that lay about as far to the same side in the same periods a year before, and had come back in between, is called seasonal.';

/** How long typical ranges stay as they are, for "How this is computed". */
export const baselinesInWords =
  'A typical range holds for a calendar year and is made of the 24 periods before that year (of weeks, 52); until so many are known before a year, of the first 24 known. So a period has the same range wherever it is shown, and what comes later does not move it. Where somebody had it begin anew, giving a reason, it is made of the first 24 periods from then on, twelve at least, and stays until the next such decision.';

/**
 * How the limits of a measure were made, in words.
 * @param isOneOfSeveral whether others hold for other periods shown
 */
export function describeLimits(
  { method, sigmaZ, from, to, periods, since, rebase, waiting }: LimitsJson,
  grain: Grain,
  isOneOfSeveral = false,
): string {
  const base = `${countInWords(periods, grain)}, ${formatBucket(grain, from)} to ${formatBucket(grain, to)}`;
  const sigma = sigmaZ === null ? '' : `; σ_z = ${sigmaZ.toFixed(2)}`;
  const made = {
    xmr: 'the mean ± 2.66 times the mean moving range, ranges beyond their own limit left out (XmR)',
    p: `the pooled share ± three standard errors at each n (p chart; shares vary by no more than chance${sigma})`,
    p_prime: `the pooled share ± three standard errors at each n, widened as shares vary by more than chance (Laney’s p′${sigma})`,
    u: `the pooled rate ± three standard errors at each n (u chart; rates vary by no more than chance${sigma})`,
    u_prime: `the pooled rate ± three standard errors at each n, widened as rates vary by more than chance (Laney’s u′${sigma})`,
    spread:
      'the mean ± three standard deviations: a stock carries over from one period to the next, so neighbours tell little of its spread',
  }[method];
  const range = isOneOfSeveral ? `From ${formatBucket(grain, since)} on its typical range` : 'Its typical range';
  const why = rebase ? ` ${describeRebase(rebase)}` : '';
  const wait = waiting ? ` ${describeRebase(waiting)} ${describeWaiting(waiting.missing, grain)}` : '';
  return `${range} comes from ${base}: ${made}.${why}${wait}`;
}

/** A decision to have limits begin anew, in words. */
export function describeRebase({ from, reason, set_by }: Pick<RebaseJson, 'from' | 'reason' | 'set_by'>): string {
  return `It begins anew from ${formatDate(from)}: “${reason}” (${set_by}).`;
}

/** What such a decision waits for. */
export function describeWaiting(missing: number, grain: Grain): string {
  return `For that ${countInWords(missing, `more whole ${grain}`)} must be known; until then ranges go on as without it.`;
}

function describeRange(name: (typeof rangeNames)[number], [low, high]: [number | null, number | null]): string {
  const what = { resolution_days: 'days to resolve', open_age_days: 'days open', score: 'survey score' }[name];
  if (high === null) return `${what}: at least ${low}`;
  return low === null ? `${what}: below ${high}` : `${what}: ${low} to below ${high}`;
}

/** A text as it begins a sentence. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A list in words: "a, b and c". */
export function joined(parts: string[], word: 'and' | 'or'): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;
}
