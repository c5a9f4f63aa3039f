const entry = /<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^",;\s]*))*)/g;

/** The address of the next page in a Link header (RFC 8288), or null. */
export function nextLink(header: string): string | null {
  for (const [, url = '', parameters = ''] of header.matchAll(entry)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))/i.exec(parameters);
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return url;
  }
  return null;
}
