import type { Problem } from '../../etl/errors.ts';
import { isRealDate } from '../../etl/record.ts';
import { dimensionNames, type DimensionName } from '../../queries/model/dimensions.ts';
import { measureNames, type MeasureName } from '../../queries/model/measures.ts';
import { laidOver, reports, tiles, type Report } from '../../queries/model/reports.ts';
import { unknownPart } from '../problem-words.ts';

/** Which figure was opened: of which report, which measure, and the labels and bucket of its mark. */
export interface Drill {
  report: string;
  measure: MeasureName;
  key: Partial<Record<DimensionName | 'period', string>>;
  part: 'whole' | 'numerator';
}

const prefix = 'drill_';
const keyNames: readonly (DimensionName | 'period')[] = [...dimensionNames, 'period'];

/** Parts of an address that say nothing about which cases are looked at. */
const otherKeys = ['page', 'tab', 'run', 'rule', 'follow_up'];

/** Whether a key of the address belongs to a drill. */
export function isDrillKey(name: string): boolean {
  return name === 'drill' || name.startsWith(prefix);
}

/** The report of the tiles: totals of measures. */
export const totalsName = 'totals';

/**
 * Reads the opened figure from an address: `drill=report.measure`, `drill_issue=…`, `drill_period=…`, `drill_part=numerator`.
 * @returns no drill where none is opened or what is written there leads to no figure; then with the reason
 */
export function readDrill(search: string): { drill: Drill | null; problems: Problem[] } {
  const parameters = new URLSearchParams(search);
  const written = [...new Set(parameters.keys())].filter(isDrillKey);
  const problems: Problem[] = [];
  const [name = '', asked = '', ...rest] = (parameters.get('drill') ?? '').split('.');
  const report = reports.find((r) => r.name === name);
  const offered: readonly MeasureName[] = report ? figuresOf(report) : name === totalsName ? tiles.map((t) => t.measure) : [];
  const measure = measureNames.find((m) => m === asked);
  if (written.length === 0) return { drill: null, problems };
  if (!measure || !offered.includes(measure) || rest.length) {
    problems.push(unknownPart('drill', parameters.get('drill') ?? '', knownFigures()));
    return { drill: null, problems };
  }
  const key: Drill['key'] = {};
  for (const field of written) {
    const value = parameters.get(field) ?? '';
    const part = keyNames.find((k) => prefix + k === field);
    if (part === 'period' && report?.query.grain && isRealDate(value)) key.period = value;
    else if (part === 'period' && report?.query.grain) problems.push({ field, message: `“${value}” is not a date like 2026-11-09` });
    else if (part && part !== 'period' && report?.query.by?.includes(part)) key[part] = value;
    else if (field === 'drill_part' && ['whole', 'numerator'].includes(value)) continue;
    else if (field === 'drill_part') problems.push(unknownPart(field, value, ['whole', 'numerator']));
    else if (field !== 'drill') problems.push({ field, message: 'this figure is not split by that' });
  }
  if (problems.length) return { drill: null, problems };
  return { drill: { report: name, measure, key, part: parameters.get('drill_part') === 'numerator' ? 'numerator' : 'whole' }, problems };
}

/** What of a report can be opened. */
function figuresOf(report: Report): MeasureName[] {
  return laidOver(report).query.measures;
}

function knownFigures(): string[] {
  return [...reports.flatMap((r) => figuresOf(r).map((m) => `${r.name}.${m}`)), ...tiles.map((t) => `${totalsName}.${t.measure}`)];
}

/**
 * The search part of an address that opens a figure, or none, beside everything else the address says.
 * @returns without "?"
 */
export function searchWithDrill(search: string, drill: Drill | null): string {
  const parameters = new URLSearchParams(search);
  for (const name of [...parameters.keys()]) if (isDrillKey(name)) parameters.delete(name);
  if (drill) {
    parameters.set('drill', `${drill.report}.${drill.measure}`);
    for (const dimension of keyNames) {
      const label = drill.key[dimension];
      if (label !== undefined) parameters.set(prefix + dimension, label);
    }
    if (drill.part === 'numerator') parameters.set('drill_part', 'numerator');
  }
  return parameters.toString();
}

/** The search part of an address without what says nothing about which cases are looked at. */
export function viewPart(search: string): string {
  const parameters = new URLSearchParams(search);
  for (const name of [...parameters.keys()]) if (isDrillKey(name) || otherKeys.includes(name)) parameters.delete(name);
  return parameters.toString();
}
