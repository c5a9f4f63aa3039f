import path from 'node:path';
import type { RunProgress, RunReport } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import { exitCodes } from './command.ts';
import type { Context } from './context.ts';
import { createProgress } from './progress.ts';

const shownRejects = 5;

/** What to hand to a run so that it shows how far it is; `end` takes the bar away. */
export function showProgress(label: string, size: number | null): { onProgress: (progress: RunProgress) => void; end: () => void } {
  const progress = createProgress(process.stderr);
  return {
    onProgress: ({ read, rejected, bytes, seconds }) => {
      const rate = Math.round(read / Math.max(seconds, 0.001));
      const refused = rejected ? `, ${count(rejected)} rejected` : '';
      progress.show(`${label}: ${count(read)} rows, ${count(rate)}/s${refused}`, size ? bytes / size : null);
    },
    end: () => progress.end(),
  };
}

/**
 * Says what a run did, with the first rejected rows and where they stand.
 * @returns the exit code it amounts to
 */
export async function sayReport(store: Store, report: RunReport, { say }: Pick<Context, 'say'>): Promise<number> {
  const { source, seconds, rowsPerSecond, runId } = report;
  const counts = (['inserted', 'updated', 'unchanged', 'rejected', 'flagged'] as const).map((name) => `${count(report[name])} ${name}`);
  say(
    `${source}: ${count(report.read)} rows read in ${seconds.toFixed(1)} s (${count(Math.round(rowsPerSecond))} rows/s); ${counts.join(', ')}`,
  );
  if (report.rejected === 0) return exitCodes.done;
  const rejects = await store
    .reader('rejected_record')
    .where({ run_id: runId })
    .orderBy('reject_id')
    .limit(shownRejects)
    .select<Reject[]>('input', 'line', 'field', 'reason');
  for (const { input, line, field, reason } of rejects) {
    const place = [input === null ? source : path.basename(input), ...(line === null ? [] : [line])].join(':');
    say(`  ${place}: ${field ? `${field}: ` : ''}${reason}`);
  }
  if (report.rejected > rejects.length) say(`  … and ${count(report.rejected - rejects.length)} more, all listed on /data`);
  return exitCodes.loadedWithRejects;
}

interface Reject {
  input: string | null;
  line: number | null;
  field: string | null;
  reason: string;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
