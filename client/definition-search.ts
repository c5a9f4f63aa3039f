import type { Definition } from '../queries/model/definitions.ts';
import type { DimensionName } from '../queries/model/dimensions.ts';
import { dimensionOf } from '../queries/model/dimensions.ts';
import { measureOf } from '../queries/model/measures.ts';

/** What measures are told under, in order. */
export const definitionGroups = [
  { title: 'How many', kinds: ['count', 'stock'] },
  { title: 'What share, and how satisfied', kinds: ['ratio'] },
  { title: 'How long', kinds: ['percentile', 'survival'] },
] as const;

/** The groups with the definitions that have all words of a search; empty ones are left out. */
export function groupsWith(definitions: readonly Definition[], search: string): { title: string; definitions: Definition[] }[] {
  const found = definitions.filter(({ name, label, description, date, unit, parts }) =>
    hasWords([name, label, description, date, unit, ...parts.map((part) => part.text)], search),
  );
  return definitionGroups.flatMap(({ title, kinds }) => {
    const own = found.filter(({ name }) => (kinds as readonly string[]).includes(measureOf(name).kind));
    return own.length ? [{ title, definitions: own }] : [];
  });
}

/** The dimensions that have all words of a search. */
export function dimensionsWith(names: readonly DimensionName[], search: string): DimensionName[] {
  return names.filter((name) => hasWords([name, dimensionOf(name).label, dimensionOf(name).description], search));
}

function hasWords(texts: readonly string[], search: string): boolean {
  const whole = texts.join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}
