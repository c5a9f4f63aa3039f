import type { DimensionName } from '../queries/model/dimensions.ts';
import type { FacetsJson, FacetsRequest } from '../queries/model/wire.ts';

/** Asks for the members of a dimension with their cases under the other filters and the period of a query. */
export type LoadFacets = (asked: FacetsRequest, signal: AbortSignal) => Promise<FacetsJson>;

/** The same under what a screen looks at. */
export type FindMembers = (asked: { dimension: DimensionName; like: string }, signal: AbortSignal) => Promise<FacetsJson>;

/** What is wanted of a dimension: cases of these members only, and none of those. */
export interface Choice {
  only: readonly string[];
  not: readonly string[];
}

/** A member as it is listed; `cases` null: there is no such member; undefined: not told yet. */
export interface Member {
  name: string;
  cases: number | null | undefined;
}
