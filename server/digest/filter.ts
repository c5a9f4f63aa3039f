import { BadInput, type Problem } from '../../etl/errors.ts';
import type { DigestRow } from '../../etl/store/tables.ts';
import { parseWhere, serialiseWhere, type Where } from '../../queries/model/query.ts';

/**
 * Reads whom a digest is about, as far as that can be told without a store: its labels are looked up when it is asked.
 * @param problems takes what is wrong, at `where.…`; also that it names a person
 */
export function parseFilter(given: unknown, problems: Problem[]): Where {
  const where = parseWhere(given, problems);
  const message = 'a digest tells nothing about a named person; use teams';
  if (where.members.agent) problems.push({ field: 'where.agent', message });
  if (where.not.agent) problems.push({ field: 'where.not.agent', message });
  return where;
}

/**
 * The filter of a digest.
 * @throws BadInput where it says anything that we would have to leave out: then it would tell of more than was meant
 */
export function filterOf({ filter }: Pick<DigestRow, 'filter'>): Where {
  const problems: Problem[] = [];
  const where = parseFilter(JSON.parse(filter), problems);
  if (problems.length) throw new BadInput(problems);
  return where;
}

/** A filter as one text, the same for all ways to write it: two that differ tell of different cases. */
export function filterKey(where: Where): string {
  return JSON.stringify(serialiseWhere(where), (_key, value: unknown) =>
    Array.isArray(value) && value.every((each) => typeof each === 'string') ? [...value].sort() : value,
  );
}
