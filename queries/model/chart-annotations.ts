import { timeAxis } from './chart-parts.ts';
import { colour, type Theme } from './colours.ts';
import { countInWords, describeWindow } from './describe.ts';
import type { Annotation } from './lists.ts';
import { dimensionOf } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import type { Where } from './query.ts';
import { addBuckets, startOf, type Grain } from './buckets.ts';
import type { LimitsJson, RebaseJson, Row } from './wire.ts';

/** The named data set that takes the rows of {@link annotationRows}. */
export const annotationData = 'annotations';

/** An annotation with its number: the same on every trend of a screen. */
export interface Numbered extends Annotation {
  number: number;
}

/** The annotations that concern what a view looks at, numbered in order of time; those on a source or a member that is filtered away do not. */
export function concerning(annotations: readonly Annotation[], where: Where): Numbered[] {
  const isLeft = (dimension: keyof Where['members'], label: string) =>
    (where.members[dimension]?.includes(label) ?? true) && !where.not[dimension]?.includes(label);
  return annotations
    .filter(({ source, about }) => (source === null || isLeft('source', source)) && (!about || isLeft(about.dimension, about.label)))
    .map((annotation, i) => ({ ...annotation, number: i + 1 }));
}

/**
 * Where people had typical ranges of a chart begin anew, in order of time.
 * @param measures those of the chart that are judged; of several each is named
 */
export function rebasesIn(limits: readonly LimitsJson[], measures: readonly MeasureName[], grain: Grain): Annotation[] {
  const found = new Map<string, Annotation>();
  const add = (measure: MeasureName, rebase: RebaseJson, missing: number): void => {
    const { from, reason } = rebase;
    const what = measures.length > 1 ? ` of “${measureOf(measure).label}”` : '';
    const wait = missing ? ` (once ${countInWords(missing, `more whole ${grain}`)} ${missing === 1 ? 'is' : 'are'} known)` : '';
    const text = `the typical range${what} begins anew${wait}: ${reason}`;
    found.set(`${rebase.baseline_id}`, { kind: 'rebase', from, to: from, text, source: null, about: null, note: null, rebase });
  };
  for (const { measure, rebase, waiting } of limits) {
    if (!measures.includes(measure)) continue;
    if (rebase) add(measure, rebase, 0);
    if (waiting) add(measure, waiting, waiting.missing);
  }
  return [...found.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** An annotation in words: when, what, about what. */
export function describeAnnotation({ from, to, text, about }: Annotation): string {
  const member = about ? ` (${dimensionOf(about.dimension).label.toLowerCase()}: ${about.label})` : '';
  return `${describeWindow({ from, to })}: ${text}${member}`;
}

/**
 * Where annotations stand on the time axis of a chart, one row a period that has any: `bucket` and `until`, the positions of its first and last
 * period; `mark`, the numbers as they are drawn; `room`, how many periods the nearest other row is off; `said`, what they say. What lies outside
 * the periods drawn has no row.
 * @param rows rows of `chartRows`, with `period` and `bucket`
 */
export function annotationRows(annotations: readonly Numbered[], rows: readonly Row[], grain: Grain | null): Row[] {
  if (!grain) return [];
  const places = new Map(rows.flatMap((row) => (typeof row.bucket === 'number' ? [[String(row.period), row.bucket] as const] : [])));
  const periods = [...places.keys()].sort();
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return [];
  const groups = new Map<number, Numbered[]>();
  for (const annotation of annotations) {
    const begin = beginOf(annotation, grain);
    const end = endOf(annotation, grain);
    if (end < first || begin > last) continue;
    // What began before the first period stands on it.
    const bucket = places.get(begin < first ? first : begin);
    if (bucket !== undefined) groups.set(bucket, [...(groups.get(bucket) ?? []), annotation]);
  }
  return [...groups].map(([bucket, group]) => {
    const others = [...groups.keys()].filter((other) => other !== bucket).map((other) => Math.abs(other - bucket));
    const end = group.reduce((latest, one) => (endOf(one, grain) > latest ? endOf(one, grain) : latest), '');
    return {
      bucket,
      until: places.get(end > last ? last : end) ?? bucket,
      mark: inRuns(group.map((one) => one.number)),
      room: Math.min(periods.length, ...others),
      said: group.map((one) => `${one.number}. ${describeAnnotation(one)}`).join('\n'),
    };
  });
}

/** The period an annotation begins in. Limits begin anew with the first whole period from a date on. */
function beginOf({ kind, from }: Annotation, grain: Grain): string {
  const begin = startOf(grain, from);
  return kind === 'rebase' && begin < from ? addBuckets(grain, begin, 1) : begin;
}

/** The period an annotation ends in. */
function endOf(annotation: Annotation, grain: Grain): string {
  return annotation.kind === 'rebase' ? beginOf(annotation, grain) : startOf(grain, annotation.to);
}

/** The numbers that stand on a chart, in order. */
export function numbersOn(annotations: readonly Numbered[], rows: readonly Row[], grain: Grain | null): Numbered[] {
  return annotations.filter((one) => annotationRows([one], rows, grain).length > 0);
}

// Ends of the drawing have room on one side only. The number of a note that has not enough is left to its tooltip and the list.
const isFirst = 'datum.bucket === 0';
const isLast = 'datum.bucket === buckets - 1';
const hasRoom = `8 * length(datum.mark) <= datum.room * width / max(1, buckets - 1) * (${isFirst} || ${isLast} ? 0.5 : 1)`;

/**
 * The layer below the lines of a chart over time: a rule where something happened, pale to where it ended, and its number above the rule.
 * @param lift how many pixels above the drawing are taken by something else
 */
export function annotationLayer(theme: Theme, lift = 0) {
  const x = timeAxis;
  const tooltip = [{ field: 'said', title: 'Note' }];
  const ink = colour('ink-2', theme);
  return {
    data: { name: annotationData },
    encoding: { x, y: null },
    layer: [
      {
        transform: [{ filter: 'datum.until > datum.bucket' }],
        mark: { type: 'rect', color: ink, opacity: 0.07, aria: false, tooltip: null },
        encoding: { x2: { field: 'until' } },
      },
      { mark: { type: 'rule', color: ink, strokeWidth: 1, strokeDash: [2, 2], opacity: 0.7, aria: false, tooltip: null } },
      // A rule of a pixel is hard to hit.
      { mark: { type: 'rule', color: ink, strokeWidth: 14, opacity: 0, aria: false }, encoding: { tooltip } },
      {
        mark: {
          type: 'text',
          baseline: 'bottom',
          // Above the drawing, where no line runs.
          align: { expr: `${isFirst} ? 'left' : ${isLast} ? 'right' : 'center'` },
          dy: -3 - lift,
          fontSize: 13,
          fontWeight: 600,
          color: ink,
          aria: false,
          text: { expr: `${hasRoom} ? datum.mark : '•'` },
        },
        encoding: { y: { value: 0 }, tooltip },
      },
    ],
  };
}

/** Numbers with runs shortened: "1–3, 5". */
function inRuns(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([a, b]) => (a === b ? String(a) : b === a + 1 ? `${a}, ${b}` : `${a}–${b}`)).join(', ');
}
