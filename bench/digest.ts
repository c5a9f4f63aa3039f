import type { DigestContent } from '../queries/model/digest.ts';
import { drawChart, hasPicture, pngOf, type Drawing } from '../server/digest/render/draw.ts';
import { digestHtml, pictureSize } from '../server/digest/render/html.ts';
import { digestPdf } from '../server/digest/render/pdf.ts';
import { placeOf } from '../server/digest/render/place.ts';
import { digestText } from '../server/digest/render/plain.ts';
import { faultsOfParts } from '../server/digest/render/render-check.ts';
import { renderDigest, type DigestPart } from '../server/digest/render/render.ts';
import { digestOver } from '../test/support/digest-content.ts';
import { demoSize, overCases } from './bench-store.ts';
import { median, type BenchReport } from './report.ts';

const runs = 5;
const patience = 300_000;
const where = { issueId: 'bench', baseUrl: 'https://silverlining.example' };

/** Milliseconds of the first run, and of those after it. */
interface Times {
  first: number;
  later: number[];
}

/** What one rendering of a digest takes over the demo data, its parts apart, and together with the questions its charts ask. Goal: 3 s with the data. */
export async function benchDigest(): Promise<BenchReport> {
  const figures: Record<string, unknown> = {};
  const lines = await overCases({ demo: demoSize }, performance.now() + patience, async (store) => {
    let content: DigestContent | undefined;
    let parts: DigestPart[] = [];
    const found: Record<string, Times> = {};
    found['data and all'] = await timed(async () => {
      content = await digestOver(store);
      parts = await renderDigest(content, where);
    });
    if (!content) throw new Error('nothing was answered');
    Object.assign(found, await timesOf(content, parts));
    const ms = (time: number) => `${time.toFixed(0)} ms`;
    return Object.entries(found).map(([what, { first, later }]) => {
      figures[what] = { runs: later.length, median_ms: median(later), slowest_ms: Math.max(...later), first_ms: first };
      return `${what.padEnd(14)} median ${ms(median(later))}, slowest ${ms(Math.max(...later))}, first ${ms(first)}`;
    });
  });
  return {
    title: `Digest: one rendering over ${demoSize} cases, ${runs} runs (goal: data and all within 3 s)`,
    lines: lines ?? [`skipped, loading takes longer than ${patience / 1000} s`],
    figures,
  };
}

async function timesOf(content: DigestContent, parts: DigestPart[]): Promise<Record<string, Times>> {
  const place = placeOf(content.path, where);
  const drawings = new Map<string, Drawing>();
  const charts = await timed(async () => {
    for (const chart of content.charts.filter(hasPicture)) {
      const drawing = await drawChart(chart, content.currency, pictureSize);
      drawings.set(chart.report, drawing);
      pngOf(drawing);
    }
  });
  return {
    [`${drawings.size} charts`]: charts,
    'HTML': await timed(() => void digestHtml(content, place, drawings)),
    'plain text': await timed(() => void digestText(content, place)),
    'PDF': await timed(() => digestPdf(content, place)),
    'checks': await timed(() => void faultsOfParts(parts, content)),
    'all': await timed(() => renderDigest(content, where)),
  }; // prettier-ignore
}

async function timed(work: () => unknown): Promise<Times> {
  const taken: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  const [first = NaN, ...later] = taken;
  return { first, later };
}
