import { lookup } from 'node:dns/promises';
import { existsSync, realpathSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import path from 'node:path';
import type { SourceConfig } from '../etl/config.ts';
import { isOwnFile } from '../etl/connectors/glob.ts';
import type { Problem } from '../etl/errors.ts';
import { secretName } from '../etl/secret.ts';
import type { ConfigFile } from './config-file.ts';

/** Names of environment variables that a source added in the browser may use begin with it. */
export const secretPrefix = 'SOURCE_';

/**
 * What a source may not say when it is added in the browser. An administrator is not always who runs the machine: its other
 * secrets, its other files and what else listens on it are not theirs.
 * @param source as the configuration reads it: paths absolute, secrets still `${NAME}`
 * @returns a problem an option
 */
export async function limitProblems(
  source: SourceConfig,
  file: Pick<ConfigFile, 'folder' | 'dataDir' | 'allowsLocal'>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const folders = [file.folder, file.dataDir];
  for (const { at, key, text } of [...textsOf(source.options, ''), { at: 'map', key: 'map', text: source.map }]) {
    const name = secretName(text);
    if (name !== null) {
      if (!name.startsWith(secretPrefix))
        problems.push({
          field: at,
          message: `here only variables whose names begin with ${secretPrefix} may be used; call it \${${secretPrefix}${name}}`,
        });
    } else if (path.isAbsolute(text) && !/^\/[/\\]/.test(text)) {
      const message = pathProblem(text, folders);
      if (message !== null) problems.push({ field: at, message });
    } else if (!file.allowsLocal && (text.includes('://') || ['domain', 'host', 'hostname', 'server', 'site'].includes(key))) {
      const message = await targetProblem(text);
      if (message !== null) problems.push({ field: at, message });
    }
  }
  return problems;
}

function textsOf(value: unknown, at: string, key = ''): { at: string; key: string; text: string }[] {
  if (typeof value === 'string') return [{ at, key, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, i) => textsOf(item, `${at}[${i}]`, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => textsOf(item, at ? `${at}.${name}` : name, name));
}

/** Hidden files beside a configuration often hold secrets, and the store holds everything. */
function pathProblem(text: string, folders: readonly string[]): string | null {
  const expected = `a source added here may only read inside ${folders.join(' or ')}`;
  if (/[{}]/.test(text)) return `braces have no place in a path here; ${expected}`;
  const glob = text.search(/[*?[\]!()]/);
  const fixed = glob < 0 ? text : path.dirname(`${text.slice(0, glob)}x`);
  const inside = folders
    .map((folder) => path.relative(realPath(folder), realPath(fixed)))
    .find((relative) => !relative.startsWith('..') && !path.isAbsolute(relative));
  if (inside === undefined) return expected;
  const parts = [...inside.split(path.sep), ...path.relative(fixed, text).split(path.sep)];
  if (parts.some((part) => /^\.[^.]/.test(part) || part === '..')) return `hidden files and folders may not be read; ${expected}`;
  if (parts.some(isOwnFile)) return `Silverlining's own files may not be read; ${expected}`;
  return null;
}

/** The path with links followed, as far as it exists. */
function realPath(text: string): string {
  if (existsSync(text)) return realpathSync(text);
  const above = path.dirname(text);
  return above === text ? text : path.join(realPath(above), path.basename(text));
}

const local = new BlockList();
for (const [net, bits] of [['127.0.0.0', 8], ['169.254.0.0', 16], ['0.0.0.0', 8]] as const) local.addSubnet(net, bits, 'ipv4'); // prettier-ignore
for (const [net, bits] of [['::1', 128], ['::', 128], ['fe80::', 10], ['fd00:ec2::254', 128]] as const) local.addSubnet(net, bits, 'ipv6'); // prettier-ignore

/** Loopback and link-local addresses are this machine and what its host tells it in confidence. A name may change what it means later. */
async function targetProblem(text: string): Promise<string | null> {
  const url = text.includes('://') ? text : `https://${text}`;
  const site = url.replace(/[?#].*$/, '').replace(/^([^/]*\/\/[^/]*).*$/, '$1');
  if (/[{}]/.test(site)) return 'the host must be written out';
  // Only of these schemes a URL is read as a browser reads it: 2130706433 is 127.0.0.1.
  const asWeb = site.replace(/^[a-z][a-z0-9+.-]*:\/\//i, 'http://');
  if (!URL.canParse(asWeb)) return `"${text}" is not an address like https://desk.example.org`;
  const host = new URL(asWeb).hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) ? [host] : await addressesOf(host);
  if (addresses === null) return `the name ${host} is not known here; check it`;
  if (!addresses.some(isLocal)) return null;
  return `${host} is this machine or its network card; the one who runs Silverlining can allow it with SILVERLINING_LOCAL_SOURCES=on`;
}

async function addressesOf(host: string): Promise<string[] | null> {
  if (/^(.*\.)?localhost\.?$/i.test(host)) return ['127.0.0.1'];
  try {
    return (await lookup(host, { all: true })).map((found) => found.address);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return null;
    throw error;
  }
}

function isLocal(address: string): boolean {
  return local.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
