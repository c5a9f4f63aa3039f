import type { DigestSection } from '../model/digest.ts';
import { noneLabel } from '../model/dimensions.ts';
import { formatCount } from '../model/number.ts';
import { foldSmall, memberText } from './fold.ts';
import { mostNamed, type DigestTables } from './questions.ts';
import { changeText, emptySection, restText, shareText } from './table-words.ts';

const [name, title] = ['causes', 'Why it happened'];

/** The root causes of the cases resolved in the period; what nobody has found out counts too. */
export function causesSection(
  { causes }: DigestTables,
  { isRecorded, currency }: { isRecorded: boolean; currency: string },
): DigestSection {
  if (!isRecorded) return emptySection(name, title, 'Root causes are not recorded.');
  const total = causes.rows.reduce((sum, row) => sum + Number(row.resolved ?? 0), 0);
  if (total === 0) return emptySection(name, title, 'No case was resolved.');
  const { named, rest } = foldSmall(causes.rows, { dimension: 'root_cause', measure: 'resolved', most: mostNamed.causes });
  // That nobody knows is a value of its own, and no cause.
  const first = named.find((row) => row.root_cause !== noneLabel && !/^unknown$/i.test(String(row.root_cause)));
  const unknown = named.find((row) => row.root_cause === noneLabel);
  const open = unknown ? `; of ${shareText(Number(unknown.resolved), total)} the cause is not recorded` : '';
  return {
    name,
    title,
    sentence: first
      ? `Of ${formatCount(total)} cases resolved ${formatCount(Number(first.resolved))} go back to “${String(first.root_cause)}”${open}.`
      : `Of ${formatCount(total)} cases resolved no cause has enough to be told${open}.`,
    table: {
      columns: [
        { label: 'Root cause', isNumber: false },
        { label: 'Resolved', isNumber: true },
        { label: 'Against before', isNumber: false },
      ],
      rows: [
        ...named.map((row) => [
          memberText(row.root_cause),
          `${formatCount(Number(row.resolved))} (${shareText(Number(row.resolved), total)})`,
          changeText(row, 'resolved', currency),
        ]),
        ...(rest ? [[restText(rest, 'cause', 'causes'), `${formatCount(rest.total)} (${shareText(rest.total, total)})`, '–']] : []),
      ],
    },
    note: rest ? 'Causes of fewer than five cases are put together.' : '',
  };
}
