import type { DimensionName } from '../queries/model/model.ts';
import type { LabelsJson } from '../queries/model/wire.ts';

/** Asks for the labels of a dimension, most frequent first. */
export type LoadLabels = (asked: { dimension: DimensionName; like: string }, signal: AbortSignal) => Promise<LabelsJson>;
