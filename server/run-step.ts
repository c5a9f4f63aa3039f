import { spawn } from 'node:child_process';
import { SourceFailed } from '../etl/errors.ts';
import { projectDir } from './project-dir.ts';

/** The parts of the set-up that need much memory once and never again. */
export type Step = 'build' | 'demo';

/**
 * Does a step of the set-up in a process of its own, which speaks on our standard error.
 * @param options `env` of the process, default ours; `signal` tells it to stop: what it has done stays
 * @throws the signal's reason; SourceFailed when the process failed, which has said why
 */
export async function runStep(
  step: Step,
  { env, signal }: { env?: Record<string, string | undefined>; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  signal?.throwIfAborted();
  // The channel carries nothing: the step ends when it closes, which is what it does when this process dies.
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/commands/set-up.ts', step], {
    cwd: projectDir,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...(env && { env }),
  });
  const stop = (): void => {
    if (child.connected) child.disconnect();
  };
  signal?.addEventListener('abort', stop, { once: true });
  // Not "close": a child whose channel this side has closed never says so.
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve)).finally(() =>
    signal?.removeEventListener('abort', stop),
  );
  signal?.throwIfAborted();
  if (code === 0) return;
  const end = code === null ? 'was ended by a signal' : 'failed; its messages stand above';
  throw new SourceFailed('set-up', `the step "${step}" ${end}`, { retriable: true });
}
