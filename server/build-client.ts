import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectDir } from './project-dir.ts';
import { runStep } from './run-step.ts';

/** Files of the base layer that are pure and run in the browser too. */
export const browserFiles: readonly string[] = [
  'record',
  'errors',
  'text',
  'entry',
  'handling',
  'procedure',
  'role-names',
  'deadline',
  'evidence',
  'local-time',
  'time',
  'opening-hours',
  'business-time',
  'business-sum',
  'business-rules',
].map((name) => `etl/${name}.ts`);

/** Files and folders the client is built from; a change in any of them makes the next start build it anew. */
export const clientSources: readonly string[] = ['client', 'queries/model', 'vite.config.ts', 'package-lock.json', ...browserFiles];

const dist = path.join(projectDir, 'dist');
const stampFile = path.join(dist, '.sources');

/**
 * Builds the client where `dist` is missing or older than its sources, in a process of its own, whose memory and helpers end with it.
 * @param say told before a build begins
 * @param signal ends the build
 * @returns the folder of the built client
 * @throws SourceFailed when the build fails; why stands on standard error
 */
export async function ensureClient(say: (line: string) => void, signal?: AbortSignal): Promise<string> {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stampOf(projectDir)) return dist;
  say('Building the pages…');
  await runStep('build', { signal });
  return dist;
}

/**
 * Builds the client; several processes may do so at once. {@link ensureClient} tells by the stamp left with it whether it is still good.
 * @throws Error when the build fails
 */
export async function buildClient(): Promise<void> {
  const stamp = stampOf(projectDir);
  const { build } = await import('vite');
  // Built aside and moved into place, so that nobody is served half a client.
  const fresh = path.join(projectDir, 'node_modules/.cache', `silverlining-client-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    await build({ configFile: path.join(projectDir, 'vite.config.ts'), logLevel: 'error', build: { outDir: fresh, emptyOutDir: true } });
    writeFileSync(path.join(fresh, '.sources'), stamp);
    try {
      if (existsSync(dist)) renameSync(dist, old);
      renameSync(fresh, dist);
    } catch (error) {
      // Another process moved its own into place in between: as good as ours.
      if (!existsSync(stampFile)) throw error;
    }
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Hash of the names and contents of the client's sources. */
function stampOf(root: string): string {
  const hash = createHash('sha256');
  for (const source of clientSources) {
    const place = path.join(root, source);
    if (!existsSync(place)) continue;
    const files = statSync(place).isDirectory() ? readdirSync(place, { recursive: true }).map((f) => path.join(place, String(f))) : [place];
    for (const file of files.sort()) {
      if (statSync(file).isFile())
        hash
          .update(`${path.relative(root, file)}\0`)
          .update(readFileSync(file))
          .update('\0');
    }
  }
  return hash.digest('hex');
}
