import { dimensionNames, dimensionOf } from '../queries/model/dimensions.ts';
import type { View } from '../queries/model/view.ts';

/** A way to see more, and the change of the view it makes. */
export interface Wider {
  label: string;
  change: Partial<View>;
}

/** Ways to see more where nothing is left, at most four: take the search off, a filter, look at the whole time. */
export function widerViews({ where, period }: View): Wider[] {
  const search: Wider[] = where.text ? [{ label: `Take off the search “${where.text}”`, change: { where: { ...where, text: '' } } }] : [];
  const filters = dimensionNames.flatMap((name): Wider[] => {
    const { [name]: labels, ...members } = where.members;
    if (!labels) return [];
    const label = `Take off ${dimensionOf(name).label.toLowerCase()}: ${labels.slice(0, 2).join(' or ')}`;
    return [{ label, change: { where: { ...where, members } } }];
  });
  const exclusions = dimensionNames.flatMap((name): Wider[] => {
    const { [name]: labels, ...not } = where.not;
    if (!labels) return [];
    const label = `Take off ${dimensionOf(name).label.toLowerCase()}: not ${labels.slice(0, 2).join(' or ')}`;
    return [{ label, change: { where: { ...where, not } } }];
  });
  const time: Wider[] = period === 'all' ? [] : [{ label: 'Look at the whole time', change: { period: 'all' } }];
  return [...search, ...filters, ...exclusions, ...time].slice(0, 4);
}
