import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { projectDir } from '../../server/project-dir.ts';
import { createContext } from '../../server/commands/context.ts';
import { dispatch, type Voice } from '../../server/commands/dispatch.ts';
import { commands } from '../../server/commands/list.ts';

/** What a finished command left behind. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

const quiet = { LOG_LEVEL: 'silent' };

/** Runs `silverlining ARGS` within this process, with nothing in its environment but `env`. */
export async function cli(args: string[], env: Record<string, string> = {}): Promise<Finished> {
  let [stdout, stderr] = ['', ''];
  const voice: Voice = {
    out: (text) => ((stdout += typeof text === 'string' ? text : Buffer.from(text).toString('latin1')), true),
    say: (line) => void (stderr += `${line}\n`),
  };
  const now = () => Math.floor(Date.now() / 1000);
  const open = () => createContext({ ...voice, env: { ...quiet, ...env }, folder: projectDir, now });
  const code = await dispatch(args, voice, open, commands);
  return { code, stdout, stderr };
}

/** Starts `silverlining ARGS` as a process of its own, as a person would, with `env` laid over ours and `input` as its standard input. */
export function launch(
  args: string[],
  env: Record<string, string> = {},
  input?: string,
): { child: ChildProcess; finished: Promise<Finished>; said: () => string } {
  const child = spawn(process.execPath, [path.join(projectDir, 'bin/silverlining.mjs'), ...args], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...quiet, ...env },
  });
  // A failed test must not leave its server running.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  let [stdout, stderr] = ['', ''];
  child.stdin?.end(input);
  child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const finished = new Promise<Finished>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  void finished.then(() => process.off('exit', kill));
  return { child, finished, said: () => stdout + stderr };
}

/** Starts `silverlining start ARGS` as {@link launch} does, and waits until it says where it is. */
export async function startProcess(env: Record<string, string>, ...args: string[]) {
  const process = launch(['start', ...args], env);
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /Silverlining is at (\S+)[\s\S]*user link admin/.exec(process.said());
      if (found?.[1]) resolve(found[1]);
    };
    process.child.stdout?.on('data', look);
    void process.finished.then(({ code, stderr }) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  const stop = async (signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM') => {
    process.child.kill(signal);
    return (await process.finished).code;
  };
  return { url, stop, said: process.said };
}
