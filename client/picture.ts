import type { TopLevelSpec } from 'vega-lite';
import type { Row } from '../queries/model/wire.ts';

/** What a picture file shows beside the picture: it travels without the page. Colours are sRGB hex. */
export interface PictureText {
  title: string;
  sentence: string;
  /** Small print below: period, filters, as-of, n. */
  notes: string[];
  ink: string;
  quiet: string;
  paper: string;
}

/**
 * Draws a chart with its words into a PNG, twice the size for sharp print.
 * @param spec a spec of the light theme with a fixed width
 * @param rows of `chartRows`
 */
export type DrawPicture = (spec: TopLevelSpec, rows: Row[], text: PictureText) => Promise<Blob>;
