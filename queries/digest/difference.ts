import type { DigestContent, DigestDifference, DigestTable } from '../model/digest.ts';

/**
 * What two answers to the same questions tell differently: figures by name, then the cells of tables. Words that say how a figure was judged or compared
 * follow from the figures and are not told twice.
 */
export function differencesOf(then: DigestContent, now: DigestContent): DigestDifference['differences'] {
  return [
    ...tileDifferences(then.tiles, now.tiles),
    ...then.sections.flatMap((section) => {
      const other = now.sections.find(({ name }) => name === section.name);
      return other ? tableDifferences(section.title, section.table, other.table) : [];
    }),
  ];
}

/** Of the six figures alone. */
export function tileDifferences(then: DigestContent['tiles'], now: DigestContent['tiles']): DigestDifference['differences'] {
  return then.flatMap((tile) => {
    const other = now.find(({ measure }) => measure === tile.measure);
    if (!other || (other.value === tile.value && other.n === tile.n && other.text === tile.text)) return [];
    const n = (of: typeof tile) => (of.n === null ? '' : ` (n ${of.n})`);
    const isPlain = other.text !== tile.text;
    return [{ what: tile.title, then: `${tile.text}${isPlain ? '' : n(tile)}`, now: `${other.text}${isPlain ? '' : n(other)}` }];
  });
}

function tableDifferences(title: string, then: DigestTable | null, now: DigestTable | null): DigestDifference['differences'] {
  if (!then && !now) return [];
  if (!then || !now) return [{ what: title, then: then ? 'told' : 'not told', now: now ? 'told' : 'not told' }];
  const [first] = then.columns;
  const numbers = then.columns.flatMap((column, i) => (i > 0 && column.isNumber ? [{ i, label: column.label }] : []));
  const names = [...new Set([...then.rows, ...now.rows].map(([name = '']) => name))];
  return names.flatMap((name) => {
    const [a, b] = [then, now].map((table) => table.rows.find((row) => row[0] === name));
    return numbers.flatMap(({ i, label }) => {
      const [was = '–', is = '–'] = [a?.[i], b?.[i]];
      return was === is ? [] : [{ what: `${title}: ${first ? `${name}, ` : ''}${label.toLowerCase()}`, then: was, now: is }];
    });
  });
}
