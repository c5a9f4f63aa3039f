import { measureOf, type MeasureName } from '../model/measures.ts';
import type { Column } from '../model/wire.ts';

/** The columns that `pareto: true` adds for the first measure of a query. */
export function paretoColumns(name: MeasureName | undefined, isCompared: boolean): Column[] {
  if (!name) return [];
  const { label } = measureOf(name);
  const column = (suffix: string, text: string, type: Column['type'], unit: Column['unit'] = null): Column => ({
    name: `${name}_${suffix}`,
    label: `${label}: ${text}`,
    unit,
    type,
    role: 'pareto',
    measure: name,
  });
  return [
    column('share', 'share of all with a name', 'number', 'share'),
    column('cumulative', 'share of this and all above', 'number', 'share'),
    column('vital', 'whether one of the vital few', 'flag'),
    ...(isCompared ? [column('vital_before', 'whether one of the vital few before', 'flag')] : []),
    column('swaps_with', 'what it could change places with by chance', 'label'),
  ];
}
