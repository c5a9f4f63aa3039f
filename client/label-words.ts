import { countInWords } from '../queries/model/describe.ts';
import type { LabelChangeListRow, LabelChangePreview } from '../queries/model/lists.ts';
import { dimensions } from '../queries/model/dimensions.ts';

/** What a label change would do, as "412 cases move from “Late parcel” to “Late delivery”." */
export function previewInWords({ cases, surveys, from, to, is_new }: LabelChangePreview): string {
  const moving = from.filter((one) => one.name !== to);
  const newName = is_new ? ` “${to}” is a new name.` : '';
  const [only] = moving;
  if (only === undefined) return `Nothing moves: it is kept as “${to}” and asked about no more.${newName}`;
  const what = [cases > 0 || surveys === 0 ? countInWords(cases, 'case') : null, surveys ? countInWords(surveys, 'survey answer') : null]
    .filter((part) => part !== null)
    .join(' and ');
  const verb = cases + surveys === 1 ? 'moves' : 'move';
  if (moving.length === 1) return `${what} ${verb} from ${quoted(only.name)} to “${to}”.${newName}`;
  return `${what} ${verb} to “${to}”: ${moving.map((one) => `${one.cases} from ${quoted(one.name)}`).join(', ')}.${newName}`;
}

/** A label change that was made, as a sentence. */
export function changeInWords({ raw, from, to, cases }: LabelChangeListRow): string {
  if (from === to) return `“${raw}” is kept under its own name.`;
  const shown = raw === from ? '' : `, which was shown under ${quoted(from)},`;
  return `“${raw}”${shown} is counted as “${to}”: ${countInWords(cases, 'case')} moved.`;
}

/** A label in quotation marks; what figures call “(none)” is no name. */
function quoted(name: string): string {
  return name === '(none)' ? 'no name' : `“${name}”`;
}

/** A dimension as people call it. */
export function dimensionInWords(name: string): string {
  return Object.hasOwn(dimensions, name) ? dimensions[name as keyof typeof dimensions].label : name.replaceAll('_', ' ');
}
