import { didYouMean, type Problem } from '../etl/errors.ts';
import { dimensions, dimensionNames } from '../queries/model/dimensions.ts';
import { ranges, rangeNames } from '../queries/model/ranges.ts';

const parts: Record<string, string> = {
  from: 'Period',
  to: 'Period',
  period: 'Period',
  grain: 'Steps of time',
  compare: 'Comparison',
  asOf: 'As known on',
  as_of: 'As known on',
  text: 'Search',
  'where.text': 'Search',
  weight: 'Weighed by',
  drill: 'Opened figure',
  drill_part: 'Opened figure',
  'key.period': 'Opened period',
  drill_period: 'Opened period',
  page: 'Page',
  tab: 'Part of the page',
  run: 'Run',
  rule: 'What is wrong',
  state: 'Part of the list',
  row: 'Row',
  digest: 'Digest',
};

/**
 * A problem as people read it: without its place in the request, the part of the address by its name.
 * @returns a phrase without a full stop
 */
export function problemInWords({ field, message }: Problem): string {
  const place = field.replace(/^queries\[\d+\](\.|$)/, '').replace(/^query(\.|$)/, '');
  const said = message
    .replace(/^unknown member "(.*?)"/, '“$1” is not known here')
    .replace(/^must be \[from or null.*$/, 'needs two numbers like 8..31, one of which may be left out');
  const name = nameOf(place);
  return name ? `${name}: ${said}` : said;
}

/** Problems as people read them, each once. */
export function problemsInWords(problems: readonly Problem[]): string[] {
  return [...new Set(problems.map(problemInWords))];
}

/** A problem that says a text is none of the known ones, with near ones. */
export function unknownPart(field: string, value: string, known: readonly string[]): Problem {
  return { field, message: `“${value}” is not known here${didYouMean(value, known)}` };
}

function nameOf(place: string): string {
  if (Object.hasOwn(parts, place)) return parts[place] ?? '';
  const range = rangeNames.find((name) => place === name || place === `where.range.${name}`);
  if (range) return ranges[range].label;
  const isExcluded = /^(where\.not\.|not_)/.test(place);
  const bare = place.replace(/^(where\.not\.|where\.|key\.|not_|drill_)/, '');
  const dimension = dimensionNames.find((name) => name === bare);
  if (!dimension) return place && `“${place}”`;
  return isExcluded ? `Not ${dimensions[dimension].label.toLowerCase()}` : dimensions[dimension].label;
}
