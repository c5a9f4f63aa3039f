import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exitCodes } from '../server/commands/command.ts';
import { commands } from '../server/commands/list.ts';
import { environmentKeys } from '../server/environment.ts';

const readme = readFileSync('README.md', 'utf8');
const pages = ['README.md', ...readdirSync('docs', { recursive: true }).map((file) => path.join('docs', String(file)))].filter((file) =>
  file.endsWith('.md'),
);

const docs = suite('documentation');

docs('the README lists every variable of the environment with its default', () => {
  for (const [name, key] of Object.entries(environmentKeys)) {
    const row = readme.split('\n').find((line) => line.includes(`\`${name}\``));
    assert.ok(row, `README.md does not mention \`${name}\``);
    if (key.default) assert.ok(row.includes(key.default), `README.md does not give the default ${key.default} of ${name}`);
  }
});

docs('the README lists every command', () => {
  const list = readme.split('\n').find((line) => /^npx silverlining start \|/.test(line)) ?? '';
  assert.equal(list.replace('npx silverlining ', '').split(' | ').sort(), commands.map((command) => command.name).sort());
});

docs('every command line that is shown is one that exists, with its flags', () => {
  const wrong: string[] = [];
  for (const page of pages) {
    for (const [shown, name, rest = ''] of readFileSync(page, 'utf8').matchAll(/npx silverlining ([\w-]+)([^\n`#|]*)/g)) {
      const command = commands.find((c) => c.name === name);
      const flags = [...rest.matchAll(/ --([\w-]+)/g)].map((match) => match[1] ?? '');
      if (!command || flags.some((flag) => !Object.hasOwn(command.flags, flag))) wrong.push(`${page}: ${shown.trim()}`);
    }
  }
  assert.equal(wrong, []);
});

docs('the README tells the exit codes', () => {
  for (const code of Object.values(exitCodes)) assert.match(readme, new RegExp(`\\b${code}\\b[^\\n]*(done|failed|usage|rejects)`));
});

docs('the README names only scripts that exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) => [...readFileSync(page, 'utf8').matchAll(/npm run (\w[\w:-]*\w)/g)].map((match) => match[1] ?? ''));
  assert.equal(
    [...new Set(named)].filter((name) => !Object.hasOwn(scripts, name)),
    [],
  );
});

docs('links lead to files that exist', () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, target = ''] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      if (!existsSync(path.join(path.dirname(page), target))) broken.push(`${page}: ${target}`);
    }
  }
  assert.equal(broken, []);
});

docs.run();
