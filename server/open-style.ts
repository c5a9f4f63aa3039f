import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { colours } from '../queries/model/colours.ts';

const palette = Object.entries(colours).map(([name, { light, dark }]) => `--${name}:light-dark(${light},${dark});`);

/** The style sheet of a page that answers without a session: the palette, and files of `server/pages` after it. */
export function openStyle(...files: string[]): string {
  const read = (file: string) => readFileSync(fileURLToPath(new URL(`pages/${file}`, import.meta.url)), 'utf8');
  return [`:root{${palette.join('')}}`, ...files.map(read)].join('\n');
}
