import type { FactName } from '../model/measure.ts';
import type { Through } from '../model/tally.ts';
import { inside, isOneOf, join, sql, type Fragment } from './fragment.ts';

/** What the pieces of a statement depend on: the fact, the engine and until when each source is known. */
export interface Context {
  fact: FactName;
  engine: 'sqlite' | 'postgresql';
  through: Through;
}

/** T of the row's source, less some days. */
export function then({ through }: Pick<Context, 'through'>, lessDays = 0, alias = 'f'): Fragment {
  const ats = [...new Set(through.sources.map((s) => s.at))];
  const at = (value: number) => value - lessDays * 86_400;
  if (ats.length <= 1) return sql('?', at(ats[0] ?? 0));
  const [most = 0, ...others] = ats.sort((a, b) => count(through, b) - count(through, a));
  const cases = others.map((value) => {
    const sources = through.sources.filter((s) => s.at === value).map((s) => s.source);
    return join([sql('when'), isOneOf(`${alias}.source`, sources), sql('then ?', at(value))], ' ');
  });
  // PostgreSQL takes a value whose type nothing tells for a text.
  return inside(join([sql('case'), ...cases, sql('else cast(? as bigint) end', at(most))], ' '));
}

function count({ sources }: Through, at: number): number {
  return sources.filter((s) => s.at === at).length;
}
