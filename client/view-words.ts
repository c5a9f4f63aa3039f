import { countInWords, describeWindow } from '../queries/model/describe.ts';
import { dimensionNames } from '../queries/model/dimensions.ts';
import { rangeNames } from '../queries/model/ranges.ts';
import { periods, type View } from '../queries/model/view.ts';
import { nounsOf } from '../queries/model/change-words.ts';

/** What a view looks at in one short line: "Complaints · last 12 months · 2 filters". */
export function viewInWords({ where, period, time }: View): string {
  const kinds = where.members.kind;
  const [only = ''] = kinds?.length === 1 ? kinds : [];
  const isOneKind = only !== '' && only !== '(none)' && !where.not.kind;
  const noun = nounsOf(isOneKind ? only : null)[1];
  const filters =
    dimensionNames.filter((d) => where.members[d] && !(d === 'kind' && isOneKind)).length +
    dimensionNames.filter((d) => where.not[d]).length +
    rangeNames.filter((r) => where.range[r]).length +
    (where.text ? 1 : 0);
  return [
    noun.charAt(0).toUpperCase() + noun.slice(1),
    typeof period === 'string' ? periods[period].toLowerCase() : describeWindow(period),
    ...(filters ? [countInWords(filters, 'filter')] : []),
    ...(time === 'business' ? ['business time'] : []),
  ].join(' · ');
}
