import type { CaseFieldName } from '../etl/record.ts';
import type { DimensionName } from '../queries/model/dimensions.ts';
import { api } from './api.ts';

/** Known names of a dimension that are like `like`, the most used first; below `parent` where it has one. */
export async function suggestLabels(dimension: CaseFieldName, like: string, parent: string | null): Promise<string[]> {
  // Every label and sub-label that forms ask for is a dimension of the model under the same name.
  const { labels } = await api.labels({ dimension: dimension as DimensionName, like, limit: 30, ...(parent && { parent }) });
  return labels
    .map(({ name }) => (parent && name.startsWith(`${parent} › `) ? name.slice(parent.length + 3) : name))
    .filter((name) => name !== '(none)');
}
