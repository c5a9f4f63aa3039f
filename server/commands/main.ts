import { exitCodes } from './command.ts';
import { createContext } from './context.ts';
import { dispatch, type Voice } from './dispatch.ts';

// A reader that has seen enough (| head) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed));

const voice: Voice = {
  out: (text) => process.stdout.write(text),
  say: (line) => void process.stderr.write(`${line}\n`),
};
const now = () => Math.floor(Date.now() / 1000);
process.exitCode = await dispatch(process.argv.slice(2), voice, () =>
  createContext({ ...voice, env: process.env, folder: process.cwd(), now }),
);
