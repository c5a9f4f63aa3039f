import path from 'node:path';
import type { RunProgress, RunReport } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import { exitCodes } from './command.ts';
import type { Context } from './context.ts';
import { createProgress } from './progress.ts';
import { count, counted, lengthWords } from './words.ts';

const shownProblems = 5;

type Done = Pick<RunProgress, 'read' | 'rejected' | 'bytes' | 'seconds' | 'total'>;

/**
 * How far a run is.
 * @param size bytes of the input, for runs that do not say themselves how much is to come
 * @returns the line to show, and the share that is done: 0–1, or null where the whole is unknown
 */
export function progressWords(
  { read, rejected, bytes, seconds, total }: Done,
  size: number | null,
): { text: string; share: number | null } {
  const whole = total ?? (size === null ? null : { count: size, unit: 'bytes' });
  const share = whole === null || whole.count === 0 ? null : Math.min(1, (whole.unit === 'rows' ? read : bytes) / whole.count);
  const parts = [counted(read, 'row'), `${count(Math.round(read / Math.max(seconds, 0.001)))}/s`];
  // A short while says nothing of the pace yet.
  if (share !== null && share > 0 && share < 1 && seconds >= 1)
    parts.push(`${lengthWords(Math.ceil((seconds / share) * (1 - share)))} left`);
  if (rejected) parts.push(`${count(rejected)} rejected`);
  return { text: parts.join(', '), share };
}

/** What to hand to a run so that it shows how far it is; `end` takes the bar away. `size` as for {@link progressWords}. */
export function showProgress(label: string, size: number | null = null): { onProgress: (done: Done) => void; end: () => void } {
  const progress = createProgress(process.stderr);
  return {
    onProgress(done) {
      const { text, share } = progressWords(done, size);
      progress.show(`${label}: ${text}`, share);
    },
    end: () => progress.end(),
  };
}

/**
 * Says what a run did, why it should be looked at where it should, and the first flags and the first rejected rows with their place.
 * @returns the exit code it amounts to
 */
export async function sayReport(store: Store, report: RunReport, { say }: Pick<Context, 'say'>): Promise<number> {
  const { source, seconds, rowsPerSecond, runId, warning } = report;
  const counts = (['inserted', 'updated', 'unchanged', 'rejected', 'flagged'] as const).map((name) => `${count(report[name])} ${name}`);
  if (report.removed) counts.push(`${count(report.removed)} removed`);
  say(
    `${source}: ${count(report.read)} rows read in ${seconds.toFixed(1)} s (${count(Math.round(rowsPerSecond))} rows/s); ${counts.join(', ')}`,
  );
  if (warning !== null) say(`${source}: look at this: ${warning}`);
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
