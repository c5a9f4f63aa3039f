import type { MeasureName } from '../../../queries/model/measures.ts';

/** Names of the parts of a digest that every digest has. */
export const fixedParts = { content: 'content.json', html: 'digest.html', text: 'digest.txt', pdf: 'digest.pdf' } as const;

/** Name of the picture of a report. */
export function chartPart(report: string): string {
  return `${report}.png`;
}

/** Name of the sparkline of a tile. */
export function sparkPart(measure: MeasureName): string {
  return `spark-${measure}.png`;
}
