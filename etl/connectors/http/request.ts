import { BadInput } from '../../errors.ts';
import type { HttpRequest } from './exchange.ts';
import type { Parameters } from './options-parts.ts';
import { fill, type Scope } from './template.ts';

export interface RequestParts {
  /** Template, whole or relative to `base`. */
  url: string;
  query: Parameters;
  method?: 'GET' | 'POST';
  /** Its texts are templates; a key whose text has no value is left out. */
  body?: Record<string, unknown>;
}

/**
 * @param base address of the source; a request goes nowhere else
 * @throws BadInput when the address has no value, or is of another host
 */
export function buildRequest(parts: RequestParts, scope: Scope, base: string): HttpRequest {
  const filled = fill(parts.url, scope, encodeURIComponent);
  if (filled === null) throw new BadInput([{ field: 'url', message: `"${parts.url}" has a placeholder without a value` }]);
  const url = new URL(filled, base);
  if (url.origin !== new URL(base).origin)
    throw new BadInput([
      { field: 'url', message: `${url.origin} is another place than that of the source, ${new URL(base).origin}; secrets would go there` },
    ]);
  for (const [name, value] of Object.entries(parts.query)) {
    url.searchParams.delete(name);
    for (const each of Array.isArray(value) ? value : [value]) {
      const text = typeof each === 'string' ? fill(each, scope) : String(each);
      if (text !== null) url.searchParams.append(name, text);
    }
  }
  const method = parts.method ?? 'GET';
  return { url, method, body: method === 'POST' && parts.body ? JSON.stringify(fillAll(parts.body, scope)) : null };
}

function fillAll(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return fill(value, scope) ?? undefined;
  if (Array.isArray(value)) return value.map((item) => fillAll(item, scope)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillAll(item, scope)]));
}
