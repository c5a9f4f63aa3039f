import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { browserFiles, clientSources } from '../server/build-client.ts';

interface Import {
  from: string;
  /** A file of ours, relative to the project; or a package, `node:` module or virtual module by its name. */
  to: string;
  isOurs: boolean;
  isTypeOnly: boolean;
}

const folders = ['etl', 'queries', 'server', 'client', 'fixtures', 'test', 'bench', 'bin'];
const files = folders
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => path.join(folder, String(file))))
  .filter((file) => /\.(ts|mjs|js|svelte)$/.test(file))
  .sort();
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const imports = files.flatMap((file) => importsOf(file, texts.get(file) ?? ''));

const shared = browserFiles;
const layers = ['queries/model', 'etl', 'queries', 'server', 'client'] as const;
type Layer = (typeof layers)[number];
const mayImport: Record<Layer, (to: string, isTypeOnly: boolean) => boolean> = {
  etl: (to) => layerOf(to) === 'etl',
  'queries/model': (to) => layerOf(to) === 'queries/model' || shared.includes(to),
  queries: (to, isTypeOnly) =>
    layerOf(to) === 'queries' || layerOf(to) === 'queries/model' || shared.includes(to) || (isTypeOnly && to === 'etl/store/tables.ts'),
  server: (to) => ['server', 'queries', 'queries/model', 'etl'].includes(layerOf(to) ?? ''),
  client: (to) => layerOf(to) === 'client' || layerOf(to) === 'queries/model' || shared.includes(to),
};

const architecture = suite('architecture');

architecture('lets a folder import only what lies below it', () => {
  const wrong = imports.filter((i) => {
    const layer = layerOf(i.from);
    return i.isOurs && layer !== null && !mayImport[layer](i.to, i.isTypeOnly);
  });
  assert.equal(
    wrong.map((i) => `${i.from} imports ${i.to}`),
    [],
  );
});

architecture('imports only files that exist, with their ending', () => {
  const wrong = imports.filter((i) => i.isOurs && !existsSync(i.to));
  assert.equal(
    wrong.map((i) => `${i.from} imports ${i.to}`),
    [],
  );
});

architecture('has no import cycles', () => {
  const edges = new Map<string, string[]>();
  // Types are gone when the program runs: two modules may know each other's shapes.
  for (const i of imports) if (i.isOurs && !i.isTypeOnly) edges.set(i.from, [...(edges.get(i.from) ?? []), i.to]);
  assert.equal(cyclesOf(edges), []);
});

architecture('keeps the database, the server and Node out of the browser', () => {
  const reachable = (file: string) => layerOf(file) === 'client' || layerOf(file) === 'queries/model' || shared.includes(file);
  const wrong = imports.filter((i) => reachable(i.from) && /^(node:|knex|express|sqlite3|pg|pino)/.test(i.to));
  assert.equal(
    wrong.map((i) => `${i.from} imports ${i.to}`),
    [],
  );
});

architecture('builds the client anew when anything it is made of has changed', () => {
  const reached = new Set(files.filter((file) => layerOf(file) === 'client'));
  // A set visits what is added while it is being walked.
  for (const file of reached) for (const i of imports) if (i.from === file && i.isOurs && !i.isTypeOnly) reached.add(i.to);
  const isSource = (file: string) => clientSources.some((source) => file === source || file.startsWith(`${source}/`));
  assert.equal(
    [...reached].filter((file) => !isSource(file)),
    [],
  );
  assert.equal(
    clientSources.filter((source) => !existsSync(source)),
    [],
  );
});

architecture('opens the store in one place, and databases to read from in their connectors', () => {
  const opens = imports.filter((i) => layerOf(i.from) !== null && !i.isTypeOnly && ['knex', 'sqlite3', 'pg'].includes(i.to));
  assert.equal(
    [...new Set(opens.map((i) => i.from))],
    ['etl/connectors/sql-postgresql.ts', 'etl/connectors/sql-sqlite.ts', 'etl/store/database-file.ts', 'etl/store/open.ts'],
  );
});

architecture('reads the clock and the environment only at the edge', () => {
  const isEdge = (file: string) => file.startsWith('server/commands/') || file.startsWith('client/');
  const wrong = files.filter(
    (file) => layerOf(file) !== null && !isEdge(file) && /\bprocess\.env\b|\bDate\.now\(|\bnew Date\(\)/.test(code(file)),
  );
  assert.equal(wrong, []);
});

architecture('runs every test file it has', () => {
  const silent = files.filter((file) => file.endsWith('.test.ts') && !/\.run\(\)/.test(code(file)));
  assert.equal(silent, []);
});

architecture('finds the imports it judges', () => {
  assert.equal(
    importsOf(
      'client/pages/Example.svelte',
      "<script>\n  import { a } from '../api.ts';\n  import type { B } from 'knex';\n  const c = await import('node:fs');\n</script>",
    ),
    [
      { from: 'client/pages/Example.svelte', to: 'client/api.ts', isOurs: true, isTypeOnly: false },
      { from: 'client/pages/Example.svelte', to: 'knex', isOurs: false, isTypeOnly: true },
      { from: 'client/pages/Example.svelte', to: 'node:fs', isOurs: false, isTypeOnly: false },
    ],
  );
  assert.equal(
    cyclesOf(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
    ['b → c → b'],
  );
});

architecture.run();

function layerOf(file: string): Layer | null {
  return layers.find((layer) => file.startsWith(`${layer}/`)) ?? null;
}

/** The file without its comments. */
function code(file: string): string {
  return (texts.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

function importsOf(from: string, text: string): Import[] {
  const found: Import[] = [];
  const statement =
    /^[ \t]*(?:import|export)\s+(type\s)?[^'";]*?from\s*['"]([^'"]+)['"]|^[ \t]*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  for (const [, type, named, bare, dynamic] of text.matchAll(statement)) {
    const name = named ?? bare ?? dynamic ?? '';
    const isOurs = name.startsWith('.');
    found.push({
      from,
      to: isOurs ? path.join(path.dirname(from), name.split('?')[0] ?? '') : name,
      isOurs,
      isTypeOnly: type !== undefined,
    });
  }
  return found;
}

/** Every cycle met when walking depth first, as `a → b → a`. */
function cyclesOf(edges: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, trail: string[]) => {
    const at = trail.indexOf(file);
    if (at >= 0) cycles.push([...trail.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const next of edges.get(file) ?? []) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of edges.keys()) walk(file, []);
  return cycles;
}
