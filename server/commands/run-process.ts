import { exitCodes, type Command } from './command.ts';
import { createContext } from './context.ts';
import { dispatch, type Voice } from './dispatch.ts';

/** Runs what stands on this process's command line as one of `known`, and leaves the exit code with the process. */
export async function runProcess(known: Command[]): Promise<void> {
  // A reader that has seen enough (| head) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed));
  const voice: Voice = {
    out: (text) => process.stdout.write(text),
    say: (line) => void process.stderr.write(`${line}\n`),
  };
  const now = () => Math.floor(Date.now() / 1000);
  const open = () => createContext({ ...voice, env: process.env, folder: process.cwd(), now });
  process.exitCode = await dispatch(process.argv.slice(2), voice, open, known);
}
