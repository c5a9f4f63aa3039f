import type { LiveRun, RunRow } from '../queries/model/lists.ts';
import { countInWords } from '../queries/model/describe.ts';
import { formatCount } from '../queries/model/number.ts';
import { lengthInWords } from './when-words.ts';

/** What was read: the file by its name, or the source. */
export function inputOf({ input, source }: Pick<RunRow, 'input' | 'source'>): string {
  return input === null ? source : (input.split(/[/\\]/).pop() ?? input);
}

/** A run that ended, as a sentence: what was read and what became of it. */
export function runInWords(run: RunRow): string {
  const what = inputOf(run);
  if (run.state === 'failed') {
    const before = run.read ? ` after ${countInWords(run.read, 'row')}` : '';
    return `${what} could not be read to its end${before}.`;
  }
  if (run.read === 0 && run.removed === 0) return `${what} had nothing new.`;
  const became = [
    run.inserted && countInWords(run.inserted, 'new case'),
    run.updated && `${countInWords(run.updated, 'case')} changed`,
    run.removed && `${countInWords(run.removed, 'case')} taken out`,
    run.rejected && `${countInWords(run.rejected, 'row')} rejected`,
  ].filter((part): part is string => typeof part === 'string');
  const result = became.length ? joined(became) : 'everything as it was';
  return `${what}: ${countInWords(run.read, 'row')} read, ${result}.`;
}

/** Who or what began a run, as "by the schedule". */
export function starterOf({ started_by }: Pick<RunRow, 'started_by'>): string {
  const words: Record<string, string> = {
    schedule: 'by the schedule',
    command: 'by command',
    push: 'by what was sent',
    import: 'by command',
  };
  return words[started_by] ?? `by ${started_by}`;
}

/** How long a run took, with its pace where it took long enough to tell. */
export function paceOf({ read, started_at, finished_at }: RunRow): string {
  if (!finished_at) return '';
  // Runs are timed in whole seconds: under one nothing can be told.
  const milliseconds = Date.parse(finished_at) - Date.parse(started_at);
  if (milliseconds < 1000) return 'in under a second';
  const pace = read > 0 ? `, ${formatCount((read * 1000) / milliseconds)} rows a second` : '';
  return `in ${lengthInWords(milliseconds)}${pace}`;
}

/** How far a run is: `share` from 0 to 1 where it announced a total, and the rest in words. */
export function progressOf(run: LiveRun): { share: number | null; words: string } {
  const share = shareOf(run);
  const words = [
    share === null ? null : `${Math.floor(share * 100)}%`,
    `${countInWords(run.read, 'row')} read`,
    run.rows_per_second === null ? null : `${formatCount(run.rows_per_second)} rows a second`,
    run.seconds_left === null ? null : run.seconds_left < 5 ? 'a few seconds left' : `about ${lengthInWords(run.seconds_left * 1000)} left`,
  ];
  return { share, words: words.filter((part) => part !== null).join(', ') };
}

function shareOf({ total, total_unit, read, bytes }: LiveRun): number | null {
  if (!total) return null;
  return Math.min(1, Math.max(0, (total_unit === 'bytes' ? bytes : read) / total));
}

function joined(parts: string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
