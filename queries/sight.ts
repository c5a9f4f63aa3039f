import type { Knex } from 'knex';
import { BadInput, type Problem } from '../etl/errors.ts';
import type { Catalog } from './catalog.ts';
import { dimensionOf, type DimensionName } from './model/dimensions.ts';
import type { Query } from './model/query.ts';
import type { Filter } from './model/tally.ts';

/** By what somebody's rows can be limited. */
export const rowDimensions = ['team', 'company', 'agent'] as const satisfies readonly DimensionName[];
export type RowDimension = (typeof rowDimensions)[number];

/** What of the facts somebody may see. It is applied in `scopeOf`, where every query passes, and in the lists of rows. */
export interface Sight {
  /** Only rows under these labels: any of a dimension, all of the dimensions; an empty list leaves none. Null: all rows. */
  rows: Partial<Record<RowDimension, readonly string[]>> | null;
  /** Whether agents are named and vulnerable customers told apart. Where they are not, `smallTeams` are put together. */
  persons: boolean;
  /** Codes of teams too small to be told by name; they are read as the first of them. */
  smallTeams: readonly number[];
  /** Whether texts are shown and searched. */
  text: boolean;
  /** Whether is shown who a customer is. */
  contact: boolean;
}

/** Of who may see everything: administrators, the command line, and what is made for nobody in particular. */
export const everything: Sight = { rows: null, persons: true, smallTeams: [], text: true, contact: true };

/** How the small teams are called together. */
export const smallTeamsLabel = '(small teams)';

/** A code no row has. */
export const noCode = -3;

const ofPersons: readonly DimensionName[] = ['agent', 'vulnerable'];

/** Whether a dimension is kept from somebody. */
export function isHidden(sight: Sight, dimension: DimensionName): boolean {
  return !sight.persons && ofPersons.includes(dimension);
}

/**
 * Refuses what somebody must not ask for, whatever the answer would be.
 * @throws BadInput by field
 */
export function refuseHidden({ by, where }: Pick<Query, 'by' | 'where'>, sight: Sight): void {
  const problems: Problem[] = [];
  const look = (field: string, names: readonly string[]) => {
    for (const name of names)
      if (isHidden(sight, name as DimensionName))
        // the parser lets only names of dimensions through
        problems.push({ field, message: `your role is not told of single ${dimensionOf(name as DimensionName).plural}` });
  };
  look('by', by);
  look('where', Object.keys(where.members));
  look('where.not', Object.keys(where.not));
  if (where.text && !sight.text) problems.push({ field: 'where.text', message: 'your role does not search in texts' });
  if (problems.length) throw new BadInput(problems);
}

/**
 * The labels as somebody sees them. Who sees some rows only is not told which other labels there are: one that is unknown is a label without rows, and
 * of the dimensions rows are limited by only the own ones are listed.
 */
export function seenCatalog(catalog: Catalog, sight: Sight): Catalog {
  const { rows, smallTeams } = sight;
  if (rows === null && sight.persons) return catalog;
  const small = new Set(smallTeams);
  const own = (name: DimensionName) => (name === 'team' || name === 'company' || name === 'agent' ? rows?.[name] : undefined);
  const named = (name: DimensionName) => {
    if (isHidden(sight, name)) return [];
    const names = own(name)?.filter((label) => catalog.codeOf(name, label) !== undefined) ?? catalog.names(name);
    if (name !== 'team' || small.size === 0) return [...names];
    return [...names.filter((label) => !small.has(catalog.codeOf(name, label) ?? noCode)), smallTeamsLabel];
  };
  return {
    nameOf: (name, code) => (name === 'team' && small.has(code) ? smallTeamsLabel : catalog.nameOf(name, code)),
    codeOf(name, label) {
      if (name === 'team' && small.size > 0) {
        if (label === smallTeamsLabel) return smallTeams[0];
        if (small.has(catalog.codeOf(name, label) ?? noCode)) return rows === null ? undefined : noCode;
      }
      const code = catalog.codeOf(name, label);
      return code === undefined && rows !== null && name !== 'sla_policy' && dimensionOf(name).type === 'label' ? noCode : code;
    },
    names: named,
  };
}

/** The codes rows are limited to, by dimension; null for all rows. */
export type RowCodes = Partial<Record<RowDimension, number[]>> | null;

/** @param catalog of everybody or as somebody sees it */
export function rowCodes({ rows }: Sight, catalog: Catalog): RowCodes {
  if (rows === null) return null;
  const codes: NonNullable<RowCodes> = {};
  for (const name of rowDimensions) {
    const labels = rows[name];
    if (!labels) continue;
    const found = labels.map((label) => catalog.codeOf(name, label) ?? noCode);
    codes[name] = found.length ? found : [noCode];
  }
  return codes;
}

/** Limits a query of `case_fact` to the rows of somebody, as `query.where(withinRows(codes))`; @param table its name or alias in the query */
export function withinRows(codes: RowCodes, table = 'case_fact'): (query: Knex.QueryBuilder) => void {
  return (query) => {
    for (const name of rowDimensions) if (codes?.[name]) void query.whereIn(`${table}.${name}`, codes[name]);
  };
}

/** Whether a row is one of somebody's. A survey counts as of the agent it is credited to, and else of the agent of its case. */
export function isSeen(codes: RowCodes, row: Record<RowDimension, number> & { agent_credited?: number }): boolean {
  const codeOf = (name: RowDimension) => (name === 'agent' && row.agent_credited ? row.agent_credited : row[name]);
  return rowDimensions.every((name) => codes?.[name]?.includes(codeOf(name)) ?? true);
}

/** The filter of a query within what somebody may see: what is asked for and allowed, and of a small team all of them. */
export function seenFilter(filter: Filter, sight: Sight, catalog: Catalog): Filter {
  const codes = rowCodes(sight, catalog);
  if (codes === null && sight.smallTeams.length === 0) return filter;
  const [members, not] = [{ ...filter.members }, { ...filter.not }];
  if (members.team) members.team = teamCodes(sight, members.team);
  if (not.team) not.team = teamCodes(sight, not.team);
  for (const name of rowDimensions) {
    const allowed = codes?.[name];
    if (!allowed) continue;
    const both = members[name]?.filter((code) => allowed.includes(code)) ?? allowed;
    members[name] = both.length ? both : [noCode];
  }
  return { ...filter, members, not };
}

/** The codes of teams as they are stored: for the small teams all of theirs. */
export function teamCodes({ smallTeams }: Sight, codes: readonly number[]): number[] {
  const [first] = smallTeams;
  return first !== undefined && codes.includes(first) ? [...codes.filter((code) => code !== first), ...smallTeams] : [...codes];
}
