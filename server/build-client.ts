import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the project, with a closing slash. */
export const projectDir = fileURLToPath(new URL('../', import.meta.url));

// All that goes into the client.
const sources = [
  'client',
  'queries/model',
  'vite.config.ts',
  'package-lock.json',
  ...['record', 'errors', 'text', 'entry', 'local-time'].map((name) => `etl/${name}.ts`),
];

/**
 * Builds the client where `dist` is missing or older than its sources; several processes may do so at once.
 * @param say told before a build begins
 * @returns the folder of the built client
 * @throws Error when the build fails
 */
export async function ensureClient(say: (line: string) => void): Promise<string> {
  const dist = path.join(projectDir, 'dist');
  const stampFile = path.join(dist, '.sources');
  const stamp = stampOf(projectDir);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return dist;

  say('Building the pages…');
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
  return dist;
}

/** Hash of the names and contents of the client's sources. */
function stampOf(root: string): string {
  const hash = createHash('sha256');
  for (const source of sources) {
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
