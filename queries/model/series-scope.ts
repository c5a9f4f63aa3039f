import { isOfDuration } from './measure.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { type DimensionName } from './dimensions.ts';
import { queryOf, serialiseQuery, type Query, type Where } from './query.ts';

/** What a series is of, beside its measure; `by` names the members of a table whose series they are. */
type Asked = Pick<Query, 'where' | 'time' | 'by'>;

/**
 * What else than its measure says which series it is, in one way of writing it: the member of a table is the series that a filter by that member alone
 * leaves, in whatever order filters stand. Periods do not belong to it, nor how long they are.
 * @param key the member, by dimension
 */
export function seriesScope(
  measure: MeasureName,
  { where, time }: Pick<Asked, 'where' | 'time'>,
  key: Record<string, string> = {},
): string {
  const members = { ...where.members };
  const not = { ...where.not };
  for (const [name, label] of Object.entries(key)) {
    members[name as DimensionName] = [label]; // the keys of a table are dimensions
    delete not[name as DimensionName];
  }
  const asked = serialiseQuery({ ...blank, where: { ...where, members: sorted(members), not: sorted(not) } });
  const isBusiness = time === 'business' && isOfDuration(measureOf(measure));
  return JSON.stringify({ where: asked.where ?? {}, ...(isBusiness && { time }) });
}

/** Whether a scope may be that of some member of a table: whatever its filter says of the dimensions the table is split by. */
export function mayBeIn(scope: string, measure: MeasureName, asked: Asked): boolean {
  const whole = (text: string): string => {
    const { where, ...rest } = JSON.parse(text) as { where: Record<string, unknown> };
    const { not, ...others } = where;
    const left = (part: object) => Object.entries(part).filter(([name]) => !asked.by.includes(name as DimensionName));
    return JSON.stringify([left(others), left(not ?? {}), rest]);
  };
  return whole(scope) === whole(seriesScope(measure, asked));
}

const blank = queryOf({ measures: [], from: '', to: '' });

function sorted(members: Where['members']): Where['members'] {
  return Object.fromEntries(Object.entries(members).map(([name, labels]) => [name, [...labels].sort()]));
}
