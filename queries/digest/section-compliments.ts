import type { DigestSection } from '../model/digest.ts';
import { noneLabel } from '../model/dimensions.ts';
import { changeOf } from '../model/change-words.ts';
import { formatCount } from '../model/number.ts';
import { foldSmall, memberText } from './fold.ts';
import { isTooFew } from '../small-groups.ts';
import { mostNamed, type DigestTables } from './questions.ts';
import { emptySection, restText, shareText } from './table-words.ts';

const [name, title] = ['compliments', 'What people praise'];

/** Compliments are a series of their own: they are never set off against complaints (DOMAIN §8). */
export function complimentsSection({ compliments, praised }: DigestTables, { currency }: { currency: string }): DigestSection {
  const count = Number(compliments.rows[0]?.compliments ?? 0);
  if (count === 0) return emptySection(name, title, 'No compliment came in.');
  if (isTooFew(count)) return emptySection(name, title, 'Fewer than five compliments came in.');
  const before = compliments.rows[0]?.compliments_before;
  const change = isTooFew(before) ? '' : changeOf(compliments, 'compliments', currency);
  const { named, rest } = foldSmall(praised.rows, { dimension: 'product', measure: 'compliments', most: mostNamed.products });
  const isRecorded = named.some((row) => row.product !== noneLabel);
  return {
    name,
    title,
    sentence: `${formatCount(count)} compliments came in${change ? `, ${change}` : ''}.`,
    table: isRecorded
      ? {
          columns: [
            { label: 'Product', isNumber: false },
            { label: 'Compliments', isNumber: true },
            { label: 'Share', isNumber: true },
          ],
          rows: [
            ...named.map((row) => [
              memberText(row.product),
              formatCount(Number(row.compliments)),
              shareText(Number(row.compliments), count),
            ]),
            ...(rest ? [[restText(rest, 'product', 'products'), formatCount(rest.total), shareText(rest.total, count)]] : []),
          ],
        }
      : null,
    note: rest ? 'Products of fewer than five compliments are put together.' : '',
  };
}
