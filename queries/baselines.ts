import type { Knex } from 'knex';
import type { BaselineRow } from '../etl/store/tables.ts';
import type { MeasureName } from './model/measures.ts';
import { seriesScope } from './model/series-scope.ts';
import type { Query } from './model/query.ts';
import type { RebaseJson } from './model/wire.ts';

/** The decisions in force about some measures. */
export type Baselines = readonly Pick<BaselineRow, 'baseline_id' | 'measure' | 'scope' | 'from_on' | 'reason' | 'set_by' | 'set_at'>[];

/** Reads which limits people had begin anew, in order of the dates from which they do. */
export async function readBaselines(reader: Knex, measures: readonly MeasureName[]): Promise<Baselines> {
  return reader<BaselineRow>('baseline')
    .whereNull('taken_back_at')
    .whereIn('measure', measures)
    .orderBy(['from_on', 'baseline_id'])
    .select('baseline_id', 'measure', 'scope', 'from_on', 'reason', 'set_by', 'set_at');
}

/** Those of one series, ascending. */
export function rebasesOf(
  baselines: Baselines,
  measure: MeasureName,
  { where, time }: Pick<Query, 'where' | 'time'>,
  key: Record<string, string>,
): RebaseJson[] {
  const own = baselines.filter((one) => one.measure === measure);
  if (own.length === 0) return [];
  const scope = seriesScope(measure, { where, time }, key);
  return own
    .filter((one) => one.scope === scope)
    .map(({ baseline_id, from_on, reason, set_by, set_at }) => ({ baseline_id, from: from_on, reason, set_by, set_at: iso(set_at) }));
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
