import { dimensionNames, dimensions, type DimensionName } from '../queries/model/dimensions.ts';
import type { SourceJson } from '../queries/model/wire.ts';

/** Dimensions that cases can be filtered by: one no source tells of would only lead to "(none)". */
export function offeredDimensions(sources: readonly SourceJson[]): DimensionName[] {
  const provided = new Set(sources.flatMap((source) => source.fields));
  return dimensionNames.filter((name) => isAlways(name) || provided.has(name) || (name === 'redress' && provided.has('redress_amount')));
}

function isAlways(name: DimensionName): boolean {
  return ['kind', 'status', 'source'].includes(name) || dimensions[name].type === 'band';
}
