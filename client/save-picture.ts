import { describeAnnotation } from '../queries/model/chart-annotations.ts';
import { signsOf } from '../queries/model/chart-signs.ts';
import { chartSpec } from '../queries/model/chart.ts';
import { colour } from '../queries/model/colours.ts';
import { describeWindow, elapsedWindows } from '../queries/model/describe.ts';
import { formatWhen } from '../queries/model/number.ts';
import { basisOf, type Framed } from './framed.ts';
import type { DrawPicture, PictureKind } from './picture.ts';

/** What a picture is of, beyond its figures. */
export interface PictureScope {
  /** The filters in words. */
  filters: string[];
  /** The local date of T. */
  today: string;
  zone: string;
}

/** What a picture is of, for those who see it without the page: period and filters, what its signs mean, n and until when it is known. */
export function captionOf(framed: Framed, { filters, today, zone }: PictureScope): string[] {
  const { windows, asOf } = framed.table;
  const { current, before } = elapsedWindows(windows, today);
  const signs = signsOf(framed, before && describeWindow(before));
  return [
    [describeWindow(current), ...filters].join('; '),
    ...(signs.length ? [signs.join('; ')] : []),
    `n = ${basisOf(framed)}; known until ${formatWhen(asOf, zone)}`,
  ];
}

/** Draws the picture of a frame with its words and hands it to the browser as a file. */
export async function savePicture(framed: Framed, scope: PictureScope, { kind, name }: { kind: PictureKind; name: string }): Promise<void> {
  const { report, table, drawn, sentence } = framed;
  // What a component's module exports is known to the compiler of Svelte only.
  const { drawPicture } = (await import('./components/Chart.svelte')) as unknown as { drawPicture: DrawPicture };
  const picture = await drawPicture(
    {
      ...chartSpec(report, table.columns, { theme: 'light', width: 760, height: 320, isAnnotated: framed.isOverTime }),
      datasets: { annotations: framed.beside ?? [] },
    },
    drawn,
    {
      title: report.question,
      sentence,
      notes: [...captionOf(framed, scope), ...framed.notes.map((one) => `${one.number}. ${describeAnnotation(one)}`)],
      ink: colour('ink', 'light'),
      quiet: colour('ink-2', 'light'),
      paper: colour('raised', 'light'),
    },
    kind,
  );
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = `silverlining-${name}.${kind}`;
  link.click();
  // The browser reads the file after the click returns.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
