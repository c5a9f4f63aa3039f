/** Where a digest is read further. */
export interface DigestPlace {
  /** The dashboard in its state, and the digest as it was sent. */
  dashboard: string;
  archive: string;
}

/**
 * The addresses a digest leads to.
 * @param path of the dashboard, from the root
 * @param where.baseUrl of the server, with or without a slash at its end
 */
export function placeOf(path: string, { issueId, baseUrl }: { issueId: string; baseUrl: string }): DigestPlace {
  const root = baseUrl.replace(/\/+$/, '');
  return { dashboard: root + path, archive: `${root}/digests/${encodeURIComponent(issueId)}` };
}
