/** Filters by a number, lower edge inclusive, upper exclusive. */
export const ranges = {
  resolution_days: { label: 'Days to resolve', unit: 'days', description: 'Days from received to resolved.' },
  open_age_days: { label: 'Days open', unit: 'days', description: 'Days a case that is still open has been open.' },
  score: { label: 'Survey score', unit: 'score', description: 'The score of an answered survey of the case.' },
} as const;
export type RangeName = keyof typeof ranges;
export const rangeNames = Object.keys(ranges) as RangeName[];
