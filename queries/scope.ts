import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import { endOfDay, localDate } from '../etl/local-time.ts';
import { isRealDate } from '../etl/record.ts';
import { tokens } from '../etl/text.ts';
import type { Catalog, SourceInfo } from './catalog.ts';
import { dimensionNames, noneLabel, type DimensionName } from './model/dimensions.ts';
import { measureOf, type MeasureName } from './model/measures.ts';
import type { Query, Where } from './model/query.ts';
import type { Filter, SearchTerm, Through } from './model/tally.ts';
import type { Note } from './model/wire.ts';
import { everything, rowCodes, seenCatalog, seenFilter, type RowCodes, type Sight } from './sight.ts';
import type { Today } from './windows.ts';

/** What a query is about, in the codes of the store: which rows, which sources, until when. */
export interface Scope {
  filter: Filter;
  /** The codes that who asks is limited to, whatever is filtered by; null for all rows. It is part of `filter`. */
  rows: RowCodes;
  /** Sources in scope that hold anything, each with its T, as an instant and as a local date. */
  sources: (SourceInfo & { at: number; known: Today })[];
  /** Whether the store has no other source with cases. */
  isAll: boolean;
  /** T: the largest of the sources', seconds UTC. */
  at: number;
  today: Today;
}

export interface Organisation {
  name: string;
  /** IANA name and ISO 4217 code; null: as the sources say. */
  zone: string | null;
  currency: string | null;
}

/**
 * Puts a query into codes, within what somebody may see: whatever reads facts by a query reads them by this.
 * @param options `zone` of the organisation; `now` seconds UTC, for a store without sources; `sight` of who asks, everything where left out
 * @throws BadInput naming every unknown label with near names, and text without a word
 */
export function scopeOf(
  query: Query,
  catalog: Catalog,
  sources: readonly SourceInfo[],
  { zone, now, sight = everything }: { zone: string | null; now: number; sight?: Sight | undefined },
): Scope {
  const problems: Problem[] = [];
  const asked = filterOf(query.where, seenCatalog(catalog, sight), problems);
  if (problems.length) throw new BadInput(problems);
  const filter = seenFilter(asked, sight, catalog);
  const filled = sources.filter((s): s is SourceInfo & { through: number } => s.through !== null);
  const only = filter.members.source;
  const without = filter.not.source ?? [];
  const inScope = filled.filter((s) => (!only || only.includes(s.source)) && !without.includes(s.source));
  const latest = inScope.reduce((a, b) => (b.through > a.through ? b : a), inScope[0] ?? { through: now, zone: null });
  const local = zone ?? latest.zone ?? 'UTC';
  const asOf =
    query.asOf === null ? Infinity : isRealDate(query.asOf) ? endOfDay(query.asOf, local) : Math.floor(Date.parse(query.asOf) / 1000);
  const at = Math.min(asOf, latest.through);
  const dayOf = (instant: number): Today => {
    const date = localDate(instant, local);
    return { date, isOver: instant >= endOfDay(date, local) };
  };
  return {
    filter,
    rows: rowCodes(sight, catalog),
    sources: inScope.map((s) => {
      const then = Math.min(asOf, s.through);
      return { ...s, at: then, known: dayOf(then) };
    }),
    isAll: inScope.length === filled.length,
    at,
    today: dayOf(at),
  };
}

/**
 * The sources a measure can be read from: those that provide what it needs.
 * @returns also a note for each of the others; where none can, first one about all of them
 */
export function throughOf(name: MeasureName, scope: Scope): { through: Through; notes: Note[]; isMissing: boolean } {
  const notes: Note[] = [];
  const needs = measureOf(name).needs ?? [];
  const able = scope.sources.filter((source) => {
    const lacking = needs.find((need) => !need.anyOf.some((field) => source.fields.has(field)));
    if (lacking) notes.push({ measure: name, source: source.name, message: lacking.message });
    return !lacking;
  });
  const isMissing = scope.sources.length > 0 && able.length === 0;
  if (isMissing && notes[0]) notes.unshift({ ...notes[0], source: null });
  return {
    through: { sources: able.map(({ source, at }) => ({ source, at })), isAll: scope.isAll && able.length === scope.sources.length },
    // Of a single source there is nothing to say beside what holds for all.
    notes: isMissing && scope.sources.length === 1 ? notes.slice(0, 1) : notes,
    isMissing,
  };
}

/**
 * Reads a search: words, `word*` and "two words"; all must occur.
 * @returns no terms when there is no letter or digit in it
 */
export function searchTerms(text: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  for (const [, phrase, word] of text.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    const words = tokens(phrase ?? word ?? '');
    if (words.length) terms.push({ words, isPrefix: word?.endsWith('*') ?? false });
  }
  return terms;
}

function filterOf(where: Where, catalog: Catalog, problems: Problem[]): Filter {
  const text = searchTerms(where.text);
  if (where.text && text.length === 0) problems.push({ field: 'where.text', message: 'holds no word to look for' });
  return {
    members: codesOf(where.members, 'where', catalog, problems),
    not: codesOf(where.not, 'where.not', catalog, problems),
    text,
    range: where.range,
  };
}

function codesOf(members: Where['members'], path: string, catalog: Catalog, problems: Problem[]): Filter['members'] {
  const codes: Filter['members'] = {};
  for (const name of dimensionNames) {
    const labels = members[name];
    if (!labels) continue;
    const found: number[] = [];
    for (const label of labels) {
      const code = catalog.codeOf(name, label);
      if (code === undefined) problems.push({ field: `${path}.${name}`, message: unknownLabel(name, label, catalog) });
      else found.push(code);
    }
    codes[name] = found.sort((a, b) => a - b);
  }
  return codes;
}

function unknownLabel(name: DimensionName, label: string, catalog: Catalog): string {
  return `unknown member "${label}"${didYouMean(label, [noneLabel, ...catalog.names(name)])}`;
}
