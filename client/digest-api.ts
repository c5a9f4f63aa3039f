import type { DigestBody, DigestDifference, DigestIssueDetail, DigestIssueJson, DigestJson, DigestsJson } from '../queries/model/digest.ts';
import type { ListPage } from '../queries/model/lists.ts';
import { json, search, send } from './transport.ts';

/** Which issues the archive shows; an absent part narrows nothing. */
export interface IssueChoice {
  digest?: number | null;
  /** Local dates; the period told of touches what lies between them. */
  from?: string;
  to?: string;
  state?: string;
  page?: number;
}

/** The endpoints of digests and their issues, typed. Each throws ApiFailed, or the abort's own error when `signal` ends it. */
export const digestApi = {
  list: (signal?: AbortSignal): Promise<DigestsJson> => json('GET', '/api/digests', { signal }),

  /** Makes a digest, or changes the one whose version was read. */
  save: (seen: Pick<DigestJson, 'digest_id' | 'version'> | null, body: DigestBody): Promise<{ digest_id: number }> =>
    seen
      ? json('PUT', `/api/digests/${seen.digest_id}`, { body: { ...body, version: seen.version } })
      : json('POST', '/api/digests', { body }),

  remove: (id: number): Promise<unknown> => send('DELETE', `/api/digests/${id}`, {}),

  pause: (id: number, reason: string): Promise<unknown> => send('POST', `/api/digests/${id}/pause`, { body: reason ? { reason } : {} }),

  resume: (id: number): Promise<unknown> => send('POST', `/api/digests/${id}/resume`, {}),

  /** Makes a test issue and sends it to one address. */
  test: (id: number, address: string): Promise<{ issue_id: string }> => json('POST', `/api/digests/${id}/test`, { body: { address } }),

  issues: ({ ...given }: IssueChoice, signal?: AbortSignal): Promise<ListPage<DigestIssueJson>> =>
    json('GET', `/api/digest-issues${search(given)}`, { signal }),

  issue: (id: string, signal?: AbortSignal): Promise<DigestIssueDetail> => json('GET', issueApiPath(id), { signal }),

  difference: (id: string, signal?: AbortSignal): Promise<DigestDifference> => json('GET', `${issueApiPath(id)}/difference`, { signal }),

  /** Runs the checks of a held issue again; it is sent if they pass. */
  check: (id: string): Promise<DigestIssueJson> => json('POST', `${issueApiPath(id)}/check`),

  /** Sends an issue again to all whose message failed or is unknown. */
  resendAll: (id: string): Promise<unknown> => send('POST', `${issueApiPath(id)}/resend`, {}),

  resend: (deliveryId: number): Promise<unknown> => send('POST', `/api/digest-deliveries/${deliveryId}/resend`, {}),
};

/** Path of an issue of a digest; its document and its parts lie below it. */
export function issueApiPath(id: string): string {
  return `/api/digest-issues/${encodeURIComponent(id)}`;
}

/** Address of what a digest would tell now, as a page. */
export function previewHref(digest: Pick<DigestBody, 'name' | 'where' | 'every' | 'zone'> | { digest_id: number }): string {
  if ('digest_id' in digest) return `/api/digests/${digest.digest_id}/preview`;
  const { name, where, every, zone } = digest;
  return `/api/digests/preview${search({ body: JSON.stringify({ name, where, every, zone }) })}`;
}

/** Path of the page of an issue. */
export function digestIssuePath(id: string): string {
  return `/digests/${encodeURIComponent(id)}`;
}
