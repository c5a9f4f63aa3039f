import path from 'node:path';
import type { RunProgress, RunReport } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import { exitCodes } from './command.ts';
import type { Context } from './context.ts';
import { createProgress } from './progress.ts';

const shownProblems = 5;

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
 * Says what a run did, with the first flags and the first rejected rows and where they stand.
 * @returns the exit code it amounts to
 */
export async function sayReport(store: Store, report: RunReport, { say }: Pick<Context, 'say'>): Promise<number> {
  const { source, seconds, rowsPerSecond, runId } = report;
  const counts = (['inserted', 'updated', 'unchanged', 'rejected', 'flagged'] as const).map((name) => `${count(report[name])} ${name}`);
  say(
    `${source}: ${count(report.read)} rows read in ${seconds.toFixed(1)} s (${count(Math.round(rowsPerSecond))} rows/s); ${counts.join(', ')}`,
  );
  const own = (table: string) => store.reader(table).where({ run_id: runId }).limit(shownProblems);
  const sayAll = (what: string, problems: Problem[], total: number): void => {
    if (problems.length) say(`${what}:`);
    for (const { input, line, field, reason } of problems) {
      const place = [input === null ? source : path.basename(input), ...(line === null ? [] : [line])].join(':');
      say(`  ${place}: ${field ? `${field}: ` : ''}${reason}`);
    }
    if (total > problems.length) say(`  … and ${count(total - problems.length)} more, all listed on /data`);
  };
  if (report.flagged > 0) {
    const flags = await own('case_flag')
      .orderBy(['line', 'case_id', 'flag_no'])
      .select<Problem[]>('input', 'line', 'field', 'message as reason');
    const [{ n = 0 } = {}] = await store.reader('case_flag').where({ run_id: runId }).count<{ n: number }[]>({ n: '*' });
    sayAll('kept, with values flagged', flags, Number(n));
  }
  if (report.rejected === 0) return exitCodes.done;
  const rejects = await own('rejected_record').orderBy('reject_id').select<Problem[]>('input', 'line', 'field', 'reason');
  sayAll('rejected', rejects, report.rejected);
  return exitCodes.loadedWithRejects;
}

interface Problem {
  input: string | null;
  line: number | null;
  field: string | null;
  reason: string;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
