import { dimensionNames, measureNames, type DimensionName, type MeasureName } from '../../queries/model/model.ts';

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
const otherKeys = ['page', 'tab', 'run', 'rule'];

/** Whether a key of the address belongs to a drill. */
export function isDrillKey(name: string): boolean {
  return name === 'drill' || name.startsWith(prefix);
}

/**
 * Reads the opened figure from an address: `drill=report.measure`, `drill_issue=…`, `drill_period=…`, `drill_part=numerator`.
 * @returns null when none is opened or what is written there is not known
 */
export function drillFromSearch(search: string): Drill | null {
  const parameters = new URLSearchParams(search);
  const [report, name] = (parameters.get('drill') ?? '').split('.');
  const measure = measureNames.find((m) => m === name);
  if (!report || !measure) return null;
  const key: Drill['key'] = {};
  for (const dimension of keyNames) {
    const label = parameters.get(prefix + dimension);
    if (label !== null) key[dimension] = label;
  }
  return { report, measure, key, part: parameters.get('drill_part') === 'numerator' ? 'numerator' : 'whole' };
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
